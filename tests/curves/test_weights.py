"""How much each well counts in a fit: weights and the biweight."""

from typing import Any

import numpy as np
import pytest

from coculture.curves.fitting import fit_curve
from coculture.curves.variance_function import VarianceFunction
from coculture.curves.weights import Batch, biweights

LEVELS = np.repeat([0, 10, 30, 100, 300, 1000.0], 3)


def weight_of(
    off: list[float], fixed: dict[str, float], variance_function: VarianceFunction | None = None
) -> np.ndarray:
    """Biweights of wells that lie `off` a curve, all of equal weight before."""
    y = 1 + np.array([off])
    batch = Batch(
        x=np.arange(1.0, 1 + len(off))[None, :],
        y=y,
        model="4PL",
        weighting="none" if variance_function is None else "variance_function",
        fixed=fixed,
        variance_functions=None if variance_function is None else [variance_function],
        bisquare=True,
    )
    return np.asarray(biweights(batch, np.ones_like(y), np.ones_like(y))[0])


# With a median of 1 the scale is 1 / 0.6745 = 1.4826, widened by sqrt(wells / (wells - fitted
# parameters)); what is 4.685 scales off has no weight, and the rest (1 - (off / that)^2)^2.
@pytest.mark.parametrize(
    ("wells", "fixed", "widened"),
    [
        (8, {}, (8 / 4) ** 0.5),
        (16, {}, (16 / 12) ** 0.5),
        (8, {"A": 0.0}, (8 / 5) ** 0.5),
        (8, {"A": 0.0, "b": 1.0}, (8 / 6) ** 0.5),
        (5, {}, 5**0.5),
        (4, {}, 2.0),
    ],
)
def test_the_scale_is_widened_for_the_fitted_parameters(
    wells: int, fixed: dict[str, float], widened: float
) -> None:
    end = 4.685 * 1.4826 * widened
    usual = [(-1.0) ** i for i in range(wells - 1)]
    inside = weight_of([*usual, 0.9 * end], fixed)
    assert inside[-1] == pytest.approx((1 - 0.9**2) ** 2, rel=1e-3)
    assert inside[0] == pytest.approx((1 - 1 / end**2) ** 2, rel=1e-3)
    assert weight_of([*usual, 1.01 * end], fixed)[-1] == 0


def test_an_absent_well_does_not_count_for_the_scale() -> None:
    usual = [(-1.0) ** i for i in range(7)]
    with_gap = weight_of([*usual, 8.0, np.nan, np.nan], {})
    np.testing.assert_allclose(with_gap[:8], weight_of([*usual, 8.0], {}))


def test_where_the_scatter_is_known_the_scale_is_one() -> None:
    known = VarianceFunction(1.0, 0.0, 4, 40, "estimated")
    weight = weight_of([1.0] * 7 + [4.0], {}, known)
    assert weight[0] == pytest.approx((1 - 1 / 4.685**2) ** 2)
    assert weight[-1] == pytest.approx((1 - (4 / 4.685) ** 2) ** 2)


@pytest.mark.parametrize("fixed", [{}, {"A": 0.1}])
def test_a_fit_ends_where_its_weights_follow_from_its_residuals(fixed: dict[str, float]) -> None:
    """A biweight w of a residual r shows where the weight ends: r / sqrt(1 - sqrt(w))."""
    scatter = 0.03 * np.random.default_rng(5).normal(size=len(LEVELS))
    y = 0.1 + 2.4 * LEVELS / (LEVELS + 120) + scatter
    curve = fit_curve(LEVELS, y, fixed=fixed, bisquare=True)
    off = np.abs(y - curve.response(LEVELS))
    free = 4 - len(fixed)
    end = 4.685 * np.median(off) / 0.6745 * (18 / (18 - free)) ** 0.5
    told = off / np.sqrt(1 - np.sqrt(curve.weights))
    np.testing.assert_allclose(told[off > np.median(off)], end, rtol=1e-3)


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


def test_bisquare_leaves_an_outlier_without_weight(noisy: np.ndarray) -> None:
    spoilt = noisy.copy()
    spoilt[9] *= 1.6
    truth = four_parameters(75, 0.05, 3.0, 1.2, 250)
    plain = fit_curve(STANDARDS, spoilt, weighting="1/y2")
    robust = fit_curve(STANDARDS, spoilt, weighting="1/y2", bisquare=True)
    assert robust.weights[9] < 0.01 * plain.weights[9]
    assert abs(robust.response(75) - truth) < abs(plain.response(75) - truth)
