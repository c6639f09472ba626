"""Curves of one experiment against known truth, and against scipy's bounded curve_fit."""

from typing import Any

import numpy as np
import pytest
import scipy

from coculture.comparison.doses.dose_curve import DoseCurve, dose_curve, dose_curves
from coculture.curves.dose_response import SLOPES

DOSES = {4: [1.0, 4.0, 16.0, 64.0], 5: [1.0, 3.0, 9.0, 27.0, 81.0], 6: [1, 3, 9, 27, 81, 243.0]}


def true_response(dose: Any, low: float, high: float, slope: float, c: float) -> Any:
    x = np.asarray(dose, dtype=float)
    return low + (high - low) * x**slope / (x**slope + c**slope)


@pytest.mark.parametrize("doses", [4, 5, 6])
@pytest.mark.parametrize(("low", "high"), [(10.0, 70.0), (85.0, 12.0)])
def test_exact_data_give_their_own_parameters(doses: int, low: float, high: float) -> None:
    d = DOSES[doses]
    y = true_response(d, low, high, 1.7, 6.0)
    curve = dose_curve(d, y.tolist(), low, 1 if high > low else -1, (0, 100))
    assert curve.state == "curve"
    assert [curve.plateau_at_zero, curve.plateau, curve.slope, curve.ec50.value] == pytest.approx(
        [low, high, 1.7, 6.0], rel=1e-6
    )
    assert curve.response([0.0, *d]) == pytest.approx([low, *y], rel=1e-6)
    assert curve.dose_at(curve.response(d)) == pytest.approx(d, rel=1e-6)


@pytest.mark.parametrize("doses", [4, 6])
def test_the_fit_is_that_of_scipy(doses: int) -> None:
    chance = np.random.default_rng(3)
    d = np.array(DOSES[doses])
    for _ in range(6):
        c, slope = np.exp(chance.uniform(np.log(2), np.log(20))), chance.uniform(0.7, 3)
        y = true_response(d, 8, 65, slope, c) + chance.normal(0, 3, len(d))
        u = 8 + chance.normal(0, 2)
        curve = dose_curve(d.tolist(), y.tolist(), u, 1, (0, 100))
        assert _sum(curve, d, y, u) <= _sum_of_scipy(d, y, u) * (1 + 1e-6)
        assert SLOPES[0] <= curve.slope <= SLOPES[1]
        assert curve.plateau <= min(100, u + 2 * (y.max() - u)) + 1e-9


def _sum(curve: DoseCurve, d: np.ndarray, y: np.ndarray, u: float) -> float:
    with_zero = len(d) >= 6
    x, z = (np.r_[0, d], np.r_[u, y]) if with_zero else (d, y)
    return float(((curve.response(x) - z) ** 2).sum())


def _sum_of_scipy(d: np.ndarray, y: np.ndarray, u: float) -> float:
    """The smallest sum of squares that scipy's curve_fit finds within the same bounds."""
    highest = min(100, u + 2 * (y.max() - u))
    bounds_of_shape = ([u, SLOPES[0], np.log(d[0] / 10)], [highest, SLOPES[1], np.log(d[-1] * 10)])
    with_zero = len(d) >= 6
    x, z = (np.r_[1e-9, d], np.r_[u, y]) if with_zero else (d, y)
    low, high = bounds_of_shape
    if with_zero:
        low, high = [-np.inf, *low], [np.inf, *high]

    def model(x: Any, *p: float) -> Any:
        a, rest = (p[0], p[1:]) if with_zero else (u, p)
        return true_response(x, a, rest[0], rest[1], np.exp(rest[2]))

    sums = []
    for slope in (0.7, 1.5, 4):
        for c in np.log(d[:-1] * 1.5):
            start = [min(y.max(), highest - 1e-6), slope, c]
            start = [u, *start] if with_zero else start
            found, _ = scipy.optimize.curve_fit(model, x, z, start, bounds=(low, high))
            sums.append(float(((model(x, *found) - z) ** 2).sum()))
    return min(sums)


def test_an_ec50_is_believed_between_the_lowest_dose_and_the_second_highest() -> None:
    d = DOSES[5]
    cases = {0.4: "below_doses", 1.5: "curve", 25.0: "curve", 60.0: "not_reached"}
    for c, state in cases.items():
        curve = dose_curve(d, true_response(d, 10, 70, 2, c).tolist(), 10, 1, (0, 100))
        assert curve.state == state, c
    below, *_, above = (
        dose_curve(d, true_response(d, 10, 70, 2, c).tolist(), 10, 1, (0, 100)) for c in cases
    )
    assert (below.ec50.value, below.ec50.relation) == (1.0, "<=")
    # At 81 the curve has 0.646 of its effect; half of that is at 41.4.
    assert above.ec50.value == pytest.approx(41.4, rel=0.01)
    assert above.ec50.relation == ">="


def test_without_a_curve_the_reason_is_a_state() -> None:
    d = DOSES[4]
    nan, inf = float("nan"), float("inf")
    assert dose_curve(d[:3], [12, 40, 60], 10, 1).state == "too_few_doses"
    assert dose_curve(d, [12, 40, 60, 61], nan, 1).state == "no_untreated"
    assert dose_curve(d, [12, 40, 60, inf], 10, 1).state == "bound"
    assert dose_curve(d, [9, 8, 9, 7], 10, 1).state == "no_effect"
    assert dose_curve(d, [9, 8, 9, 7], 10, 1).ec50.relation == ">="
    assert np.isnan(dose_curve(d[:3], [12, 40, 60], 10, 1).ec50.value)


def test_ic50_is_read_inside_the_doses_only() -> None:
    d = DOSES[5]
    strong = dose_curve(d, true_response(d, 90, 5, 1.5, 8).tolist(), 90, -1, (0, 100))
    assert strong.dose_of_level(45).value == pytest.approx(
        8 * ((90 - 45) / (45 - 5)) ** (1 / 1.5), rel=1e-6
    )
    weak = dose_curve(d, true_response(d, 90, 60, 1.5, 8).tolist(), 90, -1, (0, 100))
    assert weak.state == "curve"
    assert (weak.dose_of_level(45).value, weak.dose_of_level(45).relation) == (81.0, ">=")
    late = dose_curve(d, true_response(d, 90, 5, 2, 60).tolist(), 90, -1, (0, 100))
    assert late.state == "not_reached"
    assert (late.dose_of_level(45).value, late.dose_of_level(45).relation) == (27.0, ">=")


def test_experiments_with_other_doses_are_fitted_side_by_side() -> None:
    d = np.array(DOSES[6])
    y = np.stack([true_response(d, 10, 70, 1.5, c) for c in (5, 7, 9)])
    y[1, [0, 5]] = np.nan
    y[2, 2:5] = np.nan
    curves = dose_curves(d, y, np.full(3, 10.0), 1, (0, 100))
    assert [len(curve.doses) for curve in curves] == [6, 4, 3]
    assert [curve.state for curve in curves] == ["curve", "curve", "too_few_doses"]
    assert curves[1].ec50.value == pytest.approx(7, rel=1e-6)
