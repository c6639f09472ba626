"""The same flag of many files is one flag with their number."""

import math

import pytest

from coculture.exchange.flags import Concerns, Flag, Severity
from coculture.flow.gating.repeated_flags import MOST_ONE_BY_ONE, grouped


def flag(
    number: int,
    code: str = "other_voltage",
    kind: str = "tube",
    *,
    severity: Severity = "caution",
    channel: str = "FSC-A",
    population: str = "",
    value: float = 500.0,
    limit: float = 400.0,
) -> Flag:
    name = f"{number}.fcs"
    of = {"fcs": name} if kind == "tube" else {"arm": f"dose {number}"}
    concerns = Concerns(
        "flow/wells.csv", kind, experiment="E1", channel=channel, population=population, **of
    )
    return Flag(concerns, code, severity, f"Finding {number}.", value, limit, "volts")


def test_few_are_left_as_they_are() -> None:
    few = [flag(number) for number in range(MOST_ONE_BY_ONE)]
    assert grouped([*few, few[0]]) == few


def test_many_are_one_with_their_number_the_first_and_the_range() -> None:
    many = [flag(number, value=500.0 + number) for number in range(1, 9)]
    (one,) = grouped(many)
    assert (
        one.sentence == "E1: the same in 8 files (501 to 508 volts). The first, 1.fcs: Finding 1."
    )
    assert (one.concerns.kind, one.concerns.experiment) == ("experiment", "E1")
    assert (one.concerns.fcs, one.concerns.channel) == ("", "FSC-A")
    assert (one.code, one.severity, one.value, one.limit) == ("other_voltage", "caution", 508, 400)


def test_the_value_is_the_one_farthest_from_the_limit() -> None:
    values = [math.nan, 399.0, 398.0, 300.0, 410.0, 401.0, 402.0]
    (one,) = grouped(flag(number, value=value) for number, value in enumerate(values))
    assert one.value == 300


def test_arms_are_named_as_such() -> None:
    (one,) = grouped(flag(number, kind="arm") for number in range(9))
    assert one.sentence == "E1: the same in 9 arms. The first: Finding 0."


def test_channels_of_one_file_are_one_file() -> None:
    many = [flag(number, channel=name) for number in (1, 2) for name in "ABCD"]
    (one,) = grouped(many)
    assert "the same in 2 files in the channels A, B, C and D." in one.sentence
    assert one.concerns.channel == ""


@pytest.mark.parametrize("differs", ["code", "severity", "population", "kind"])
def test_what_differs_is_not_put_together(differs: str) -> None:
    other = {"code": "doublets", "severity": "note", "population": "cells", "kind": "arm"}
    first = [flag(number) for number in range(4)]
    second = [flag(number, **{differs: other[differs]}) for number in range(4)]  # type: ignore[arg-type]
    assert grouped([*first, *second]) == [*first, *second]


def test_the_order_is_that_of_the_first_and_experiments_are_left() -> None:
    of_gate = [
        Flag(
            Concerns("flow/wells.csv", "gate", experiment="E1", channel=str(n)), "drift", "note", ""
        )
        for n in range(9)
    ]
    found = grouped([flag(0, "doublets"), *of_gate, *(flag(n) for n in range(9))])
    assert [one.code for one in found] == ["doublets", *["drift"] * 9, "other_voltage"]
    assert found[1:10] == of_gate


def test_values_with_another_limit_each_have_no_range() -> None:
    (one,) = grouped(flag(n, value=500.0 + n, limit=400.0 + n) for n in range(9))
    assert one.sentence.startswith("E1: the same in 9 files. The first")
