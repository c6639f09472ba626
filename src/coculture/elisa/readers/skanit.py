"""Thermo SkanIt (Multiskan, Varioskan): spreadsheets with grids under `Wavelength: 450 nm`.

A sheet of absorbances lists wavelengths and plates, each followed by a grid with `Abs` in its
corner, then grids of sample names. Multiskan SkyHigh writes one sheet for each wavelength
(`Raw data 450 nm`), with one row for each well.
"""

import re

from coculture.elisa.plates.plate import Plate, PlateError, Reading, plate_from_readings
from coculture.elisa.readers.grid import find_grids, grid_readings
from coculture.elisa.readers.long_table import find_tables, table_readings
from coculture.elisa.readers.reading_names import wavelength_in
from coculture.elisa.readers.source import NotThisFormatError, Rows, Source

NAME = "Thermo SkanIt"
_WAVELENGTH = re.compile(r"Wavelength:?\s*(\d{3,4})\s*nm.*", re.IGNORECASE)
_PLATE = re.compile(r"Plate\s*\d+.*|Plate:\s*.+", re.IGNORECASE)
_RAW_SHEET = re.compile(r"Raw data.*\d{3,4}\s*nm.*", re.IGNORECASE)


def read(source: Source) -> list[Plate]:
    """Every plate, with all wavelengths at which it was read."""
    plates: dict[str, list[Reading]] = {}
    recognised = False
    for sheet in source.sheets:
        raw = _RAW_SHEET.fullmatch(sheet.name) is not None
        states = any(_WAVELENGTH.fullmatch(cell) for row in sheet.rows for cell in row)
        recognised |= raw or states
        if raw:
            _add_lists(sheet.rows, wavelength_in(sheet.name), source.path.stem, plates)
        elif states:
            _add_grids(sheet.rows, source.path.stem, plates)
    if not recognised:
        raise NotThisFormatError('no line such as "Wavelength: 450 nm", no sheet "Raw data ... nm"')
    if not plates:
        raise PlateError(f"{source.path}: a SkanIt export without a grid of readings")
    return [plate_from_readings(name, readings) for name, readings in plates.items()]


def _add_lists(rows: Rows, wavelength: float, name: str, plates: dict[str, list[Reading]]) -> None:
    for table in find_tables(rows):
        for plate, readings in table_readings(table, wavelength).items():
            named = [
                Reading(r.well, f"{wavelength:g}", wavelength, r.od, r.state) for r in readings
            ]
            plates.setdefault(plate or name, []).extend(named)


def _add_grids(rows: Rows, name: str, plates: dict[str, list[Reading]]) -> None:
    last = 0
    plate, wavelength = name, float("nan")
    for grid in find_grids(rows):
        for row in rows[last : grid.row]:
            for cell in row:
                if match := _WAVELENGTH.fullmatch(cell):
                    wavelength = float(match[1])
                elif _PLATE.fullmatch(cell):
                    plate = cell
        last = grid.end
        if grid.corner.lower().startswith("sample"):
            continue
        readings = grid_readings(grid, f"{wavelength:g}", wavelength)
        plates.setdefault(plate, []).extend(readings or [])
