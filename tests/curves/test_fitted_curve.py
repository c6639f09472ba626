"""Concentrations read back from a curve: states, errors and limits."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.curves.fitted_curve import FittedCurve
from coculture.curves.fitting import fit_curve, fit_curves
from coculture.curves.variance_function import VarianceFunction, shrunken_variance_function


def log_line() -> FittedCurve:
    """y = x through wells at ln x = 0, 1, 2 that lie 0.1, -0.2 and 0.1 off it (of ln y).

    These residuals sum to zero, also weighted with ln x: the fitted line is y = x itself. Their
    sum of squares is 0.06, with 3 - 2 = 1 degree of freedom.
    """
    log_x = np.array([0.0, 1.0, 2.0])
    off = np.array([0.1, -0.2, 0.1])
    return fit_curve(np.exp(log_x), np.exp(log_x + off), "log_log")


@pytest.mark.parametrize(("log_x", "leverage"), [(1.0, 1 / 3), (2.0, 5 / 6), (3.0, 7 / 3)])
def test_the_error_of_a_concentration_is_the_well_s_and_the_curve_s(
    log_x: float, leverage: float
) -> None:
    """A calibration line read back: s^2 (1 + 1/n + (x - mean)^2 / sum of squares of x).

    Here s^2 = 0.06, 1/n = 1/3, mean 1 and sum of squares 2; the slope is 1.
    """
    row = log_line().concentration([np.exp(log_x)]).iloc[0]
    assert np.log(row["concentration"]) == pytest.approx(log_x)
    assert row["se_curve"] / row["concentration"] == pytest.approx((0.06 * leverage) ** 0.5)
    assert row["se"] / row["concentration"] == pytest.approx((0.06 * (1 + leverage)) ** 0.5)


def test_the_limits_of_a_line_are_student_s_with_its_degrees_of_freedom() -> None:
    row = log_line().concentration([np.e]).iloc[0]
    # From the table: t of 0.975 with 1 degree of freedom is 12.706; the error is sqrt(0.08).
    assert np.log(row["upper"]) == pytest.approx(1 + 12.706 * 0.08**0.5, rel=1e-4)
    assert np.log(row["lower"]) == pytest.approx(1 - 12.706 * 0.08**0.5, rel=1e-4)


@pytest.mark.parametrize(("freedom", "t"), [(1, 12.706), (2, 4.3027), (10, 2.2281), (30, 2.0423)])
def test_limits_have_the_degrees_of_freedom_of_an_estimated_variance_function(
    freedom: int, t: float
) -> None:
    """t of 0.975, from the table."""
    x = np.array([0, 10, 30, 100, 300, 1000.0])
    curve = fit_curve(
        x,
        0.1 + 2.4 * x / (x + 120),
        weighting="variance_function",
        variance_function=VarianceFunction(0.01, 0.05, 4, freedom, "estimated"),
    )
    row = curve.concentration([1.0]).iloc[0]
    relative = row["se"] / row["concentration"]
    assert np.log(row["upper"] / row["concentration"]) / relative == pytest.approx(t, rel=1e-4)
    assert np.log(row["concentration"] / row["lower"]) / relative == pytest.approx(t, rel=1e-4)


START = VarianceFunction(0.008, 0.05, 0, 0, "starting values")
LEVELS = np.repeat([0, 9.375, 18.75, 37.5, 75, 150, 300, 600], 2)


def four_parameters(x: Any, a: float, d: float, b: float, c: float) -> Any:
    return d + (a - d) / (1 + (np.asarray(x, dtype=float) / c) ** b)


@pytest.fixture
def noisy() -> np.ndarray:
    """Responses at LEVELS with 5 % scatter."""
    mean = four_parameters(LEVELS, 0.05, 3.0, 1.2, 250)
    return np.asarray(mean * (1 + 0.05 * np.random.default_rng(3).normal(size=len(mean))))


def test_responses_beyond_the_asymptotes_have_a_state_and_no_number(noisy: np.ndarray) -> None:
    read = fit_curve(LEVELS, noisy).concentration([-1, 1.0, 5, np.inf, np.nan])
    assert read["state"].tolist() == ["below_curve", "ok", "above_curve", "overflow", "missing"]
    assert read["concentration"].notna().tolist() == [False, True, False, False, False]


@pytest.mark.parametrize("model", ["4PL", "log_log"])
def test_on_a_falling_curve_an_overflow_is_little_analyte(model: str) -> None:
    x = np.array([10.0, 30, 100, 300, 1000])
    curve = fit_curve(x, 2.8 / (1 + x / 100) + 0.1 * (model == "4PL"), model=model)
    read = curve.concentration([np.inf, 1.0, -0.1])
    assert read["state"].tolist() == ["below_curve", "ok", "above_curve"]


def test_on_a_falling_curve_low_responses_are_above_it() -> None:
    x = np.array([0, 1, 3, 10, 30, 100, 300.0])
    curve = fit_curve(x, four_parameters(x, 2.0, 0.1, 1.0, 15))
    assert curve.parameters["A"] > curve.parameters["D"]
    assert curve.concentration([3.0, 0.01])["state"].tolist() == ["below_curve", "above_curve"]


def test_limits_are_symmetric_on_the_log_scale_and_hold_the_well(noisy: np.ndarray) -> None:
    row = fit_curve(LEVELS, noisy).concentration([0.8]).iloc[0]
    assert row["lower"] * row["upper"] == pytest.approx(row["concentration"] ** 2)
    assert row["lower"] < row["concentration"] < row["upper"]
    assert row["se"] > row["se_curve"] > 0


def test_intervals_of_wells_cover_what_they_promise() -> None:
    """A small version of benchmarks/elisa_coverage.py."""
    rng = np.random.default_rng(4)
    truth = np.repeat([6, 12, 40, 150, 450], 4).astype(float)
    inside = np.zeros(5)
    for _ in range(50):
        mean = four_parameters(np.tile(LEVELS, (4, 1)), 0.05, 3.0, 1.2, 250)
        plates = mean + rng.normal(size=mean.shape) * np.hypot(0.008, 0.05 * mean)
        pairs = plates.reshape(-1, 2)
        groups = {"mean": pairs.mean(axis=1), "variance": pairs.var(axis=1, ddof=1), "wells": 2}
        function = shrunken_variance_function(pd.DataFrame(groups), START, 3.0, 4)
        for curve in fit_curves(
            LEVELS[None, :], plates, weighting="variance_function", variance_function=function
        ):
            expected = four_parameters(truth, 0.05, 3.0, 1.2, 250)
            wells = expected + rng.normal(size=20) * np.hypot(0.008, 0.05 * expected)
            read = curve.concentration(wells)
            within = (read["lower"] < truth) & (truth < read["upper"])
            inside += within.to_numpy().reshape(5, 4).sum(axis=1)
    coverage = inside / (50 * 4 * 4)
    assert (coverage > 0.91).all(), coverage
    assert (coverage < 0.98).all(), coverage


def test_where_only_the_shape_of_the_scatter_is_known_limits_have_the_curve_s_freedom() -> None:
    """Six wells and four parameters; from the table: t of 0.975 with 2 of them is 4.3027."""
    x = np.array([0, 10, 30, 100, 300, 1000.0])
    y = (0.1 + 2.4 * x / (x + 120)) * np.array([1.02, 0.98, 1.01, 0.99, 1.02, 0.98])
    row = fit_curve(x, y, weighting="variance_function").concentration([1.0]).iloc[0]
    relative = row["se"] / row["concentration"]
    assert np.log(row["upper"] / row["concentration"]) / relative == pytest.approx(4.3027, rel=1e-4)


def test_r_squared_is_the_share_of_the_variation_that_the_curve_explains(
    noisy: np.ndarray,
) -> None:
    curve = fit_curve(LEVELS, noisy)
    left = np.square(noisy - curve.response(LEVELS)).sum()
    assert curve.r_squared == pytest.approx(1 - left / np.square(noisy - noisy.mean()).sum())
