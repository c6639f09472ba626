"""Numbers, counts and lists as people write them."""

import pytest

from coculture.exchange.vocabulary import listed, many, number


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (99.94, "99.9"),
        (123.4, "123"),
        (999.4, "999"),
        (999.6, "1,000"),
        (12345.6, "12,346"),
        (-999.6, "−1,000"),
        (-12.345, "−12.3"),
        (-48.0, "−48"),
        (0.00051234, "0.000512"),
        (0.0001, "0.0001"),
        (0.00001234, "1.2e-05"),
    ],
)
def test_a_number_has_three_digits_and_no_power_of_ten_unless_it_is_tiny(
    value: float, written: str
) -> None:
    assert number(value) == written


def test_two_digits_are_two_digits() -> None:
    assert [number(value, 2) for value in (0.0123, 1.26, 99.6, 123.4)] == [
        *("0.012", "1.3", "100", "123")
    ]


def test_counts_and_lists() -> None:
    assert [many(count, "well") for count in (0, 1, 1234)] == ["0 wells", "1 well", "1,234 wells"]
    assert listed(["a", "b"]) == "a and b"
