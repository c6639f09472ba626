"""Holm's correction."""

import numpy as np
import pytest

from coculture.comparison.statistics.multiplicity import holm, in_stated_order


def test_holm_steps_down_and_leaves_missing_tests_out() -> None:
    adjusted = holm([0.01, np.nan, 0.04, 0.03])
    np.testing.assert_allclose(adjusted, [0.03, np.nan, 0.06, 0.06])


def test_a_test_that_was_not_made_counts_for_the_others() -> None:
    """Of three, 0.4 is multiplied by three and 0.45 by two; infinite stays infinite."""
    assert holm([0.4, np.inf, 0.45]).tolist() == pytest.approx([1.2, np.inf, 1.2])
    assert holm([0.3, np.inf, 0.6]).tolist() == pytest.approx([0.9, np.inf, 1.2])


def test_after_the_first_that_fails_none_holds() -> None:
    assert in_stated_order([0.2, 0.9, np.inf, 0.1]).tolist() == [0.2, 0.9, np.inf, np.inf]
