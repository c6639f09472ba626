"""The scatter of wells, estimated from replicates."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import fmin
from scipy.stats import chi2

from coculture.curves.variance_function import VarianceFunction, shrunken_variance_function

START = VarianceFunction(0.015, 0.06, 0, 0, "starting values")


def test_estimating_the_variance_function_stays_among_finite_numbers() -> None:
    rng = np.random.default_rng(1)
    rng.normal(size=388 * 124)  # what comes before the one study of 150 whose search ran away
    levels = np.tile(np.repeat([0, 9.375, 18.75, 37.5, 75, 150, 300, 600], 2), (4, 1))
    mean = 3.2 + (0.05 - 3.2) / (1 + (levels / 500.0) ** 1.15)
    pairs = (mean + rng.normal(size=mean.shape) * np.hypot(0.008, 0.05 * mean)).reshape(-1, 2)
    groups = {"mean": pairs.mean(axis=1), "variance": pairs.var(axis=1, ddof=1), "wells": 2}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = shrunken_variance_function(pd.DataFrame(groups), START, span=3.0, plates=4)
    assert 0.004 < found.s0 < 0.012
    assert 0.035 < found.cv < 0.065


def test_leaving_out_the_most_scattered_groups_does_not_bias_it() -> None:
    """1 % of sound groups are beyond the limit; without the correction the CV is 4 % too low."""
    rng = np.random.default_rng(2)
    mean = rng.uniform(0.3, 2.5, 4000)
    pairs = mean[:, None] + rng.normal(size=(4000, 2)) * np.hypot(0.01, 0.05 * mean)[:, None]
    groups = {"mean": pairs.mean(axis=1), "variance": pairs.var(axis=1, ddof=1), "wells": 2}
    found = shrunken_variance_function(pd.DataFrame(groups), START, span=2.5, plates=40)
    assert abs(found.cv / 0.05 - 1) < 0.02


def test_it_does_not_depend_on_the_order_of_the_groups() -> None:
    """Sums in another order differ in the last digit, which must not decide where a search ends."""
    rng = np.random.default_rng(4)
    mean = rng.uniform(0.05, 2.5, 60)
    pairs = mean[:, None] + rng.normal(size=(60, 2)) * np.hypot(0.01, 0.08 * mean)[:, None]
    groups = pd.DataFrame(
        {"mean": pairs.mean(axis=1), "variance": pairs.var(axis=1, ddof=1), "wells": 2}
    )
    found = [
        shrunken_variance_function(groups.sample(frac=1, random_state=seed), START, 2.5, 6)
        for seed in range(5)
    ]
    assert np.ptp([one.s0 for one in found]) < 1e-12 * found[0].s0
    assert np.ptp([one.cv for one in found]) < 1e-12 * found[0].cv


@pytest.mark.parametrize("means", [(0.05, 2.5), (0.5, 0.6)])
def test_it_is_the_least_deviance(means: tuple[float, float]) -> None:
    """No s0 and cv that scipy finds make the deviance of groups and starting values smaller.

    Where all groups have nearly the same mean, only the sum of both parts is well known.
    """
    rng = np.random.default_rng(5)
    mean = rng.uniform(*means, 40)
    variance = (0.01**2 + (0.06 * mean) ** 2) * rng.chisquare(2, 40) / 2
    variance = np.minimum(variance, 4 * (0.01**2 + (0.06 * mean) ** 2))
    groups = pd.DataFrame({"mean": mean, "variance": variance, "wells": 3})
    found = shrunken_variance_function(groups, START, 2.5, 6)
    assert "(40 groups, 0 left out)" in found.rule
    at = np.array([*mean, 0.0, 0.7 * 2.5])
    correction = 0.99 / chi2.cdf(chi2.ppf(0.99, 2), 4)
    of_groups = np.array([*(variance * correction), *START.variance([0.0, 0.7 * 2.5])])
    freedom = np.array([2.0] * 40 + [3.0] * 2)

    def deviance(s0: float, cv: float) -> float:
        expected = s0**2 + (cv * at) ** 2
        return float(np.sum(freedom * (np.log(expected) + of_groups / expected)))

    least = deviance(found.s0, found.cv)
    for by in (1e-4, -1e-4):
        assert deviance(found.s0 * (1 + by), found.cv) > least
        assert deviance(found.s0, found.cv * (1 + by)) > least

    def of_logs(logs: np.ndarray) -> float:
        return deviance(*np.exp(logs))

    best = fmin(of_logs, np.log([found.s0, found.cv]), xtol=1e-10, ftol=1e-12, disp=False)
    assert least <= of_logs(best) + 1e-10 * abs(least)


def test_four_fifths_of_the_degrees_of_freedom_of_groups_count_and_four_more() -> None:
    """Ten groups of three wells have 20."""
    groups = pd.DataFrame({"mean": np.linspace(0.1, 2.5, 10), "variance": 0.01, "wells": 3})
    assert shrunken_variance_function(groups, START, 2.5, 6).degrees_of_freedom == 20


def test_it_does_not_depend_on_the_unit_of_the_responses() -> None:
    """Counts of light are 100,000 times as high as optical densities; the CV is the same."""
    rng = np.random.default_rng(6)
    mean = rng.uniform(0.05, 2.5, 40)
    variance = (0.01**2 + (0.06 * mean) ** 2) * rng.chisquare(2, 40) / 2
    one, other = (
        shrunken_variance_function(
            pd.DataFrame({"mean": unit * mean, "variance": unit**2 * variance, "wells": 3}),
            VarianceFunction(unit * START.s0, START.cv, 0, 0, START.rule),
            unit * 2.5,
            6,
        )
        for unit in (1.0, 1e5)
    )
    assert other.s0 == pytest.approx(1e5 * one.s0, rel=1e-8)
    assert other.cv == pytest.approx(one.cv, rel=1e-8)
