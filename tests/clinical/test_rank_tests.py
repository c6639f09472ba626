"""Exact rank tests against scipy and against counting."""

from collections.abc import Callable
from fractions import Fraction
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from coculture import clinical

MakeTable = Callable[..., pd.DataFrame]


def test_signed_rank_equals_scipy_without_ties() -> None:
    rng = np.random.default_rng(8)
    for n in (5, 9, 14):
        differences = rng.normal(0.4, 1, n).round(6)
        expected = stats.wilcoxon(differences, method="exact").pvalue
        exact = [Fraction(repr(float(d))) for d in differences]
        assert clinical.signed_rank_p(exact) == pytest.approx(expected)


@pytest.mark.parametrize("tied", [False, True])
def test_spearman_counts_every_permutation(tied: bool) -> None:
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=6), rng.normal(size=6)
    if tied:
        x, y = x.round(0), y.round(0)
    rho, p, how = clinical.spearman(x.tolist(), y.tolist())
    reached = [
        abs(stats.spearmanr(x, order).statistic) >= abs(rho) - 1e-9 for order in permutations(y)
    ]
    assert how == "exact"
    assert rho == pytest.approx(stats.spearmanr(x, y).statistic)
    assert p == pytest.approx(np.mean(reached))


def test_many_patients_are_sampled_and_p_is_never_zero() -> None:
    numbers = list(range(20))
    rho, p, how = clinical.spearman(numbers, numbers)
    assert rho == pytest.approx(1.0)
    assert how == "sampled permutations"
    assert 0 < p < 1e-4


def test_two_patients_have_no_rank_correlation() -> None:
    """Two ranks always agree or disagree in full."""
    rho, p, how = clinical.spearman([1.0, 2.0], [5.0, 3.0])
    assert np.isnan([rho, p]).all()
    assert how == ""
