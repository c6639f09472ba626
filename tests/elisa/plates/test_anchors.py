"""Anchors: standards that are fitted but not judged (ICH M10, 2022, section 4.2)."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import (
    ElisaSettings,
    check_files,
    pooled_scatter,
    quantify_plate,
)
from coculture.elisa.figures import PlateResults, standard_curve
from tests.elisa.conftest import true_response
from tests.elisa.known_scatter import KNOWN

Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]


def with_low_levels(readings: pd.DataFrame, role: str) -> pd.DataFrame:
    """A plate with four pairs of levels below its range, 50 % off, in the given role."""
    low = pd.DataFrame({"concentration_pg_ml": np.repeat([4.0, 2.0, 1.0, 0.5], 2)}, dtype=float)
    off = true_response(low["concentration_pg_ml"] * np.repeat([0.5, 1.5, 0.5, 1.5], 2))
    rows = readings[readings["role"] == "standard"].iloc[[0] * 8].reset_index(drop=True)
    wells = [f"{row}12" for row in "ABCDEFGH"]
    rows = rows.assign(well=wells, role=role, response=off, od=off + 0.04, **low)
    return pd.concat([readings, rows], ignore_index=True)


def test_anchors_are_fitted_and_not_judged(settings: Settings, readings: Readings) -> None:
    judged = quantify_plate(with_low_levels(readings(), "standard"), settings(), KNOWN)
    anchored = quantify_plate(with_low_levels(readings(), "anchor"), settings(), KNOWN)
    assert judged.curve["IL-6"]["fit"]["parameters"] == anchored.curve["IL-6"]["fit"]["parameters"]
    entry = anchored.curve["IL-6"]
    assert judged.curve["IL-6"]["verdict"] == "fail"
    assert entry["verdict"] == "pass"
    assert entry["limits"]["lloq"] == 9.375
    not_judged = [
        one["nominal_pg_ml"] for one in entry["standards"] if one["verdict"] == "not judged"
    ]
    assert not_judged == [0, 0.5, 1, 2, 4]
    wells = anchored.wells[anchored.wells["role"] == "anchor"]
    assert wells["state"].isin(["ok", "below_curve"]).all()
    by_level = wells.groupby("nominal_pg_ml")["recovery_percent"].mean()
    np.testing.assert_allclose(by_level[[2.0, 4.0]], [150, 50], atol=15)


def test_an_anchor_that_reads_well_does_not_widen_the_range(
    settings: Settings, readings: Readings
) -> None:
    plate = readings()
    is_lowest = plate["concentration_pg_ml"] == 9.375
    plate.loc[is_lowest | (plate["concentration_pg_ml"] == 600), "role"] = "anchor"
    found = quantify_plate(plate, settings(limits={"levels_passing": 5}), KNOWN)
    limits = found.curve["IL-6"]["limits"]
    assert (limits["lloq"], limits["uloq"]) == (18.75, 300)
    assert limits["precision_profile_lower"] >= 18.75 / 2


def test_the_figure_marks_anchors(settings: Settings, readings: Readings) -> None:
    found = quantify_plate(with_low_levels(readings(), "anchor"), settings(), KNOWN)
    drawn = standard_curve.draw(PlateResults(found.wells, found.curve))
    shown = drawn.shown
    on_curve = shown[(shown["panel"] == "curve") & (shown["mark"] == "anchor")]
    assert on_curve["well"].tolist() == [f"{row}12" for row in "ABCDEFGH"]
    levels = shown[shown["mark"] == "level"].set_index("concentration_pg_ml")
    assert levels.loc[[0.5, 1.0, 2.0, 4.0], "state"].unique().tolist() == ["not judged"]
    legend = drawn.figure.axes[0].get_legend()
    assert legend is not None
    assert "anchor (not judged)" in [text.get_text() for text in legend.get_texts()]
    plain = quantify_plate(readings(), settings(), KNOWN)
    drawn = standard_curve.draw(PlateResults(plain.wells, plain.curve))
    legend = drawn.figure.axes[0].get_legend()
    assert legend is not None
    assert "anchor (not judged)" not in [text.get_text() for text in legend.get_texts()]


def test_anchors_count_as_levels_of_the_fit(wells: pd.DataFrame, settings: Settings) -> None:
    is_low = wells["concentration_pg_ml"].between(1, 40)
    wells.loc[is_low, "role"] = "anchor"
    assert check_files(wells, settings()) == []


@pytest.mark.reference
def test_a_plate_with_four_levels_below_its_range_passes(
    reference: Path, settings: Settings
) -> None:
    path = reference / "elisa/failing/practice_anchor_points_fail_the_plate/wells.csv"
    wells = pd.read_csv(path).assign(
        plate="P1", file="", plate_in_file="", analyte="IL-6", excluded="", state="ok",
        od_reference=np.nan,
    )  # fmt: skip
    wells["culture"] = wells["culture"].fillna("")
    wells["response"] = wells["od"]
    verdicts = {}
    for role in ("standard", "anchor"):
        wells.loc[wells["concentration_pg_ml"].between(0.1, 5), "role"] = role
        found = quantify_plate(wells, settings(), pooled_scatter(wells, settings()))
        verdicts[role] = found.curve["IL-6"]["verdict"]
    assert verdicts == {"standard": "fail", "anchor": "pass"}
