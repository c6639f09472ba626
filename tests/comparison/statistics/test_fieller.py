"""Fieller's interval."""

import numpy as np
import pandas as pd
import pytest

from coculture.comparison.statistics.contrasts import Contrast, per_experiment_contrast
from coculture.comparison.statistics.fieller import fieller_interval, inverted_interval


def test_fieller_is_not_bounded_where_there_is_no_effect() -> None:
    assert np.isnan(fieller_interval([1.0, 2.0, 0.5], [3.0, -2.0, 1.0])).all()


def test_fieller_limits_are_where_the_t_test_turns() -> None:
    """The limits are those ratios r at which numerator - r x denominator has two-sided p = .05."""
    from scipy import stats

    top, bottom = np.array([1.0, 2.0, 1.4, 0.8]), np.array([10.0, 11.0, 9.0, 12.0])
    for limit in fieller_interval(top, bottom):
        assert stats.ttest_1samp(top - limit * bottom, 0).pvalue == pytest.approx(0.05)


def test_the_inverted_test_of_paired_values_is_fiellers_interval() -> None:
    rng = np.random.default_rng(2)
    for ratio in (0.0, 0.1, 0.9, -0.5):
        effect = rng.normal(20, 3, 5)
        table = pd.DataFrame({"residual": ratio * effect + rng.normal(0, 2, 5), "effect": effect})

        def left(at: float, table: pd.DataFrame = table) -> Contrast:
            return per_experiment_contrast(table, {"residual": 1.0, "effect": -at})

        estimate = table["residual"].mean() / table["effect"].mean()
        expected = fieller_interval(table["residual"], table["effect"])
        assert inverted_interval(left, estimate) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_inverted_test_has_no_limits_without_an_effect() -> None:
    table = pd.DataFrame({"residual": [1.0, 2.0, 1.5], "effect": [-1.0, 1.2, 0.1]})

    def left(at: float) -> Contrast:
        return per_experiment_contrast(table, {"residual": 1.0, "effect": -at})

    assert np.isnan(inverted_interval(left, 15.0)).all()
