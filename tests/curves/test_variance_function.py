"""The scatter of wells, estimated from replicates."""

import warnings

import numpy as np
import pandas as pd

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
