"""Dunnett's correction for designs without an answer in R."""

import numpy as np
import pytest

from coculture.comparison.statistics.dunnett import dunnett_p


def test_dunnett_of_many_treatments_without_product_structure() -> None:
    """Against 400,000 draws of the multivariate t: within four of their standard errors."""
    correlation = np.array(
        [[1, 0.5, 0.4, 0.3], [0.5, 1, 0.5, 0.2], [0.4, 0.5, 1, 0.6], [0.3, 0.2, 0.6, 1]]
    )
    t = np.array([2.0, 2.5, 0.5, 3.0])
    p = dunnett_p(t, correlation, df=9)
    rng = np.random.default_rng(3)
    draws = rng.multivariate_normal(np.zeros(4), correlation, 400_000)
    largest = np.abs(draws / np.sqrt(rng.chisquare(9, (400_000, 1)) / 9)).max(axis=1)
    drawn = (largest[:, None] > t).mean(axis=0)
    assert (np.abs(p - drawn) < 4 * np.sqrt(drawn * (1 - drawn) / 400_000)).all()


def test_dunnett_of_one_treatment_is_the_t_test() -> None:
    assert dunnett_p([2.5], [[1.0]], df=6)[0] == pytest.approx(0.0465282, abs=1e-6)
