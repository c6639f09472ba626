"""An asymmetry that the standards do not determine."""

from typing import Any

import numpy as np
import pytest

from coculture.elisa import fit_standard_curve

LEVELS = np.repeat([0, 9.375, 18.75, 37.5, 75, 150, 300, 600], 2)


def four_parameters(x: Any, a: float, d: float, b: float, c: float) -> Any:
    return d + (a - d) / (1 + (np.asarray(x, dtype=float) / c) ** b)


@pytest.fixture
def noisy() -> np.ndarray:
    """Responses at LEVELS with 5 % scatter."""
    mean = four_parameters(LEVELS, 0.05, 3.0, 1.2, 250)
    return np.asarray(mean * (1 + 0.05 * np.random.default_rng(3).normal(size=len(mean))))


def test_a_symmetric_curve_does_not_identify_an_asymmetry(noisy: np.ndarray) -> None:
    curve = fit_standard_curve(LEVELS, noisy, "5PL_pos")
    assert "asymmetry_not_identified" in curve.flags
    assert "asymmetry_not_identified" not in fit_standard_curve(LEVELS, noisy).flags
