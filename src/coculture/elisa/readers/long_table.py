"""Tables with one row a well: a column of wells, and readings long or wide.

Long: a column of wavelengths and one of readings. Wide: every other column that holds readings is
one, named by its heading ("450", "OD450", "Label1"). A column of plates splits the rows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coculture.elisa.plate import Plate, Reading, is_well, plate_from_readings, well_name
from coculture.elisa.readers.grid import wavelength_in
from coculture.elisa.readers.source import (
    LineError,
    NotThisFormatError,
    Rows,
    Source,
    number,
    optical_density,
)

NAME = "table of wells"
_WELL = re.compile(r"wells?|well[ _]?(position|id|name|number)s?|position", re.IGNORECASE)
_PLATE = re.compile(r"plate([ _]?(name|id|number|barcode))?|barcode", re.IGNORECASE)
_WAVELENGTH = re.compile(r"(measurement )?wavelength( ?[\[(_]?nm[\])]?)?", re.IGNORECASE)
_NOT_A_READING = re.compile(
    r"row|col(umn)?|cycle.*|.*time.*|temp.*|.*conc.*|.*dil.*|.*vol.*|.*date.*|.*sample.*|id|"
    r"name|content|group|role|replicate|no\.?|nr\.?|index|.*%.*|cv|sd|mean.*|av.*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class WellTable:
    """The rows under a heading that names a column of wells."""

    heading: list[str]
    rows: Rows
    lines: list[int]
    well_column: int


def find_tables(rows: Rows, first_line: int = 1) -> Iterator[WellTable]:
    """Tables with a column of wells, top to bottom; `first_line` is the number of `rows[0]`."""
    for index, row in enumerate(rows):
        for column, text in enumerate(row):
            if not _WELL.fullmatch(text):
                continue
            below = [
                (line_number, line)
                for line_number, line in enumerate(
                    _until_next_heading(rows[index + 1 :], column), first_line + index + 1
                )
                if column < len(line) and is_well(line[column])
            ]
            if below:
                lines = [line_number for line_number, _ in below]
                yield WellTable(row, [line for _, line in below], lines, column)
                break


def table_readings(table: WellTable, wavelength_nm: float) -> dict[str, list[Reading]]:
    """Readings by plate ("" without a column of plates); `wavelength_nm` where none is stated.

    Raises
    ------
    LineError
        If a well of a plate has the same reading twice, or a row numbers past the heading.
    """
    heading = table.heading
    wavelengths = _find(heading, _WAVELENGTH)
    plates = _find(heading, _PLATE)
    special = {table.well_column, wavelengths, plates}
    columns = [i for i in range(len(heading)) if i not in special and _is_reading(table, i)]
    if wavelengths is not None:
        columns = columns[:1]
    found: dict[str, list[Reading]] = {}
    seen: set[tuple[str, str, str]] = set()
    headed = max(i for i, text in enumerate(heading, 1) if text)
    for line, row in zip(table.lines, table.rows, strict=True):
        if columns and any(number(text) is not None for text in row[headed:]):
            raise LineError(
                f"line {line}: well {row[table.well_column]} has more cells than the heading has "
                "columns; where numbers have decimal commas, put semicolons between the cells"
            )
        plate = _cell(row, plates) if plates is not None else ""
        for column in columns:
            name = heading[column] if wavelengths is None else _cell(row, wavelengths)
            known = wavelength_in(name)
            od = optical_density(_cell(row, column))
            if od is not None:
                nanometres = known if known == known else wavelength_nm
                well = well_name(row[table.well_column])
                if (plate, well, name) in seen:
                    raise LineError(_doubled(line, plate, well, name))
                seen.add((plate, well, name))
                found.setdefault(plate, []).append(Reading(well, name, nanometres, *od))
    return found


def read(source: Source) -> list[Plate]:
    """Every table of wells of the file; a plate for each name in a column of plates."""
    plates: dict[str, list[Reading]] = {}
    for sheet in source.sheets:
        for table in find_tables(sheet.rows):
            for name, readings in table_readings(table, wavelength_in(sheet.name)).items():
                plates.setdefault(name or source.path.stem, []).extend(readings)
    if not plates:
        raise NotThisFormatError("no table with a column named well and a column of readings")
    return [plate_from_readings(name, readings) for name, readings in plates.items()]


def _doubled(line: int, plate: str, well: str, name: str) -> str:
    of_plate = f' of plate "{plate}"' if plate else ""
    return (
        f'line {line}: well {well}{of_plate} stands in the table a second time (reading "{name}"); '
        "leave one row a well and reading, and name plates in a column plate"
    )


def _until_next_heading(rows: Rows, column: int) -> Iterator[list[str]]:
    for row in rows:
        if column < len(row) and _WELL.fullmatch(row[column]):
            return
        yield row


def _find(heading: list[str], pattern: re.Pattern[str]) -> int | None:
    return next((i for i, text in enumerate(heading) if pattern.fullmatch(text)), None)


def _is_reading(table: WellTable, column: int) -> bool:
    name = table.heading[column]
    if not name or _NOT_A_READING.fullmatch(name):
        return False
    cells = [_cell(row, column) for row in table.rows]
    return all(optical_density(cell) is not None for cell in cells) and any(
        number(cell) is not None for cell in cells
    )


def _cell(row: list[str], column: int) -> str:
    return row[column] if column < len(row) else ""
