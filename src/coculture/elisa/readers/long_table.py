"""Tables with one row for each well, long or wide.

Long: a column of wavelengths and one of readings. Wide: one column for each reading, with its name
as heading ("450", "OD450", "Label1"). A column of plates splits the rows.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from coculture.elisa.plates.plate import Plate, Reading, is_well, plate_from_readings, well_name
from coculture.elisa.readers.reading_names import (
    is_computed,
    is_wavelength_pair,
    wavelength_in,
)
from coculture.elisa.readers.source import (
    LineError,
    NotThisFormatError,
    Rows,
    Source,
    looks_like_layout,
    mostly_readings,
    not_a_reading,
    number,
    optical_density,
)
from coculture.elisa.readers.wells_across import across_readings, find_across

NAME = "table of wells"
_WELL = re.compile(r"wells?|well[ _]?(position|id|name|number)s?|position", re.IGNORECASE)
_ROW = re.compile(r"(well[ _]?)?row", re.IGNORECASE)
_COLUMN = re.compile(r"(well[ _]?)?col(umn)?", re.IGNORECASE)
_PLATE = re.compile(r"plate([ _]?(name|id|number|barcode))?|barcode", re.IGNORECASE)
_WAVELENGTH = re.compile(r"(measurement )?wavelength( ?[\[(_]?nm[\])]?)?", re.IGNORECASE)
_NOT_A_READING = re.compile(
    r"(well[ _]?)?(row|col(umn)?)|cycle.*|.*time.*|temp.*|.*conc.*|.*dil.*|.*vol.*|.*date.*|"
    r".*sample.*|id|name|content|group|layout|role|replicate|no\.?|nr\.?|index|.*%.*|cv|sd|mean.*|av.*|"
    r"count|events?|(num(ber)?|no\.?) of (reads|flashes|replicates)|n|repeat(s|[ _]?no)?|flashes|"
    r"st(d|andard)?[ ._-]*(dev(iation)?|err(or)?)\.?|sem|se|var(iance)?|min(imum)?|max(imum)?|"
    r"gain|well[ _]?type|type|status|flag|assay[ _]?repeat",
    re.IGNORECASE,
)
_MEAN = re.compile(r"mean|average", re.IGNORECASE)
_READING = re.compile(r"(od|abs|absorbance|raw|reading|value|signal|label)\W*\d*", re.IGNORECASE)
# A few rows of another length, among many of one or two lengths, lost or gained a cell.
_FEWEST_OF_A_LENGTH = 10
_DAMAGED_WELL = re.compile(r"[A-P]([^A-Z].{0,3})?", re.IGNORECASE)


@dataclass(frozen=True)
class WellTable:
    """A heading with a column of wells, and the rows below it."""

    heading: list[str]
    rows: Rows
    lines: list[int]
    well_column: int


def find_tables(rows: Rows, first_line: int = 1) -> Iterator[WellTable]:
    """Tables with a column of wells, top to bottom; `first_line` is the number of `rows[0]`."""
    rows = _with_wells_joined(rows)
    for index, row in enumerate(rows):
        for column, text in enumerate(row):
            if not _WELL.fullmatch(text):
                continue
            below = list(
                enumerate(_until_next_heading(rows[index + 1 :], column), first_line + index + 1)
            )
            wells = [place for place, (_, line) in enumerate(below) if is_well(_cell(line, column))]
            if wells:
                _refuse_damaged_wells(below[: wells[-1]], column)
                lines = [below[place][0] for place in wells]
                yield WellTable(row, [below[place][1] for place in wells], lines, column)
                break


def _with_wells_joined(rows: Rows) -> Rows:
    """Add a column of wells to tables that have a column of rows and one of columns."""
    joined: Rows = []
    places: tuple[int, int, int] | None = None
    for row in rows:
        letter, column = _find(row, _ROW), _find(row, _COLUMN)
        if letter is not None and column is not None and _find(row, _WELL) is None:
            places = letter, column, len(row)
            joined.append([*row, "well"])
        elif places is not None and is_well(well := "".join(_cell(row, i) for i in places[:2])):
            joined.append([*row[: places[2]], *[""] * (places[2] - len(row)), well])
        else:
            joined.append(row)
    return joined


def _refuse_damaged_wells(rows: list[tuple[int, list[str]]], column: int) -> None:
    for line, row in rows:
        text = _cell(row, column)
        if _DAMAGED_WELL.fullmatch(text) and not is_well(text) and any(map(_is_number, row)):
            raise LineError(f'line {line}: "{text}" is not a well; write wells like A1 or H12')


def _is_number(text: str) -> bool:
    return number(text) is not None


def table_readings(table: WellTable, wavelength_nm: float) -> dict[str, list[Reading]]:
    """Readings by plate ("" without a column of plates); `wavelength_nm` if the table states none.

    Raises
    ------
    LineError
        If a well of a plate has the same reading twice, a row has numbers beyond the heading, or a
        row lost a cell, so that those after it moved to the left.
    """
    heading = table.heading
    wavelengths = _find(heading, _WAVELENGTH)
    plates = _find(heading, _PLATE)
    special = {table.well_column, wavelengths, plates}
    readable = [i for i in range(len(heading)) if i not in special and _is_reading(table, i)]
    if not readable:
        readable = [i for i, name in enumerate(heading) if _is_mean(table, i, name)]
    columns = [i for i in readable if not is_computed(heading[i])] or readable
    if wavelengths is not None:
        columns = columns[:1]
    found: dict[str, list[Reading]] = {}
    seen: set[tuple[str, str, str]] = set()
    headed = max(i for i, text in enumerate(heading, 1) if text)
    names = _plates_of_rows(table.rows, plates)
    damaged = _line_of_another_length(table)
    for line, row, plate in zip(table.lines, table.rows, names, strict=True):
        if columns and any(number(text) is not None for text in row[headed:]):
            raise LineError(
                f"line {line}: well {row[table.well_column]} has more cells than the heading has "
                "columns; with decimal commas, use semicolons between the cells"
            )
        if columns and line == damaged:
            raise LineError(
                f"line {line}: well {row[table.well_column]} has {len(row)} cells, as no other "
                "row of the table has; a cell was lost or added. Leave the cell of an unread well "
                "empty, but keep its separator, or export the table again"
            )
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


def _line_of_another_length(table: WellTable) -> int | None:
    """The line of the only row with its number of cells, if it shows that a cell was lost or added.

    Some software leaves empty cells at the end of rows out: rows then have two lengths, or end
    where their last filled cell is. Spreadsheet programs do so in blocks of 16 rows, of which the
    last may be a single row.
    """
    lengths = Counter(map(len, table.rows))
    width = len(table.heading)
    alone = [length for length, count in lengths.items() if count == 1 and length != width]
    others = [length for length in lengths if length not in alone]
    if len(alone) != 1 or any(lengths[length] < _FEWEST_OF_A_LENGTH for length in others):
        return None
    place = next(i for i, row in enumerate(table.rows) if len(row) == alone[0])
    is_last_block = place == len(table.rows) - 1 and bool(table.rows[place][-1])
    is_shorter = len(others) == 1 and alone[0] < others[0] and not is_last_block
    return table.lines[place] if len(others) == 2 or is_shorter else None


def read(source: Source) -> list[Plate]:
    """Every table of wells of the file, with a plate for each name in a column of plates."""
    plates: dict[str, list[Reading]] = {}
    for sheet in source.sheets:
        for table in find_tables(sheet.rows):
            for name, readings in table_readings(table, wavelength_in(sheet.name)).items():
                plates.setdefault(name or source.path.stem, []).extend(readings)
        for across in find_across(sheet.rows):
            plates.setdefault(source.path.stem, []).extend(across_readings(across))
    plates = {name: readings for name, readings in plates.items() if readings}
    if not plates:
        raise NotThisFormatError("no table with a column named well and a column of readings")
    return [plate_from_readings(name, readings) for name, readings in plates.items()]


def _plates_of_rows(rows: Rows, column: int | None) -> list[str]:
    """The plate of each row; an empty cell has the plate above it (or, on top, below it)."""
    named = [_cell(row, column) if column is not None else "" for row in rows]
    plate = next((name for name in named if name), "")
    filled = []
    for name in named:
        plate = name or plate
        filled.append(plate)
    return filled


def _doubled(line: int, plate: str, well: str, name: str) -> str:
    of_plate = f' of plate "{plate}"' if plate else ""
    return (
        f'line {line}: well {well}{of_plate} is listed twice (reading "{name}"); '
        "keep one row for each well and reading, and name plates in a column plate"
    )


def _until_next_heading(rows: Rows, column: int) -> Iterator[list[str]]:
    for row in rows:
        if column < len(row) and _WELL.fullmatch(row[column]):
            return
        yield row


def _find(heading: list[str], pattern: re.Pattern[str]) -> int | None:
    return next((i for i, text in enumerate(heading) if pattern.fullmatch(text)), None)


def _is_reading(table: WellTable, column: int) -> bool:
    """Whether a column contains readings.

    Raises
    ------
    LineError
        If it is named as a reading and has a cell with another word.
    """
    name = table.heading[column]
    if not name or _NOT_A_READING.fullmatch(name) or _WELL.fullmatch(name):
        return False
    cells = [_cell(row, column) for row in table.rows]
    numbers = [value for cell in cells if (value := number(cell)) is not None]
    unknown = [place for place, cell in enumerate(cells) if optical_density(cell) is None]
    is_named = wavelength_in(name) > 0 or is_wavelength_pair(name) or _READING.fullmatch(name)
    if not unknown:
        return bool(numbers) and (bool(is_named) or not looks_like_layout(numbers))
    of_wavelength = wavelength_in(name) > 0 or is_wavelength_pair(name)
    filled = sum(map(bool, cells))
    damaged = (of_wavelength and 2 * len(numbers) >= filled > 0) or (
        _READING.fullmatch(name) is not None and mostly_readings(numbers, filled)
    )
    if damaged and not is_computed(name):
        place = unknown[0]
        raise LineError(
            f"line {table.lines[place]}: well {table.rows[place][table.well_column]}, column "
            f'"{name}": {not_a_reading(cells[place])}'
        )
    return False


def _is_mean(table: WellTable, column: int, name: str) -> bool:
    """Whether a column contains the mean of several reads of each well."""
    cells = [optical_density(_cell(row, column)) for row in table.rows]
    return _MEAN.fullmatch(name) is not None and None not in cells


def _cell(row: list[str], column: int) -> str:
    return row[column] if column < len(row) else ""
