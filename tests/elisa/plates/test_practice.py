"""Plates as laboratories make them, with the right answers of ../shared/reference."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from coculture.elisa import (
    ElisaSettings,
    QuantifiedPlate,
    combine_cultures,
    pooled_scatter,
    precision_of,
    quantify_plate,
)

Settings = Callable[..., ElisaSettings]


def measured(
    reference: Path, name: str, settings: ElisaSettings
) -> tuple[QuantifiedPlate, pd.DataFrame, list[str]]:
    """The plate of a folder, its cultures, and the codes of the cautions about cultures."""
    wells = pd.read_csv(reference / "elisa/failing" / name / "wells.csv").assign(
        plate="P1",
        file="",
        plate_in_file="",
        analyte="IL-6",
        excluded="",
        state="ok",
        od_reference=np.nan,
    )
    wells["culture"] = wells["culture"].fillna("")
    wells["response"] = wells["od"]
    scatter = pooled_scatter(wells, settings)
    plate = quantify_plate(wells, settings, scatter)
    combined = combine_cultures(plate.wells, plate.flags, precision_of([plate.curve], scatter))
    codes = [flag.code for flag in combined.flags if flag.severity != "note"]
    return plate, combined.cultures, codes


def test_a_matrix_effect_on_the_least_diluted_wells_is_outvoted(
    reference: Path, settings: Settings
) -> None:
    name = "practice_matrix_effect_least_diluted_wins"
    _, cultures, codes = measured(reference, name, settings())
    (row,) = cultures.to_dict("records")
    assert 900 < row["concentration_pg_ml"] < 1100
    assert row["lower_pg_ml"] < 1000 < row["upper_pg_ml"]
    assert row["dilutions"] == "5; 25"
    assert codes == ["dilutions_disagree"]


def test_replicates_tenfold_apart_give_no_number(reference: Path, settings: Settings) -> None:
    name = "practice_replicates_tenfold_apart_narrow_interval"
    _, cultures, codes = measured(reference, name, settings())
    (row,) = cultures.to_dict("records")
    assert np.isnan(row["concentration_pg_ml"])
    assert row["state"] == "not_determined"
    assert codes == ["replicates_disagree"]


def test_standards_in_reverse_fail_the_plate(reference: Path, settings: Settings) -> None:
    plate, cultures, _ = measured(reference, "practice_standards_reversed_pass", settings())
    assert plate.curve["IL-6"]["verdict"] == "fail"
    assert any("falls" in reason for reason in plate.curve["IL-6"]["reasons"])
    assert cultures["concentration_pg_ml"].isna().all()
