"""Holm's correction."""

import numpy as np

from coculture.comparison.statistics.multiplicity import holm


def test_holm_steps_down_and_leaves_missing_tests_out() -> None:
    adjusted = holm([0.01, np.nan, 0.04, 0.03])
    np.testing.assert_allclose(adjusted, [0.03, np.nan, 0.06, 0.06])
