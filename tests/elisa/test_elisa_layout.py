"""Wells joined with their readings, and the problems found before any job runs."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import ElisaSettings, PlateError, check_files, read_layout

Settings = Callable[..., ElisaSettings]
LEVELS = (600, 300, 150, 75, 37.5, 18.75, 9.375, 0)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A plain export of 96 wells at 450 and 570 nm: OD 1.01 to 1.96, plastic 0.04."""
    od = 1 + np.arange(1, 97).reshape(8, 12) / 100
    lines = []
    for name, values in (("450", od), ("570", np.full((8, 12), 0.04))):
        lines.append(",".join([name, *map(str, range(1, 13))]))
        lines += [",".join(["ABCDEFGH"[i], *(f"{v:.2f}" for v in values[i])]) for i in range(8)]
        lines.append("")
    path = tmp_path / "run.csv"
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def wells(export: Path) -> pd.DataFrame:
    """Rows of elisa.csv for the export; the index is not 0, 1, 2 ..."""
    rows = [
        {"well": f"{'ABCDEFGH'[i]}{k}", "role": "standard", "concentration_pg_ml": level}
        for i, level in enumerate(LEVELS)
        for k in (1, 2)
    ]
    rows.append({"well": "A03", "role": "sample", "concentration_pg_ml": np.nan})
    frame = pd.DataFrame(rows, index=range(2, 2 + len(rows)))
    return frame.assign(
        plate="P1", file=str(export), plate_in_file="", analyte="IL-6", exclude="", dilution=10.0,
        culture=["c1" if role == "sample" else "" for role in frame["role"]],
    )  # fmt: skip


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


def test_a_sound_table_has_no_problem(wells: pd.DataFrame, settings: Settings) -> None:
    assert check_files(wells, settings()) == []


def problems(
    wells: pd.DataFrame, settings: ElisaSettings
) -> list[tuple[int | None, str | None, str | None, str]]:
    found = check_files(wells, settings)
    return [(p.row, p.column, p.value, p.message) for p in found]


def test_wells_that_the_plate_lacks(wells: pd.DataFrame, settings: Settings) -> None:
    wells.loc[18, "well"] = "P24"
    wells.loc[17, "well"] = "12A"
    assert problems(wells, settings()) == [
        (17, "well", "12A", '"12A" is not a well: wells are named like A1 or H12.'),
        (18, "well", "P24", "the plate in the file has no such well."),
    ]
    with pytest.raises(PlateError):
        read_layout(wells, settings())


def test_a_wavelength_that_the_file_lacks(wells: pd.DataFrame, settings: Settings) -> None:
    ((row, column, _, message),) = problems(wells, settings(reference_wavelength_nm=620))
    assert (row, column) == (2, "file")
    assert message == (
        'no reading at reference_wavelength_nm 620; the file has "450", "570". '
        "Set the key to null if none was measured."
    )


def test_a_file_that_is_no_export(wells: pd.DataFrame, settings: Settings, export: Path) -> None:
    export.write_text("nothing of use")
    ((row, column, value, message),) = problems(wells, settings())
    assert (row, column, value) == (2, "file", str(export))
    assert message.startswith("not an export that can be read. Tried:")


def test_a_plate_that_the_file_lacks(wells: pd.DataFrame, settings: Settings) -> None:
    wells["plate_in_file"] = "Plate 9"
    assert problems(wells, settings()) == [
        (2, "plate_in_file", "Plate 9", 'has no plate "Plate 9"; its plates are "run".')
    ]


def test_a_plate_in_two_files(wells: pd.DataFrame, settings: Settings) -> None:
    wells.loc[18, "file"] = "other.csv"
    message = "plate P1 has more than one file or plate_in_file; a plate has one."
    assert problems(wells, settings()) == [(18, "file", "other.csv", message)]


def test_nothing_to_subtract(wells: pd.DataFrame, settings: Settings) -> None:
    without = wells[wells["concentration_pg_ml"] != 0]
    ((row, column, value, message),) = problems(without, settings(zero_standard="subtract"))
    assert (row, column, value) == (2, "role", "blank")
    assert message.startswith("plate P1 has no blank or zero standard of IL-6 to subtract")


def test_too_few_standards(wells: pd.DataFrame, settings: Settings) -> None:
    few = wells[~wells["concentration_pg_ml"].isin(LEVELS[3:])]
    assert problems(few, settings()) == [
        (
            2,
            "role",
            "standard",
            "plate P1 has 3 concentrations of the IL-6 standard; a 4PL curve needs at least 4.",
        )
    ]
    assert problems(few, settings(model="log_log")) == []


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


def test_a_standard_that_could_not_be_read_is_not_told_as_a_lack(
    wells: pd.DataFrame, settings: Settings
) -> None:
    four = wells[wells["concentration_pg_ml"].isin((600, 300, 150, 0))].copy()
    four.loc[four["concentration_pg_ml"] == 600, "concentration_pg_ml"] = np.nan
    assert check_files(four, settings()) == []
    unread_role = four.assign(role=four["role"].mask(four["concentration_pg_ml"].isna()))
    assert check_files(unread_role, settings()) == []
    four["concentration_pg_ml"] = four["concentration_pg_ml"].replace(0, 75)
    assert check_files(four, settings(zero_standard="subtract")) == []


def test_a_subtracted_zero_is_no_point_of_the_curve(
    wells: pd.DataFrame, settings: Settings
) -> None:
    four = wells[wells["concentration_pg_ml"].isin((600, 300, 150, 0))]
    assert check_files(four, settings()) == []
    ((*_, message),) = problems(four, settings(zero_standard="subtract"))
    assert message.startswith("plate P1 has 3 concentrations of the IL-6 standard")


@pytest.mark.parametrize("content", ["nothing of use", "", "PK\x03\x04 no spreadsheet", None])
@pytest.mark.parametrize("detour", ["", "/./", "//"])
def test_messages_are_free_of_the_path(
    wells: pd.DataFrame, settings: Settings, export: Path, content: str | None, detour: str
) -> None:
    export.unlink()
    if content is not None:
        export.write_text(content)
    path = f"{export.parent}{detour or '/'}{export.name}"
    for rows in (wells.assign(file="elisa/run.csv", path=path), wells.assign(file=path)):
        ((*_, message),) = problems(rows, settings())
        assert str(export.parent) not in message
        assert not message.startswith(("elisa/run.csv", "run.csv"))
