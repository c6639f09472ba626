"""Problems of plates that are found before any job runs."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import ElisaSettings, PlateError, check_files, read_layout

Settings = Callable[..., ElisaSettings]


LEVELS = (600, 300, 150, 75, 37.5, 18.75, 9.375, 0)


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
        (17, "well", "12A", '"12A" is not a well; write wells like A1 or H12.'),
        (18, "well", "P24", "the plate in the file does not have this well."),
    ]
    with pytest.raises(PlateError):
        read_layout(wells, settings())


def test_a_wavelength_that_the_file_lacks(wells: pd.DataFrame, settings: Settings) -> None:
    ((row, column, _, message),) = problems(wells, settings(reference_wavelength_nm=620))
    assert (row, column) == (2, "file")
    assert message == (
        'no reading at reference_wavelength_nm 620; the file has "450", "570". '
        "Set the key to null if no reference was measured."
    )


def test_a_file_that_is_no_export(wells: pd.DataFrame, settings: Settings, export: Path) -> None:
    export.write_text("nothing of use")
    ((row, column, value, message),) = problems(wells, settings())
    assert (row, column, value) == (2, "file", str(export))
    assert message.startswith("the format of this file is not known; export a plate grid")
    assert "Tried:" in message


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


def test_a_well_with_one_reading_is_not_listed_for_two_analytes(
    wells: pd.DataFrame, settings: Settings
) -> None:
    second = wells.iloc[-1:].assign(analyte="TNF", role="control", well="A3")
    both = pd.concat([wells, second.set_axis([99])])
    found = [one for one in problems(both, settings()) if "several analytes" in one[-1]]
    assert len(found) == 1
