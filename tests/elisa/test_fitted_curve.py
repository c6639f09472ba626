"""The errors and limits of a concentration, against what a textbook gives for them."""

import numpy as np
import pytest

from coculture.elisa import StandardCurve, VarianceFunction, fit_standard_curve


def log_line() -> StandardCurve:
    """y = x through wells at ln x = 0, 1, 2 that lie 0.1, -0.2 and 0.1 off it (of ln y).

    These residuals sum to zero, also weighted with ln x: the fitted line is y = x itself. Their
    sum of squares is 0.06, with 3 - 2 = 1 degree of freedom.
    """
    log_x = np.array([0.0, 1.0, 2.0])
    off = np.array([0.1, -0.2, 0.1])
    return fit_standard_curve(np.exp(log_x), np.exp(log_x + off), "log_log")


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


@pytest.mark.parametrize(("groups", "t"), [(3, 12.706), (4, 4.3027), (12, 2.2281), (32, 2.0423)])
def test_an_estimated_variance_function_costs_two_degrees_of_freedom(groups: int, t: float) -> None:
    """t of 0.975 with 1, 2, 10 and 30 degrees of freedom, from the table."""
    x = np.array([0, 10, 30, 100, 300, 1000.0])
    curve = fit_standard_curve(
        x,
        0.1 + 2.4 * x / (x + 120),
        weighting="variance_function",
        variance_function=VarianceFunction(0.01, 0.05, 4, groups, "estimated"),
    )
    row = curve.concentration([1.0]).iloc[0]
    relative = row["se"] / row["concentration"]
    assert np.log(row["upper"] / row["concentration"]) / relative == pytest.approx(t, rel=1e-4)
    assert np.log(row["concentration"] / row["lower"]) / relative == pytest.approx(t, rel=1e-4)


def test_two_degrees_of_freedom_leave_none_for_limits() -> None:
    x = np.array([0, 10, 30, 100, 300, 1000.0])
    curve = fit_standard_curve(
        x,
        0.1 + 2.4 * x / (x + 120),
        weighting="variance_function",
        variance_function=VarianceFunction(0.01, 0.05, 1, 2, "estimated"),
    )
    row = curve.concentration([1.0]).iloc[0]
    assert row["se"] > 0
    assert np.isnan([row["lower"], row["upper"]]).all()
