"""Fieller's interval."""

import numpy as np
import pytest

from coculture.comparison.statistics.fieller import fieller_interval


def test_fieller_is_not_bounded_where_there_is_no_effect() -> None:
    assert np.isnan(fieller_interval([1.0, 2.0, 0.5], [3.0, -2.0, 1.0])).all()


def test_fieller_limits_are_where_the_t_test_turns() -> None:
    """The limits are those ratios r at which numerator - r x denominator has two-sided p = .05."""
    from scipy import stats

    top, bottom = np.array([1.0, 2.0, 1.4, 0.8]), np.array([10.0, 11.0, 9.0, 12.0])
    for limit in fieller_interval(top, bottom):
        assert stats.ttest_1samp(top - limit * bottom, 0).pvalue == pytest.approx(0.05)
