"""Odd standards: the best of all fits, and no numbers that the data do not give."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import least_squares

from coculture.curves.fitted_curve import FittedCurve
from coculture.curves.fitting import fit_curve
from coculture.elisa import VarianceFunction, fit_standard_curve


def _standards(reference: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    with (reference / "elisa" / "failing" / name / "standards.csv").open() as file:
        rows = list(csv.DictReader(file))
    x, y = (np.array([float(row[key]) for row in rows]) for key in ("concentration", "response"))
    return x, y


def _best_of_many(curve: FittedCurve) -> float:
    """Smallest sum of squares with the fit's weights that scipy finds from 100 random starts."""
    x, y, root = curve.concentrations, curve.responses, np.sqrt(curve.weights)
    low, high = np.log(x[x > 0].min()), np.log(x.max())
    span = high - low
    bounds = np.array(
        [
            (np.log(0.02 / span), np.log(500 / span)),
            (low - 3 * span, low + 4 * span),
            *([(-7.0, 7.0)] if curve.model != "4PL" else []),
        ]
    ).T

    def residual(shape: np.ndarray) -> np.ndarray:
        g = np.exp(shape[2]) if len(shape) > 2 else 1.0
        with np.errstate(over="ignore", divide="ignore"):
            left = (1 + (x / np.exp(shape[1])) ** np.exp(shape[0])) ** -g
        design = np.column_stack([left, 1 - left]) * root[:, None]
        return np.asarray(root * y - design @ np.linalg.lstsq(design, root * y, rcond=None)[0])

    starts = np.random.default_rng(0).uniform(bounds[0], bounds[1], (100, bounds.shape[1]))
    return min(
        2 * float(least_squares(residual, start, bounds=tuple(bounds), max_nfev=60).cost)
        for start in starts
    )


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "model"),
    [("curve_local_minimum_4pl_vf", "4PL"), ("curve_local_minimum_5pl_pos_vf", "5PL_pos")],
)
def test_local_minima_of_the_reference_are_left(reference: Path, name: str, model: str) -> None:
    x, y = _standards(reference, name)
    curve = fit_standard_curve(x, y, model, "variance_function")
    assert curve.weighted_sum_of_squares <= 1.01 * _best_of_many(curve)
    again = fit_curve(x, y, model, "variance_function")
    assert curve.parameters == again.parameters


@pytest.mark.reference
def test_a_low_well_leaves_the_robust_fit(reference: Path) -> None:
    x, y = _standards(reference, "curve_bisquare_breaks_down")
    curve = fit_standard_curve(x, y, "4PL", "variance_function", bisquare=True)
    rest = y != 0.08
    right = fit_standard_curve(x[rest], y[rest], "4PL", "variance_function")
    assert curve.left_out == (2,)
    assert curve.parameters["D"] == pytest.approx(3.13, abs=0.01)
    np.testing.assert_allclose(curve.response(x), right.response(x), rtol=1e-6)


@pytest.mark.reference
def test_a_linear_response_has_no_upper_asymptote(reference: Path) -> None:
    curve = fit_standard_curve(*_standards(reference, "curve_linear_unflagged_asymptote"))
    assert "upper_asymptote_not_identified" in curve.flags
    assert curve.standard_errors["D"] >= abs(curve.parameters["D"])


@pytest.mark.reference
def test_no_degrees_of_freedom_are_said(reference: Path) -> None:
    curve = fit_standard_curve(*_standards(reference, "curve_no_df_no_interval"))
    assert "no_degrees_of_freedom" in curve.flags
    read = curve.concentration([1.0, 1.6])
    assert read["state"].tolist() == ["not_determined"] * 2
    assert read[["concentration", "lower", "upper"]].isna().all(axis=None)


@pytest.mark.parametrize("cut", [2, 5, 8])
@pytest.mark.parametrize("weighting", ["none", "variance_function"])
def test_a_step_between_two_of_twelve_levels_is_found(cut: int, weighting: str) -> None:
    x = np.repeat(1000 / 2.0 ** np.arange(12), 2)[::-1]
    scatter = 1 + 0.02 * np.random.default_rng(cut).normal(size=24)
    y = np.where(np.arange(24) >= 2 * cut, 2.0, 0.1) * scatter
    curve = fit_standard_curve(x, y, "5PL_pos", weighting)
    means = np.where(np.arange(24) >= 2 * cut, y[2 * cut :].mean(), y[: 2 * cut].mean())
    assert curve.weighted_sum_of_squares <= 1.01 * (curve.weights * (y - means) ** 2).sum()
    assert {"slope_not_identified", "slope_at_bound"} & set(curve.flags)
    assert not np.isfinite(curve.standard_errors["b"]) or (
        curve.standard_errors["b"] >= curve.parameters["b"]
    )


def test_ok_always_has_limits() -> None:
    """A flat curve, a step, and one that only rises at its end."""
    x = np.repeat([0, 1, 4, 16, 64, 256.0], 2)
    rng = np.random.default_rng(2)
    for mean in (np.ones(12), np.where(x > 10, 2.0, 0.1), 0.1 + x / 256):
        y = mean * (1 + 0.05 * rng.normal(size=12))
        read = fit_curve(x, y).concentration([*np.linspace(y.min(), y.max(), 40)])
        ok = read["state"] == "ok"
        assert np.isfinite(read.loc[ok, ["lower", "upper"]]).all(axis=None)
        assert (read.loc[ok, "lower"] > 0).all()
        assert read.loc[~ok, "concentration"].isna().all()
        inside = read.loc[read["state"] == "not_determined"]
        assert inside["lower"].isna().all()


@pytest.mark.parametrize("model", ["5PL_pos", "5PL_neg"])
def test_a_very_asymmetric_curve_starts_at_its_response_at_zero(model: str) -> None:
    x = np.array([0.0, 1, 3, 10, 30, 100, 300])
    fixed = {"A": 0.1, "D": 2.0, "b": 1.0, "c": 30.0, "g": 0.01}
    curve = fit_curve(x, np.ones(7), model, fixed=fixed)
    assert curve.response([0.0])[0] == pytest.approx(0.1)


@pytest.mark.parametrize(("sd", "state"), [(0.01, "ok"), (0.25, "not_determined")])
def test_limits_of_ten_thousand_fold_are_none(sd: float, state: str) -> None:
    """In a flat assay wells that scatter may have limits of four decades either way."""
    x = np.repeat([0.0, 1, 10, 100, 1000, 10000], 2)
    y = 1.0 + 0.5 / (1 + (100 / np.maximum(x, 1e-9)) ** 0.4)
    curve = fit_standard_curve(x, y)
    read = curve.concentration([1.25], VarianceFunction(sd, 0.0, 4, 60, "known"))
    assert read["state"].tolist() == [state]
