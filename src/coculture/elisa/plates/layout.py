"""The rows of elisa.csv joined with the readings of their wells."""

from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from coculture.elisa.plates.plate import Plate, PlateError, well_name, well_position
from coculture.elisa.readers import read_plates
from coculture.elisa.settings import ElisaSettings

UNASSIGNED = "not in elisa.csv"
_READING_COLUMNS = ("excluded", "od", "state", "od_reference", "response")


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
    od_reference, or od), state (ok, overflow, missing, masked) and excluded (the reason, or "").
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
        readings = plate_readings(chosen, file, settings)
        rows = rows.assign(
            well=[well_name(well) for well in rows["well"]], excluded=rows["exclude"]
        )
        absent = sorted(set(rows["well"]) - set(readings.index), key=well_position)
        if absent:
            raise PlateError(f"{file}: plate {plate} has no well {', '.join(absent)}")
        doubled = rows.loc[rows["well"].duplicated(), "well"]
        if not doubled.empty:
            raise PlateError(f"plate {plate}: well {doubled.iloc[0]} is listed twice in elisa.csv")
        frames.append(_join(rows, readings, plate, file, plate_in_file))
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


def plate_readings(plate: Plate, file: str, settings: ElisaSettings) -> pd.DataFrame:
    """The wells of a plate (index) with od, od_reference, response and state."""
    if plate.concentrations:
        raise PlateError(
            f"{file}: contains concentrations from curves of the reader's own software (plate "
            f"{plate.name}), and no readings to fit; name the plate-reader export with the readings"
        )
    main = _select(plate, settings.wavelength_nm, file, "wavelength_nm")
    if main is None:
        raise PlateError(
            f"{file}: no reading at wavelength_nm {settings.wavelength_nm}; the file has "
            f"{_quoted(plate.wells['reading'].unique())}"
        )
    readings = main[["od", "state"]].copy()
    if settings.saturation_od is not None:
        readings.loc[readings["od"] >= settings.saturation_od, "state"] = "overflow"
    reference = _reference(plate, main, file, settings)
    if reference is None:
        return readings.assign(od_reference=np.nan, response=readings["od"])
    unreadable = (readings["state"] == "ok") & (reference["state"] != "ok")
    readings.loc[unreadable, "state"] = "missing"
    return readings.assign(
        od_reference=reference["od"],
        response=(readings["od"] - reference["od"]).where(readings["state"] == "ok"),
    )


def _reference(
    plate: Plate, main: pd.DataFrame, file: str, settings: ElisaSettings
) -> pd.DataFrame | None:
    wanted = settings.reference_wavelength_nm
    if wanted is None or _is_alone(plate):
        return None
    reference = _select(plate, wanted, file, "reference_wavelength_nm")
    if reference is None:
        raise PlateError(
            f"{file}: no reading at reference_wavelength_nm {wanted}; the file has "
            f"{_quoted(plate.wells['reading'].unique())}. Set the key to null if no reference was "
            "measured"
        )
    return reference.reindex(main.index)


def _select(plate: Plate, wanted: float | str, file: str, key: str) -> pd.DataFrame | None:
    """One reading of every well, by wavelength or name; None if the file does not have it.

    The only reading of a file that states no wavelength is taken for any.
    """
    wells = plate.wells
    chosen = (
        wells["reading"] == wanted if isinstance(wanted, str) else wells["wavelength_nm"] == wanted
    )
    if _is_alone(plate):
        chosen |= True
    found = wells[chosen]
    if found["well"].duplicated().any():
        raise PlateError(
            f"{file}: several readings at {key} {wanted}: {_quoted(found['reading'].unique())}; "
            f"set the key to the name of one of them"
        )
    return found.set_index("well") if len(found) else None


def _is_alone(plate: Plate) -> bool:
    """Whether the plate has a single reading, without a wavelength."""
    return len(plate.wells["reading"].unique()) == 1 and bool(
        plate.wells["wavelength_nm"].isna().all()
    )


def _join(
    rows: pd.DataFrame, readings: pd.DataFrame, plate: str, file: str, plate_in_file: str
) -> pd.DataFrame:
    rest = [well for well in readings.index if well not in set(rows["well"])]
    unassigned = pd.DataFrame({"well": rest}, dtype=str).assign(
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
    both = pd.concat([rows, unassigned], ignore_index=True) if rest else rows
    joined = both.join(readings, on="well")
    order = sorted(range(len(joined)), key=lambda i: well_position(joined["well"].iloc[i]))
    return joined.iloc[order]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
