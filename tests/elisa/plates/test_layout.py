"""Wells joined with their readings."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import ElisaSettings, check_files, read_layout

Settings = Callable[..., ElisaSettings]


LEVELS = (600, 300, 150, 75, 37.5, 18.75, 9.375, 0)


def test_readings_are_joined_and_the_rest_is_unassigned(
    wells: pd.DataFrame, settings: Settings
) -> None:
    readings = read_layout(wells, settings())
    assert len(readings) == 96
    sample = readings[readings["role"] == "sample"].iloc[0]
    assert (sample["well"], sample["od"], sample["od_reference"]) == ("A3", 1.03, 0.04)
    assert sample["response"] == pytest.approx(0.99)
    rest = readings[readings["role"] == "unassigned"]
    assert len(rest) == 79
    assert set(rest["excluded"]) == {"not in elisa.csv"}
    assert readings["well"].iloc[[0, 11, 12, -1]].tolist() == ["A1", "A12", "B1", "H12"]


def test_without_reference_wavelength_the_reading_is_the_response(
    wells: pd.DataFrame, settings: Settings
) -> None:
    readings = read_layout(wells, settings(reference_wavelength_nm=None))
    assert readings["od_reference"].isna().all()
    assert (readings["response"] == readings["od"]).all()


def test_saturated_readings_overflow(wells: pd.DataFrame, settings: Settings) -> None:
    readings = read_layout(wells, settings(saturation_od=1.9)).set_index("well")
    assert readings.loc["H12", "state"] == "overflow"
    assert np.isnan(readings["response"]["H12"])
    assert readings.loc["A1", "state"] == "ok"


def test_a_reading_at_the_saturation_overflows(wells: pd.DataFrame, settings: Settings) -> None:
    """The last wells of the export read 1.95 and 1.96."""
    readings = read_layout(wells, settings(saturation_od=1.96)).set_index("well")
    assert readings["state"][["H11", "H12"]].tolist() == ["ok", "overflow"]
    assert readings["response"][["H11", "H12"]].isna().tolist() == [False, True]


def test_exclusions_carry_their_reason(wells: pd.DataFrame, settings: Settings) -> None:
    wells.loc[2, "exclude"] = "bubble"
    readings = read_layout(wells, settings()).set_index("well")
    assert readings.loc["A1", "excluded"] == "bubble"


def test_a_path_column_says_where_the_file_is(
    wells: pd.DataFrame, settings: Settings, export: Path
) -> None:
    moved = wells.assign(file="elisa/run.csv", path=str(export))
    readings = read_layout(moved, settings())
    assert set(readings["file"]) == {"elisa/run.csv"}
    assert check_files(moved, settings()) == []


def test_no_wells_have_no_problem_and_no_readings(wells: pd.DataFrame, settings: Settings) -> None:
    assert check_files(wells.iloc[:0], settings()) == []
    readings = read_layout(wells.iloc[:0], settings())
    assert readings.empty
    assert list(readings.columns) == list(read_layout(wells, settings()).columns)
    assert check_files(pd.DataFrame(), settings()) == []
    assert read_layout(pd.DataFrame(), settings()).empty


@pytest.mark.parametrize("nothing", ["", np.nan])
@pytest.mark.parametrize("column", ["plate", "file", "well"])
def test_rows_with_an_empty_cell_are_passed_over(
    wells: pd.DataFrame, settings: Settings, column: str, nothing: str | float
) -> None:
    wells.loc[18, column] = nothing
    assert check_files(wells, settings()) == []
    readings = read_layout(wells, settings())
    assert (readings["role"] == "sample").sum() == 0
    assert readings.set_index("well").loc["A3", "role"] == "unassigned"
    wells[column] = nothing
    assert check_files(wells, settings()) == []
    assert read_layout(wells, settings()).empty
