"""Means of values of which some are bounds."""

import numpy as np
import pytest

from coculture.comparison.statistics.censored_interval import censored_interval
from coculture.distributions import t_quantile


def test_without_bounds_it_is_the_t_interval() -> None:
    values = np.array([1.0, 1.4, 0.7, 1.9])
    mean, lower, upper = censored_interval(values, np.zeros(4, dtype=int))
    half = t_quantile(0.975, 3) * values.std(ddof=1) / 2
    assert [mean, lower, upper] == pytest.approx([1.25, 1.25 - half, 1.25 + half], abs=1e-5)


def test_a_bound_moves_the_mean_to_its_side_and_widens_that_side() -> None:
    values = np.array([1.0, 1.4, 0.7, 1.9])
    plain = censored_interval(values, np.zeros(4, dtype=int))
    above = censored_interval(values, np.array([0, 0, 0, 1]))
    assert above[0] > plain[0]
    assert above[2] > plain[2]
    below = censored_interval(-values, np.array([0, 0, 0, -1]))
    assert [-below[0], -below[2], -below[1]] == pytest.approx(above, abs=1e-4)


def test_two_values_and_bounds_say_nothing() -> None:
    side = np.array([0, 0, 1, 1])
    assert np.isnan(censored_interval(np.array([1.0, 1.4, 2, 2]), side)).all()
