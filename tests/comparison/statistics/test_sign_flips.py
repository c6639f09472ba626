"""The sign-flip test against all combinations by hand."""

from itertools import product

import numpy as np
import pytest

from coculture.comparison.statistics import sign_flips
from coculture.comparison.statistics.sign_flips import floor, sign_flip_p

VALUES = np.array([1.2, -0.3, 0.8, 2.1, 0.4])


@pytest.mark.parametrize("is_greater", [True, False])
def test_p_is_the_share_of_combinations(is_greater: bool) -> None:
    sums = [sum(np.abs(VALUES) * signs) for signs in product((1, -1), repeat=len(VALUES))]
    beyond = [one >= VALUES.sum() - 1e-9 if is_greater else one <= VALUES.sum() + 1e-9 for one in sums]  # fmt: skip # noqa: E501
    assert sign_flip_p(VALUES, is_greater=is_greater) == pytest.approx(np.mean(beyond))


def test_the_floor_is_reached_if_all_values_have_one_sign() -> None:
    assert sign_flip_p(np.abs(VALUES), is_greater=True) == floor(len(VALUES)) == 1 / 32


def test_equal_sums_count_as_beyond_whatever_their_rounding() -> None:
    assert sign_flip_p(np.array([0.1, 0.2, -0.3]), is_greater=True) == pytest.approx(5 / 8)


def test_of_many_values_combinations_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).normal(0.4, 1, 12)
    exact = sign_flip_p(values, is_greater=True)
    monkeypatch.setattr(sign_flips, "MOST_EXACT", 11)
    assert sign_flip_p(values, is_greater=True) == pytest.approx(exact, abs=0.03)
