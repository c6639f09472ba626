"""How much each well counts in a fit."""

from typing import Any

import numpy as np
import pytest

from coculture.curves.fitting import fit_curve
from coculture.curves.variance_function import VarianceFunction

STANDARDS = np.repeat([0, 9.375, 18.75, 37.5, 75, 150, 300, 600], 2)


def four_parameters(x: Any, a: float, d: float, b: float, c: float) -> Any:
    return d + (a - d) / (1 + (np.asarray(x, dtype=float) / c) ** b)


@pytest.fixture
def noisy() -> np.ndarray:
    """Responses at STANDARDS with 5 % scatter."""
    mean = four_parameters(STANDARDS, 0.05, 3.0, 1.2, 250)
    return np.asarray(mean * (1 + 0.05 * np.random.default_rng(3).normal(size=len(mean))))


@pytest.mark.parametrize("weighting", ["none", "1/y", "1/y2", "variance_function"])
def test_weights_are_what_they_are_called(weighting: str, noisy: np.ndarray) -> None:
    function = VarianceFunction(0.01, 0.05, 4, 30, "stated")
    curve = fit_curve(STANDARDS, noisy, "4PL", weighting, variance_function=function)
    expected = {
        "none": np.ones_like(noisy),
        "1/y": 1 / noisy,
        "1/y2": 1 / noisy**2,
        "variance_function": 1 / function.variance(curve.response(STANDARDS)),
    }[weighting]
    np.testing.assert_allclose(curve.weights, expected, rtol=1e-6)
