"""Curves through a few doses, within bounds, against scipy's bounded least squares."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from coculture.curves.dose_response import fit_dose_response

DOSES = np.array([1.0, 3, 10, 30, 100])
ORIGIN = 8.0


def response(
    dose: np.ndarray, at_zero: float, plateau: float, slope: float, middle: float
) -> np.ndarray:
    return np.asarray(at_zero + (plateau - at_zero) * dose**slope / (dose**slope + middle**slope))


def best_sum(y: np.ndarray, highest: float, at_zero: float | None) -> float:
    """The least sum of squares that scipy finds from several starts."""

    def residual(p: np.ndarray) -> np.ndarray:
        start = p[3] if at_zero is None else at_zero
        return np.asarray(response(DOSES, start, p[0], np.exp(p[1]), np.exp(p[2])) - y)

    low = [-100, np.log(0.1), np.log(0.1), -100]
    high = [highest, np.log(5), np.log(1000), 200]
    parts = slice(0, 4 if at_zero is None else 3)
    bounds = (low[parts], high[parts])
    starts = ([highest - 5, 0, np.log(middle), 10][parts] for middle in (2, 10, 50))
    return min(
        2 * float(least_squares(residual, start, bounds=bounds, xtol=1e-12).cost)
        for start in starts
    )


@pytest.mark.parametrize("at_zero", [ORIGIN, None])
@pytest.mark.parametrize("highest", [100.0, 60.0])
def test_the_best_fit_whose_plateau_is_allowed(highest: float, at_zero: float | None) -> None:
    """The data rise to 80; where at most 60 is allowed, the curve ends there."""
    y = response(DOSES, ORIGIN, 80, 1.4, 12) + np.array([1.0, -1, 0.5, -0.5, 1])
    fits = fit_dose_response(
        DOSES,
        y[None, :],
        np.array([[0.0, highest]]),
        None if at_zero is None else np.array([at_zero]),
    )
    assert fits.sum_of_squares[0] == pytest.approx(best_sum(y, highest, at_zero), rel=1e-6)
    end = float(fits.response_at_infinity[0])
    assert end == highest if highest < 80 else end < highest
    if at_zero is not None:
        assert fits.response_at_zero[0] == pytest.approx(at_zero)
