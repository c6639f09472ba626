"""The robust fit: one bad well is left out, and not its good duplicate."""

from typing import Any

import numpy as np
import pytest

from coculture.curves.fitted_curve import FittedCurve
from coculture.curves.fitting import fit_curve
from coculture.curves.variance_function import VarianceFunction

LEVELS = np.repeat([0, 9.375, 18.75, 37.5, 75, 150, 300, 600], 2)
KNOWN = VarianceFunction(0.008, 0.05, 4, 28, "stated")


def four_parameters(x: Any, a: float, d: float, b: float, c: float) -> Any:
    return d + (a - d) / (1 + (np.asarray(x, dtype=float) / c) ** b)


def responses(seed: int) -> np.ndarray:
    """Responses at LEVELS with 5 % scatter."""
    mean = four_parameters(LEVELS, 0.05, 3.0, 1.2, 250)
    scatter = np.random.default_rng(seed).normal(size=len(mean))
    return np.asarray(mean + scatter * np.hypot(0.008, 0.05 * mean))


def robust(y: np.ndarray, weighting: str, known: VarianceFunction | None = None) -> FittedCurve:
    return fit_curve(LEVELS, y, "4PL", weighting, variance_function=known, bisquare=True)


@pytest.mark.parametrize("weighting", ["none", "1/y2", "variance_function"])
@pytest.mark.parametrize(("well", "factor"), [(10, 0.1), (8, 4.0), (5, 2.5)])
def test_the_bad_well_is_left_out_and_the_rest_fitted(
    weighting: str, well: int, factor: float
) -> None:
    y = responses(1)
    y[well] *= factor
    found = robust(y, weighting)
    rest = np.delete(np.arange(16), well)
    right = fit_curve(LEVELS[rest], y[rest], "4PL", weighting)
    assert found.left_out == (well,)
    assert found.weights[well] == 0
    assert found.degrees_of_freedom == right.degrees_of_freedom == 11
    np.testing.assert_allclose(found.response(LEVELS), right.response(LEVELS), rtol=1e-6)
    assert len(found.responses) == 16


def test_sound_curves_keep_their_wells() -> None:
    found = [robust(responses(seed), "variance_function", KNOWN) for seed in range(12)]
    assert [curve.left_out for curve in found] == [()] * 12
    assert found[0].parameters == (
        fit_curve(
            LEVELS, responses(0), "4PL", "variance_function", variance_function=KNOWN
        ).parameters
    )


def test_where_either_duplicate_may_be_right_both_stay_and_the_level_is_named() -> None:
    """Two wells of the highest standard, each as far off the middle between them."""
    y = four_parameters(LEVELS, 0.05, 3.0, 1.2, 250) * np.tile([0.98, 1.02], 8)
    expected = four_parameters(600, 0.05, 3.0, 1.2, 250)
    y[-2:] = expected * np.array([0.65, 1.35])
    found = robust(y, "variance_function", VarianceFunction(0.008, 0.03, 4, 28, "stated"))
    assert found.left_out == ()
    assert found.undecided_level == 600


def test_a_log_log_line_leaves_out_its_bad_well() -> None:
    y = 0.01 * LEVELS**0.9 * np.tile([0.97, 1.03], 8)
    y[8] *= 3
    found = fit_curve(LEVELS[2:], y[2:], "log_log", bisquare=True)
    assert found.left_out == (6,)
    assert found.parameters["slope"] == pytest.approx(0.9, abs=0.02)


def test_four_single_standards_have_none_to_spare() -> None:
    curve = fit_curve([100, 50, 25, 12.5], [2.1, 1.6, 0.9, 0.4], bisquare=True)
    assert (curve.left_out, curve.undecided_level) == ((), None)
