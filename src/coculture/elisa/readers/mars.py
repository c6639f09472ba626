"""BMG Labtech MARS (Omega, PHERAstar, CLARIOstar): .csv or spreadsheet, grids or a list.

The readings follow lines with `User:`, `Path:`, `Test name:` and the plate's `ID1:`; each grid has
a title such as `Raw Data (450)`.
"""

import re

from coculture.elisa.plates.plate import Plate, PlateError, Reading, plate_from_readings
from coculture.elisa.readers.grid import Grid, find_grids, grid_readings, title_above
from coculture.elisa.readers.long_table import find_tables, table_readings
from coculture.elisa.readers.source import NotThisFormatError, Rows, Source

NAME = "BMG MARS"
_RAW = re.compile(r"(\d+\.\s*)?Raw Data\b.*", re.IGNORECASE)
_WAVELENGTH = re.compile(r".*\(\D*(\d{3,4})\b.*")
_HEAD = 15


def read(source: Source) -> list[Plate]:
    """One plate for each sheet, with all its wavelengths."""
    plates = []
    recognised = False
    for sheet in source.sheets:
        head = [cell for row in sheet.rows[:_HEAD] for cell in row]
        if not any(c.startswith("User:") for c in head) or not any(
            c.startswith(("Test name:", "Test ID:", "Test run no")) for c in head
        ):
            continue
        recognised = True
        readings = _readings(sheet.rows)
        if readings:
            plates.append(plate_from_readings(_name(head) or source.path.stem, readings))
    if not recognised:
        raise NotThisFormatError("no cells that begin with User: and Test name:")
    if not plates:
        raise PlateError(f"{source.path}: a MARS export without raw data; export the raw data")
    return plates


def _name(head: list[str]) -> str:
    ids = [cell for cell in head if cell.startswith("ID1:")]
    return ids[0].removeprefix("ID1:").strip() if ids else ""


def _readings(rows: Rows) -> list[Reading]:
    grids = [(grid, title_above(rows, grid.row)) for grid in find_grids(rows)]
    raw = _of_grids([(grid, title) for grid, title in grids if _RAW.fullmatch(title)])
    for table in find_tables(rows):
        for found in table_readings(table, float("nan")).values():
            raw.extend(found)
    return raw or _of_grids([(grid, title) for grid, title in grids if not _RAW.fullmatch(title)])


def _of_grids(grids: list[tuple[Grid, str]]) -> list[Reading]:
    return [
        reading
        for grid, title in grids
        for reading in grid_readings(grid, title, _wavelength(title)) or []
    ]


def _wavelength(title: str) -> float:
    match = _WAVELENGTH.fullmatch(title)
    return float(match[1]) if match else float("nan")
