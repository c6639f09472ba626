"""The rows of elisa.csv joined with the readings of their wells."""

from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from coculture.elisa.plates import reading_choice
from coculture.elisa.plates.given_readings import given_readings, wells_of
from coculture.elisa.plates.plate import Plate, PlateError, well_name, well_position
from coculture.elisa.readers import read_plates
from coculture.elisa.settings import ElisaSettings

UNASSIGNED = "not in elisa.csv"
_READING_COLUMNS = (
    *("excluded", "read_on", "od", "state", "od_reference", "response", "is_corrected"),
    *("reading", "wavelength_nm", "reference_reading", "reference_wavelength_nm"),
)


def read_layout(wells: pd.DataFrame, settings: ElisaSettings) -> pd.DataFrame:
    """Join the wells of one or many plates with their readings.

    Parameters
    ----------
    wells
        Rows of elisa.csv: plate, file, plate_in_file, well, role, analyte, concentration_pg_ml,
        culture, dilution, exclude; and path, the file as it can be opened from here (where that
        column is absent, `file` is used).
    settings
        The wavelengths that are used, and the OD from which on a well is saturated.

    Returns
    -------
    The rows of `wells` and, for every other well of the export, a row with the role `unassigned`;
    with the columns od (main wavelength), od_reference, response (od minus
    od_reference, or od), state (ok, overflow, missing, masked), excluded (the reason, or ""),
    reading and wavelength_nm of the main reading, reference_reading and reference_wavelength_nm of
    the one that was subtracted, is_corrected, whether one was, and read_on, the day (equal for all
    wells of a plate).
    Wells of which the file gives concentrations have is_given and `GIVEN_COLUMNS` instead.
    Sorted by plate and well. Rows without a plate, file or well are ignored: the check of the table
    reports them. Without any row the table is empty.

    Raises
    ------
    PlateError
        If a file cannot be read, or does not have the plate, a well or a wavelength.
    """
    frames = []
    read = cache(read_plates)
    for plate, rows in by_plate(complete_rows(wells)):
        file, plate_in_file = file_of(plate, rows)
        chosen = choose_plate(read(path_of(rows)), file, plate, plate_in_file)
        rows = rows.assign(
            well=[well_name(well) for well in rows["well"]],
            excluded=rows["exclude"],
            read_on=chosen.read_on,
        )
        if chosen.concentrations:
            available = wells_of(chosen)
        else:
            readings = plate_readings(chosen, file, plate, settings)
            available = list(readings.index)
        absent = sorted(set(rows["well"]) - set(available), key=well_position)
        if absent:
            raise PlateError(f"{file}: plate {plate} has no well {', '.join(absent)}")
        once = ["well", "analyte"] if chosen.concentrations else ["well"]
        doubled = rows.loc[rows.duplicated(once), "well"]
        if not doubled.empty:
            raise PlateError(f"plate {plate}: well {doubled.iloc[0]} is listed twice in elisa.csv")
        rest = _unassigned(rows, available, plate, file, plate_in_file).assign(
            read_on=chosen.read_on
        )
        if chosen.concentrations:
            given = given_readings(chosen, rows, file, plate, settings)
            both = pd.concat([given, rest.assign(state="")]) if len(rest) else given
            frames.append(_in_reading_order(both))
        else:
            both = pd.concat([rows, rest], ignore_index=True) if len(rest) else rows
            frames.append(_in_reading_order(both.join(readings, on="well")))
    if not frames:
        return wells.iloc[:0].reindex(columns=[*wells.columns, *_READING_COLUMNS])
    return pd.concat(frames, ignore_index=True)


