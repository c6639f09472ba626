"""Skewed differences, and the experiment that makes them so."""

import numpy as np
import pandas as pd
import pytest

from coculture.comparison.statistics.skewness import skewness_limit, skewness_of


def _values(*values: float) -> "pd.Series[float]":
    return pd.Series(values, index=[f"E{i}" for i in range(1, len(values) + 1)], dtype=float)


def test_the_experiment_on_the_long_side_is_named() -> None:
    """Five of 0 and one of -6: deviations 1 (five times) and -5, skewness -4 / sqrt(5)."""
    found = skewness_of(_values(0, 0, 0, -6, 0, 0))
    assert found is not None
    assert found.value == pytest.approx(-4 / np.sqrt(5))
    assert (found.experiment, found.its_value, found.median) == ("E4", -6, 0)


def test_five_values_tell_nothing() -> None:
    assert skewness_of(_values(0, 0, 0, -6, 0)) is None


def test_symmetric_and_equal_values_are_not_skewed() -> None:
    assert skewness_of(_values(1, 2, 3, 4, 5, 6)) is None
    assert skewness_of(_values(2, 2, 2, 2, 2, 2)) is None


@pytest.mark.parametrize("n", [6, 10, 16])
def test_one_normal_sample_in_twenty_is_beyond_the_limit(n: int) -> None:
    samples = np.random.default_rng(n).normal(size=(20_000, n))
    deviation = samples - samples.mean(axis=1, keepdims=True)
    skewness = (deviation**3).mean(axis=1) / (deviation**2).mean(axis=1) ** 1.5
    assert (np.abs(skewness) > skewness_limit(n)).mean() == pytest.approx(0.05, abs=0.006)
