"""Problems of plates that would stop reading or fitting them, found before any job runs."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from coculture.curves.models import PARAMETERS, Floats
from coculture.elisa.plates.given_readings import given_readings, wells_of
from coculture.elisa.plates.layout import (
    by_plate,
    choose_plate,
    complete_rows,
    file_of,
    path_of,
    plate_readings,
)
from coculture.elisa.plates.medium_blanks import SUBTRACT
from coculture.elisa.plates.plate import Plate, PlateError, is_well, well_name
from coculture.elisa.plates.reading_choice import UsedReadings, used_readings
from coculture.elisa.plates.roles import STANDARD_ROLES
from coculture.elisa.readers import read_plates
from coculture.elisa.settings import ElisaSettings
from coculture.exchange.problems import Problem


def check_files(wells: pd.DataFrame, settings: ElisaSettings) -> list[Problem]:
    """Find everything that would stop `read_layout` or the fit.

    Empty cells of the table, and what follows from them, are not reported: they are found when the
    table is read.
    """
    problems: list[Problem] = []
    read = cache(read_plates)
    seen: dict[bytes, tuple[str, str]] = {}
    used: dict[str, tuple[int, UsedReadings]] = {}
    given = _plates_with_concentrations(wells, read)
    for plate, rows in by_plate(wells):
        if plate not in given and plate not in settings.curve_of:
            problems += _too_few_standards(plate, rows, settings)
        problems += _no_medium_blank(plate, rows, settings)
    for plate, rows in by_plate(complete_rows(wells)):
        first = rows.index[0]
        try:
            file, plate_in_file = file_of(plate, rows)
        except PlateError as error:
            other = rows[["file", "plate_in_file"]].drop_duplicates().index[1]
            problems.append(
                Problem("elisa.csv", f"{error}.", other, "file", str(rows.loc[other, "file"]))
            )
            continue
        column, value = "file", file
        try:
            plates = read(path_of(rows))
            column, value = "plate_in_file", plate_in_file
            chosen = choose_plate(plates, file, plate, plate_in_file)
            column, value = "file", file
            available, values, reading = _content(chosen, rows, file, plate, settings)
        except PlateError as error:
            message = _without_file(str(error), path_of(rows), file)
            problems.append(Problem("elisa.csv", message, first, column, value))
            continue
        if reading is not None:
            used[plate] = (_index(first), reading)
        problems += _well_problems(rows, available)
        if not chosen.concentrations:
            problems += _several_analytes(rows)
        message = _of_another(chosen, plate, plate_in_file, set(wells["plate"]))
        if not message and np.isfinite(values).any():
            first_file, first_plate = seen.setdefault(values.tobytes(), (file, plate))
            if first_file != file:
                message = (
                    f"has exactly the same readings as {first_file}, plate {first_plate}; name the "
                    "own export of each plate."
                )
        if message:
            problems.append(Problem("elisa.csv", message, first, "file", file))
    return problems + _read_otherwise(used, settings.curve_of)


def _read_otherwise(
    used: Mapping[str, tuple[int, UsedReadings]], curve_of: Mapping[str, str]
) -> list[Problem]:
    """Plates that were read at another wavelength than the plate whose standards they use."""
    problems = []
    for plate, source in curve_of.items():
        if plate in used and source in used:
            (row, own), (_, other) = used[plate], used[source]
            if own.wavelengths != other.wavelengths:
                message = (
                    f"plate {plate} is to be read from the standards of {source} (elisa.curve_of), "
                    "but the two were read at different wavelengths; set elisa.wavelength_nm and "
                    "elisa.reference_wavelength_nm so that they are equal, or give the plate its "
                    "own standards."
                )
                problems.append(Problem("elisa.csv", message, row, "plate", plate))
    return problems


def _plates_with_concentrations(
    wells: pd.DataFrame, read: Callable[[str], list[Plate]]
) -> set[str]:
    """The plates of which the file gives concentrations, which need no standards."""
    found = set()
    for plate, rows in by_plate(complete_rows(wells)):
        with suppress(PlateError):
            file, plate_in_file = file_of(plate, rows)
            if choose_plate(read(path_of(rows)), file, plate, plate_in_file).concentrations:
                found.add(plate)
    return found


def _content(
    chosen: Plate, rows: pd.DataFrame, file: str, plate: str, settings: ElisaSettings
) -> tuple[set[str], Floats, UsedReadings | None]:
    """The wells of a plate of an export, its values, and the readings that they are.

    Raises
    ------
    PlateError
        If it cannot be read as the config and the rows want it.
    """
    if not chosen.concentrations:
        readings = plate_readings(chosen, file, plate, settings)
        return set(readings.index), readings["od"].to_numpy(float), used_readings(readings)
    known = rows[[is_well(str(well)) for well in rows["well"]]]
    named = known[known["analyte"].fillna("") != ""]
    if len(named):
        given_readings(chosen, named, file, plate, settings)
    values = np.array([one.concentration for one in chosen.concentrations], dtype=float)
    return set(wells_of(chosen)), values, None


def _several_analytes(rows: pd.DataFrame) -> list[Problem]:
    """Wells that are listed for several analytes, on a plate with one reading of each well."""
    known = rows[[is_well(str(well)) for well in rows["well"]]]
    wells = known["well"].astype(str).map(well_name)
    once = known[["analyte"]].assign(well=wells)
    return [
        Problem(
            "elisa.csv",
            "this well of the plate is listed for several analytes, but the file has one reading "
            "of it; list each well once.",
            _index(row),
            "well",
            str(known.loc[row, "well"]),
        )
        for row in known.index[wells.duplicated() & ~once.duplicated()]
    ]


def _of_another(chosen: Plate, plate: str, plate_in_file: str, plates: set[str]) -> str:
    """The message for a file with the name of another plate of the study; empty for a right one."""
    if plate_in_file or chosen.name == plate or chosen.name not in plates:
        return ""
    return (
        f"contains plate {chosen.name} according to the file, but this row names it {plate}; name "
        f"the export of {plate}, or write {chosen.name} into plate_in_file if the row is right."
    )


def _too_few_standards(plate: str, rows: pd.DataFrame, settings: ElisaSettings) -> list[Problem]:
    fewest = len(PARAMETERS[settings.model])
    subtracts = settings.zero_standard == "subtract" and settings.as_reader is None
    problems = []
    for analyte, group in rows[rows["role"] != "medium_blank"].groupby(
        rows["analyte"].astype(str), sort=True
    ):
        used = group[group["exclude"] == ""]
        standards = used[used["role"].isin(STANDARD_ROLES)]
        concentrations = standards["concentration_pg_ml"].mask(standards["role"] == "blank", 0.0)
        # A well without a readable role or concentration may be any standard.
        unread = int(concentrations.isna().sum() + (used["role"].fillna("") == "").sum())
        levels = set(concentrations.dropna())
        if subtracts and not unread and 0 not in levels:
            problems.append(
                Problem(
                    "elisa.csv",
                    f"plate {plate} has no blank or zero standard of {analyte} to subtract; add "
                    "its wells, or set zero_standard to fit.",
                    group.index[0],
                    "role",
                    "blank",
                )
            )
        fitted = levels - {0.0} if subtracts else levels
        if len(fitted) + unread < fewest:
            problems.append(
                Problem(
                    "elisa.csv",
                    f"plate {plate} has {len(fitted)} concentrations of the {analyte} standard; a "
                    f"{settings.model} curve needs at least {fewest}.",
                    group.index[0],
                    "role",
                    "standard",
                )
            )
    return problems


def _no_medium_blank(plate: str, rows: pd.DataFrame, settings: ElisaSettings) -> list[Problem]:
    """Samples whose medium has no blank on the plate, if it is to be subtracted."""
    if settings.medium_blanks != SUBTRACT:
        return []
    rows = rows.assign(medium=rows["medium"].fillna("") if "medium" in rows else "")
    used = rows[rows["exclude"] == ""]
    blanks = used[used["role"] == "medium_blank"]
    known = set(zip(blanks["analyte"], blanks["medium"], strict=True))
    problems = []
    for (analyte, medium), samples in used[used["role"] == "sample"].groupby(["analyte", "medium"]):
        if (analyte, medium) not in known:
            of_medium = f" of the medium {medium}" if medium else ""
            message = (
                f"plate {plate} has no medium blank{of_medium} for {analyte} to subtract; add its "
                "wells, or set elisa.medium_blanks to report."
            )
            problems.append(
                Problem("elisa.csv", message, _index(samples.index[0]), "medium", str(medium))
            )
    return problems


def _well_problems(rows: pd.DataFrame, available: set[str]) -> list[Problem]:
    problems = []
    for row, well in rows["well"].items():
        try:
            known = well_name(str(well)) in available
        except PlateError as error:
            problems.append(Problem("elisa.csv", f"{error}.", _index(row), "well", str(well)))
            continue
        if not known:
            problems.append(
                Problem(
                    "elisa.csv",
                    "the plate in the file does not have this well.",
                    _index(row),
                    "well",
                    str(well),
                )
            )
    return problems


def _index(row: object) -> int:
    return int(str(row))


def _without_file(message: str, path: str, file: str) -> str:
    """The message as a sentence, without the file name, which the caller prints.

    A reader names the file as `Path` writes it ("./a//b.txt" as "a/b.txt"), and an error of the
    operating system may contain it a second time.
    """
    for name in (path, str(Path(path)), file):
        message = message.removeprefix(f"{name}: ")
    for name in (path, str(Path(path))):
        message = message.replace(name, Path(file).name)
    return message if message.endswith(".") else f"{message}."