def by_plate(wells: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The rows of each plate with its name, without rows that name no plate."""
    if wells.empty:
        return []
    return [(str(plate), rows) for plate, rows in wells.groupby("plate", sort=True) if plate]


def complete_rows(wells: pd.DataFrame) -> pd.DataFrame:
    """The rows that name a plate, a file and a well."""
    if wells.empty:
        return wells
    cells = wells[["plate", "file", "well"]]
    return wells[(cells.notna() & (cells != "")).all(axis=1)]


def path_of(rows: pd.DataFrame) -> str:
    """Where the plate's file can be opened: `path`, or without that column `file`."""
    return str(rows["path" if "path" in rows else "file"].iloc[0])


def file_of(plate: str, rows: pd.DataFrame) -> tuple[str, str]:
    """The file of a plate, and the plate's name in it (may be empty).

    Raises
    ------
    PlateError
        If the rows differ in them.
    """
    files = rows[["file", "plate_in_file"]].drop_duplicates()
    if len(files) > 1:
        raise PlateError(f"plate {plate} has more than one file or plate_in_file; a plate has one")
    file, plate_in_file = files.iloc[0]
    return str(file), str(plate_in_file)


def choose_plate(plates: list[Plate], file: str, plate: str, plate_in_file: str) -> Plate:
    """The plate named `plate_in_file`; without that name the only plate, or that named `plate`."""
    by_name = {p.name: p for p in plates}
    if plate_in_file:
        if plate_in_file not in by_name:
            raise PlateError(
                f'{file}: has no plate "{plate_in_file}"; its plates are {_quoted(by_name)}'
            )
        return by_name[plate_in_file]
    if len(plates) == 1:
        return plates[0]
    if plate in by_name:
        return by_name[plate]
    raise PlateError(
        f"{file}: contains the plates {_quoted(by_name)}; name one in the column plate_in_file"
    )


def plate_readings(chosen: Plate, file: str, plate: str, settings: ElisaSettings) -> pd.DataFrame:
    """The wells (index) of a plate, called `plate` in elisa.csv, with what `read_layout` adds."""
    wanted = settings.wavelength_nm.of(plate)
    assert wanted is not None
    main = reading_choice.measurement(chosen, wanted, file, plate)
    wanted_reference = settings.reference_wavelength_nm.of(plate)
    reference = reading_choice.reference(chosen, main, wanted_reference, file)
    readings = _wells_of(chosen, main)
    if settings.saturation_od is not None:
        readings.loc[readings["od"] >= settings.saturation_od, "state"] = "overflow"
    readings = readings.assign(
        od_reference=np.nan,
        response=readings["od"],
        is_corrected=reference is not None,
        reading=main.name,
        wavelength_nm=main.wavelength_nm,
        reference_reading="" if reference is None else reference.name,
        reference_wavelength_nm=np.nan if reference is None else reference.wavelength_nm,
    )
    if reference is None:
        return readings
    subtracted = _wells_of(chosen, reference).reindex(readings.index)
    unreadable = (readings["state"] == "ok") & (subtracted["state"] != "ok")
    readings.loc[unreadable, "state"] = "missing"
    return readings.assign(
        od_reference=subtracted["od"],
        response=(readings["od"] - subtracted["od"]).where(readings["state"] == "ok"),
    )


def _wells_of(plate: Plate, reading: reading_choice.Reading) -> pd.DataFrame:
    """The wells (index) of one reading: od, state."""
    wells = plate.wells[plate.wells["reading"] == reading.name]
    if np.isfinite(reading.wavelength_nm):
        wells = wells[wells["wavelength_nm"] == reading.wavelength_nm]
    return wells.set_index("well")[["od", "state"]].copy()


def _unassigned(
    rows: pd.DataFrame, available: Iterable[str], plate: str, file: str, plate_in_file: str
) -> pd.DataFrame:
    """A row for each well of the export that elisa.csv does not name."""
    rest = [well for well in available if well not in set(rows["well"])]
    return pd.DataFrame({"well": rest}, dtype=str).assign(
        plate=plate,
        file=file,
        plate_in_file=plate_in_file,
        role="unassigned",
        analyte="",
        concentration_pg_ml=np.nan,
        culture="",
        dilution=1.0,
        exclude="",
        excluded=UNASSIGNED,
    )


def _in_reading_order(wells: pd.DataFrame) -> pd.DataFrame:
    order = sorted(range(len(wells)), key=lambda i: well_position(wells["well"].iloc[i]))
    return wells.iloc[order]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
