"""The standard curve of a plate: its flags, and its form in JSON."""

import json
from typing import Any

import numpy as np
import pytest

from coculture.curves.fitting import FitOptions, fit_curve
from coculture.elisa import StandardCurve, fit_standard_curve, fit_standard_curves

LEVELS = np.repeat([0, 9.375, 18.75, 37.5, 75, 150, 300, 600], 2)


def four_parameters(x: Any, a: float, d: float, b: float, c: float) -> Any:
    return d + (a - d) / (1 + (np.asarray(x, dtype=float) / c) ** b)


@pytest.fixture
def noisy() -> np.ndarray:
    """Responses at LEVELS with 5 % scatter."""
    mean = four_parameters(LEVELS, 0.05, 3.0, 1.2, 250)
    return np.asarray(mean * (1 + 0.05 * np.random.default_rng(3).normal(size=len(mean))))


def test_a_curve_survives_json(noisy: np.ndarray) -> None:
    curve = fit_standard_curve(LEVELS, noisy, weighting="variance_function")
    again = StandardCurve.from_dict(json.loads(json.dumps(curve.to_dict())))
    assert again.concentration([0.3, 1.2]).equals(curve.concentration([0.3, 1.2]))
    assert again.r_squared == curve.r_squared


def test_the_options_of_a_fit_are_those_of_other_curves(noisy: np.ndarray) -> None:
    options: FitOptions = {"fixed": {"A": 0.05}, "bisquare": True}
    known = fit_curve(LEVELS, noisy, "5PL_pos", "1/y", **options)
    curve = fit_standard_curve(LEVELS, noisy, "5PL_pos", "1/y", **options)
    (one,) = fit_standard_curves(LEVELS[None, :], noisy[None, :], "5PL_pos", "1/y", **options)
    assert curve.parameters == one.parameters == known.parameters
    assert curve.parameters["A"] == 0.05
    assert curve.parameters != fit_standard_curve(LEVELS, noisy, "5PL_pos", "1/y").parameters
    with pytest.raises(TypeError, match="robust"):
        fit_standard_curve(LEVELS, noisy, robust=True)  # type: ignore[call-arg]
