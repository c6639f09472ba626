"""BioTek (Agilent) Gen5: text and spreadsheet exports, several plates one after the other.

Each plate begins with a line `Plate Number`. Its results are in grids with several lines for each
row of wells and a label at the right end of each line. Lines that Gen5 computed (blanked,
logarithms) are used only if there are no others, concentrations and statistics never; means of
kinetic reads (`Mean V [420]`) are readings.
"""

import re
from itertools import pairwise

from coculture.elisa.plates.plate import Plate, PlateError, Reading, plate_from_readings
from coculture.elisa.readers.grid import Grid, find_grids, grid_readings, title_above
from coculture.elisa.readers.long_table import find_tables, table_readings
from coculture.elisa.readers.reading_names import is_computed, is_result
from coculture.elisa.readers.source import NotThisFormatError, Rows, Sheet, Source
from coculture.elisa.readers.wells_across import across_readings, find_across

NAME = "BioTek Gen5"
_LAYOUT = re.compile(r"well id|conc/dil|name|layout", re.IGNORECASE)
_MEAN_RATE = re.compile(r"(mean|max) v\b.*", re.IGNORECASE)
_WAVELENGTH = re.compile(r"(?:.*[:\[])?\s*(\d{3,4})\s*\]?")
_Line = tuple[Grid, str, int]
"""A grid, the label of one of its lines, and which of them it is."""


def read(source: Source) -> list[Plate]:
    """Every plate of the export."""
    sections = [
        (sheet, start, stop)
        for sheet in source.sheets
        for start, stop in _sections(sheet.rows)
        if any(row and row[0] == "Software Version" for row in sheet.rows)
    ]
    if not sections:
        raise NotThisFormatError("no lines that begin with Software Version and Plate Number")
    return [_plate(source, sheet, start, stop) for sheet, start, stop in sections]


def _sections(rows: Rows) -> list[tuple[int, int]]:
    starts = [i for i, row in enumerate(rows) if row and row[0] == "Plate Number"]
    return list(pairwise([*starts, len(rows)]))


def _plate(source: Source, sheet: Sheet, start: int, stop: int) -> Plate:
    rows = sheet.rows[start:stop]
    name = next((text for text in rows[0][1:] if text), source.path.stem)
    raw: list[_Line] = []
    computed: list[_Line] = []
    for grid in find_grids(rows, start + 1):
        for line, label in enumerate(_labels(grid, rows)):
            if _LAYOUT.fullmatch(label) or is_result(label):
                continue
            derived = is_computed(label) and not _MEAN_RATE.fullmatch(label)
            (computed if derived else raw).append((grid, label, line))
    found = _readings(raw)
    for table in find_tables(rows, start + 1):
        for readings in table_readings(table, float("nan")).values():
            found.extend(readings)
    for across in find_across(rows, start + 1):
        found.extend(across_readings(across))
    found = found or _readings(computed)
    if not found:
        raise PlateError(
            f'{source.path}: plate "{name}" (Gen5) has no grid of results; export the Results '
            "matrix of an endpoint read, or of Mean V for a kinetic one"
        )
    return plate_from_readings(name, found)


def _readings(lines: list[_Line]) -> list[Reading]:
    return [
        reading
        for grid, label, line in lines
        for reading in grid_readings(grid, label, _wavelength(label), line, of_results=True) or []
    ]


def _labels(grid: Grid, rows: Rows) -> list[str]:
    """The label of each line of a row of wells; without one, the title of the grid."""
    title = title_above(rows, grid.row)
    return [label or title for label in grid.line_labels]


def _wavelength(label: str) -> float:
    match = _WAVELENGTH.fullmatch(label)
    return float(match[1]) if match else float("nan")
