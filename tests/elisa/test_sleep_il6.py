"""The published IL-6 of 110 mice (config/sleep_il6.yaml): the authors' numbers, and a fit apart."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.optimize import curve_fit

from coculture import study
from coculture.elisa import (
    ElisaSettings,
    combine_study,
    pooled_scatter,
    quantify_plate,
    read_layout,
)

ROOT = Path(__file__).parents[2]
RAW = ROOT / "data/raw/sleep_il6"
DIFFERING = ["NSF0-1", "NSF0-9"]
"""Two baseline samples of which the authors give a third and less than half of what every curve of
their optical densities does."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """The tables of the study: wells, and cultures beside the authors' numbers."""

    wells: pd.DataFrame
    cultures: pd.DataFrame


@pytest.fixture(scope="module")
def measured() -> Measured:
    loaded = study.load(ROOT / "config/sleep_il6.yaml")
    settings = ElisaSettings.from_config(loaded.config["elisa"])
    every = read_layout(pd.DataFrame(loaded.elisa_wells()), settings)
    scatter = pooled_scatter(every, settings)
    plates = [
        quantify_plate(
            read_layout(pd.DataFrame(loaded.elisa_wells(plate)), settings), settings, scatter
        )
        for plate in loaded.plates
    ]
    wells = pd.concat([plate.wells for plate in plates], ignore_index=True)
    found = [flag for plate in plates for flag in plate.flags]
    combined = combine_study(wells, found, [plate.curve for plate in plates], scatter, settings)
    authors = pd.read_csv(RAW / "authors.csv")
    authors["culture"] = authors["mouse_group"] + "-" + authors["mouse"].astype(str)
    return Measured(wells, combined.cultures.merge(authors, on="culture", validate="1:1"))


def test_a_fit_apart_gives_the_same_concentrations(measured: Measured) -> None:
    """The same model and weights, fitted by scipy: every well with a reading on the curve."""
    wells = measured.wells
    scatter = _scatter()
    apart = pd.concat([_read_apart(plate, *scatter) for _, plate in wells.groupby("plate")])
    on_curve = wells["in_well_pg_ml"].notna() & (wells["role"] == "sample")
    assert on_curve.sum() == 136
    ratio = wells["in_well_pg_ml"][on_curve] / apart[on_curve[on_curve].index]
    assert ratio.between(1 - 1e-5, 1 + 1e-5).all()


def test_a_fit_without_weights_differs_by_an_eighth_at_most(measured: Measured) -> None:
    wells = measured.wells
    apart = pd.concat([_read_apart(plate, 1.0, 0.0) for _, plate in wells.groupby("plate")])
    measured_wells = wells["state"].eq("ok") & (wells["role"] == "sample")
    assert measured_wells.sum() == 26
    ratio = wells["in_well_pg_ml"][measured_wells] / apart[measured_wells[measured_wells].index]
    assert ratio.between(1 - 1 / 8 - 0.01, 1.04).all()
    assert 0.9 < ratio.median() < 0.93


def test_the_authors_numbers_are_met_where_both_have_one(measured: Measured) -> None:
    cultures = measured.cultures.set_index("culture")
    assert cultures["state"].value_counts().to_dict() == {"below_lloq": 98, "ok": 12}
    ratio = (cultures["concentration_pg_ml"] / cultures["il6_pg_ml"]).dropna()
    assert (ratio[DIFFERING] > 2).all()
    ratio = ratio.drop(DIFFERING)
    assert len(ratio) == 10
    assert ratio.between(0.73, 1.25).all()
    assert 0.98 < ratio.median() < 1.07


def test_what_is_below_the_limit_is_low_by_the_authors_numbers_too(measured: Measured) -> None:
    below = measured.cultures[measured.cultures["state"] == "below_lloq"]
    assert (below["il6_pg_ml"] < 1.6 * below["bound_pg_ml"]).all()


def _scatter() -> tuple[float, float]:
    """s0 and cv of the sound wells, as the study's four plates have them."""
    loaded = study.load(ROOT / "config/sleep_il6.yaml")
    settings = ElisaSettings.from_config(loaded.config["elisa"])
    every = read_layout(pd.DataFrame(loaded.elisa_wells()), settings)
    wells = pooled_scatter(every, settings).to_dict()["wells"]
    return wells["s0"], wells["cv"]


def _curve(x: Floats, a: float, b: float, c: float, d: float) -> Floats:
    response: Floats = d + (a - d) / (1 + (x / c) ** b)
    return response


def _read_apart(plate: pd.DataFrame, s0: float, cv: float) -> "pd.Series[float]":
    """All wells of a plate from a 4PL of its standards, weighted by 1 / (s0^2 + (cv mean)^2)."""
    standards = plate[plate["role"] == "standard"]
    x, y = (standards[name].to_numpy(float) for name in ("nominal_pg_ml", "response"))
    a, b, c, d = y.min(), 1.0, 200.0, 1.5 * y.max()
    sd = np.ones_like(y)
    for _ in range(30):
        (a, b, c, d), _ = curve_fit(
            _curve, x, y, (a, b, c, d), sigma=sd, bounds=(0, np.inf), xtol=1e-12, ftol=1e-12
        )
        sd = np.hypot(s0, cv * _curve(x, a, b, c, d))
    with np.errstate(invalid="ignore"):
        read: pd.Series[float] = c * ((a - d) / (plate["response"] - d) - 1) ** (1 / b)
    return read
