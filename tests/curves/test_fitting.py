"""Fits against R's nlsLM, NIST's certified values and known truth."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from coculture.curves.fitting import CurveError, fit_curve, fit_curves


def _oracle(reference: Path) -> Iterator[tuple[np.ndarray, np.ndarray, str, str, dict[str, Any]]]:
    wells: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for path in (reference / "elisa" / "curves").glob("*.csv"):
        with path.open() as file:
            for row in csv.DictReader(file):
                name = f"{path.stem}::{row['curve']}" if "curve" in row else path.stem
                wells[name].append((float(row["conc"]), float(row["resp"])))
    text = (reference / "elisa" / "expected" / "standard_curve_fits.json").read_text()
    for name, models in json.loads(text)["curves"].items():
        x, y = np.array(wells[name]).T
        for model, weightings in models.items():
            for weighting, expected in weightings.items():
                yield x, y, model, weighting, expected


@pytest.mark.reference
def test_4pl_coefficients_are_those_of_r(reference: Path) -> None:
    fits = [fit for fit in _oracle(reference) if fit[2] == "4PL"]
    assert len(fits) > 80
    for x, y, model, weighting, expected in fits:
        curve = fit_curve(x, y, model, weighting)
        coefficients = expected["coef"]
        # R stops early where A is near zero: there a 1e-5 of the curve's span is meant.
        span = abs(coefficients["D"] - coefficients["A"])
        for name in "AD":
            assert curve.parameters[name] == pytest.approx(
                coefficients[name], rel=1e-5, abs=1e-6 * span
            )
        assert curve.parameters["b"] == pytest.approx(coefficients["b"], rel=1e-5)
        assert np.log(curve.parameters["c"]) == pytest.approx(coefficients["lc"], rel=1e-5)


@pytest.mark.reference
def test_inverse_concentrations_and_their_errors_are_those_of_r(reference: Path) -> None:
    fits = list(_oracle(reference))
    assert {fit[2] for fit in fits} == {"4PL", "5PL_pos", "5PL_neg"}
    left_out, states = 0, set[str]()
    for x, y, model, weighting, expected in fits:
        inverse = {name: np.array(v, dtype=float) for name, v in expected["inverse"].items()}
        there = np.isfinite(inverse["conc"])
        curve = fit_curve(x, y, model, weighting)
        read = curve.concentration(inverse["resp"][there])
        value, error = inverse["conc"][there], inverse["se"][there]
        is_known = np.asarray(read["state"]) == "ok"
        known = {name: np.asarray(read[name])[is_known] for name in ("concentration", "se_curve")}
        np.testing.assert_allclose(known["concentration"], value[is_known], rtol=1e-4)
        np.testing.assert_allclose(known["se_curve"], error[is_known], rtol=1e-3)
        # The others are known to no better than a factor of 10,000, with the error of the well.
        left_out += int((~is_known).sum())
        states |= set(np.asarray(read["state"])[~is_known])
    assert states <= {"not_determined", "below_curve", "above_curve"}
    assert left_out == 31


@pytest.mark.reference
def test_sums_of_squares_are_those_of_r_or_smaller(reference: Path) -> None:
    for x, y, model, weighting, expected in _oracle(reference):
        curve = fit_curve(x, y, model, weighting)
        assert curve.weighted_sum_of_squares <= expected["sse_weighted"] * (1 + 1e-9)


def _nist(reference: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    columns = np.loadtxt(reference / "elisa" / name, delimiter=",", skiprows=1).T
    return columns[1], columns[0]


@pytest.mark.reference
def test_nist_rat42_is_a_4pl_with_its_zero_response_known(reference: Path) -> None:
    y, x = _nist(reference, "NIST_Rat42.csv")
    curve = fit_curve(np.exp(x), y, fixed={"A": 0})
    p = curve.parameters
    found = [p["D"], p["b"] * np.log(p["c"]), p["b"], curve.weighted_sum_of_squares]
    certified = [72.462237576, 2.6180768402, 0.067359200066, 8.0565229338]
    np.testing.assert_allclose(found, certified, rtol=1e-7)


@pytest.mark.reference
def test_nist_rat43_is_a_5pl_with_its_zero_response_known(reference: Path) -> None:
    y, x = _nist(reference, "NIST_Rat43.csv")
    curve = fit_curve(np.exp(x), y, "5PL_neg", fixed={"A": 0})
    p = curve.parameters
    found = [p["D"], p["b"] * np.log(p["c"]), p["b"], 1 / p["g"], curve.weighted_sum_of_squares]
    certified = [699.64151270, 5.2771253025, 0.75962938329, 1.2792483859, 8786.4049080]
    np.testing.assert_allclose(found, certified, rtol=1e-7)


@pytest.mark.parametrize("model", ["4PL", "5PL_pos", "5PL_neg"])
@pytest.mark.parametrize("rising", [True, False])
def test_exact_data_give_the_curve_back(model: str, rising: bool) -> None:
    a, d, b, c, g = 0.1, 2.5, 1.3, 120.0, 0.6
    x = np.geomspace(2, 4000, 14)
    power = (x / c) ** b
    left = {
        "4PL": 1 / (1 + power),
        "5PL_pos": 1 / (1 + power) ** g,
        "5PL_neg": 1 - 1 / (1 + 1 / power) ** g,
    }[model]
    y = a * left + d * (1 - left) if rising else d * left + a * (1 - left)
    curve = fit_curve(x, y, model)
    np.testing.assert_allclose(curve.response(x), y, rtol=1e-7)
    np.testing.assert_allclose(curve.concentration(y)["concentration"], x, rtol=1e-5)


def test_a_log_log_line_gives_the_line_back() -> None:
    x = np.array([0, 1, 3, 10, 30, 100.0])
    curve = fit_curve(x, 0.2 * x**0.8, "log_log")
    assert curve.parameters["slope"] == pytest.approx(0.8)
    assert np.exp(curve.parameters["intercept"]) == pytest.approx(0.2)
    assert curve.wells_not_fitted == 1
    assert curve.concentration([0.2 * 7**0.8])["concentration"][0] == pytest.approx(7)


LEVELS = np.repeat([0, 9.375, 18.75, 37.5, 75, 150, 300, 600], 2)


def four_parameters(x: Any, a: float, d: float, b: float, c: float) -> Any:
    return d + (a - d) / (1 + (np.asarray(x, dtype=float) / c) ** b)


@pytest.fixture
def noisy() -> np.ndarray:
    """Responses at LEVELS with 5 % scatter."""
    mean = four_parameters(LEVELS, 0.05, 3.0, 1.2, 250)
    return np.asarray(mean * (1 + 0.05 * np.random.default_rng(3).normal(size=len(mean))))


def test_a_fixed_parameter_stays_and_has_no_error(noisy: np.ndarray) -> None:
    curve = fit_curve(LEVELS, noisy, fixed={"A": 0.05, "b": 1.2})
    assert curve.parameters["A"] == 0.05
    assert curve.parameters["b"] == pytest.approx(1.2)
    assert (curve.standard_errors["A"], curve.standard_errors["b"]) == (0, 0)
    assert curve.degrees_of_freedom == len(noisy) - 2


@pytest.mark.parametrize("weighting", ["1/y", "1/y2", "variance_function"])
def test_a_batch_gives_what_single_fits_give(noisy: np.ndarray, weighting: str) -> None:
    batch = np.stack([noisy, noisy[::-1], np.roll(noisy, 3)])
    batch[2, 4] = np.nan
    curves = fit_curves(LEVELS[None, :], batch, weighting=weighting)
    assert [len(curve.responses) for curve in curves] == [16, 16, 15]
    for curve, y in zip(curves, batch, strict=True):
        alone = fit_curve(LEVELS, y, weighting=weighting)
        np.testing.assert_allclose(
            curve.response([5, 50, 500]), alone.response([5, 50, 500]), rtol=1e-6
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2, 3], [1, 2, 3]), "3 concentrations do not determine the 4 parameters of 4PL"),
        (([-1, 2, 3, 4], [1, 2, 3, 4]), "numbers of 0 or more"),
        (([0, 1, 2, 3], [1, 2, 3, 4], "6PL"), '"6PL" is not a curve'),
        (([0, 1, 2, 3], [1, 2, 3, 4], "4PL", "1/x"), '"1/x" is not a weighting'),
    ],
)
def test_what_cannot_be_fitted_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(CurveError, match=message):
        fit_curve(*arguments)


def test_curves_of_a_batch_may_have_concentrations_of_their_own(noisy: np.ndarray) -> None:
    """The same responses at twice the concentrations: the mid-point is twice as high."""
    one, other = fit_curves(np.stack([LEVELS, 2 * LEVELS]), np.stack([noisy, noisy]))
    assert one.parameters["c"] == pytest.approx(fit_curve(LEVELS, noisy).parameters["c"], rel=1e-6)
    for name, ratio in {"A": 1, "D": 1, "b": 1, "c": 2}.items():
        assert other.parameters[name] == pytest.approx(ratio * one.parameters[name], rel=1e-6)


def test_one_curve_of_a_batch_that_is_not_determined_is_refused(noisy: np.ndarray) -> None:
    few = np.where(LEVELS < 37, noisy, np.nan)
    with pytest.raises(CurveError, match="3 concentrations do not determine the 4 parameters"):
        fit_curves(LEVELS[None, :], np.stack([noisy, few]))


@pytest.mark.parametrize("fixed", [{"b": 0.0}, {"c": -1.0}])
def test_a_fixed_slope_or_mid_point_must_be_above_zero(fixed: dict[str, float]) -> None:
    with pytest.raises(CurveError, match="must be above 0"):
        fit_curve([0, 1, 2, 3], [1, 2, 3, 4], fixed=fixed)


@pytest.mark.parametrize("names", ["A", "D", "AD"])
def test_exact_data_with_known_asymptotes_give_the_curve_back(names: str) -> None:
    true = {"A": 0.4, "D": 2.5, "b": 1.3, "c": 120.0}
    x = np.geomspace(2, 4000, 14)
    curve = fit_curve(
        x, four_parameters(x, 0.4, 2.5, 1.3, 120.0), fixed={name: true[name] for name in names}
    )
    for name, value in true.items():
        assert curve.parameters[name] == pytest.approx(value, rel=1e-6)


def test_only_parameters_of_the_model_can_be_fixed() -> None:
    with pytest.raises(CurveError, match="4PL has no parameter g to fix"):
        fit_curve([0, 1, 2, 3], [1, 2, 3, 4], fixed={"g": 1})


@given(
    y=st.lists(st.integers(-5000, 10**7).map(lambda n: n / 1000), min_size=16, max_size=16),
    model=st.sampled_from(["4PL", "5PL_pos", "5PL_neg"]),
    weighting=st.sampled_from(["none", "1/y", "1/y2", "variance_function"]),
)
@hypothesis_settings(max_examples=60, deadline=None)
def test_no_finite_data_raise(y: list[float], model: str, weighting: str) -> None:
    curve = fit_curve(LEVELS, y, model, weighting)
    assert np.isfinite(curve.response(LEVELS)).all()
    read = curve.concentration(y)
    assert read["concentration"].notna().eq(read["state"] == "ok").all()


KINDS = ["easy", "no plateau", "saturated", "15 % noise", "low signal", "outlier"]


def _hard_curve(kind: str, rng: np.random.Generator) -> np.ndarray:
    c = 5000.0 if kind == "no plateau" else rng.uniform(80, 400)
    a, d = (0.12, 0.45) if kind == "low signal" else (0.05, 3.2)
    mean = four_parameters(LEVELS, a, d, rng.uniform(0.8, 1.6), c)
    noise = 0.15 if kind == "15 % noise" else 0.05
    y = mean + rng.normal(size=len(mean)) * np.hypot(0.008, noise * mean)
    if kind == "outlier":
        y[rng.integers(2, 16)] *= 2
    return np.asarray(np.minimum(y, 2.2) if kind == "saturated" else y)


def _sum_of_squares_from(start: np.ndarray, y: np.ndarray) -> float:
    """An independent search: scipy's own least squares over the shape, asymptotes by regression."""
    from scipy.optimize import least_squares

    def residual(shape: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore", divide="ignore"):
            left = 1 / (1 + (LEVELS / np.exp(shape[1])) ** np.exp(shape[0]))
        design = np.column_stack([left, 1 - left])
        return np.asarray(y - design @ np.linalg.lstsq(design, y, rcond=None)[0])

    found = least_squares(residual, start, bounds=([-3, -3], [4, 16]), max_nfev=200)
    return float(2 * found.cost)


@pytest.mark.parametrize("kind", KINDS)
def test_hard_curves_reach_the_best_of_many_starts(kind: str) -> None:
    rng = np.random.default_rng(KINDS.index(kind))
    batch = np.stack([_hard_curve(kind, rng) for _ in range(20)])
    for curve, y in zip(fit_curves(LEVELS[None, :], batch), batch, strict=True):
        best = min(
            _sum_of_squares_from(start, y)
            for start in np.array(
                np.meshgrid(np.log([0.5, 1, 2, 5, 20]), np.log([2, 20, 100, 500, 5000, 1e5]))
            )
            .reshape(2, -1)
            .T
        )
        assert curve.weighted_sum_of_squares <= 1.01 * best + 1e-12
