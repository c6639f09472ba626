"""Molecular Devices SoftMax Pro: text exports (plate or time format) and SpectraMax .csv.

A file is a list of blocks, each from `Plate:` or `Group:` to `~End`. A plate block contains the raw
readings, with the wavelengths side by side or below one another, and may then contain reduced ones.
Reduced readings are used only if there are no raw ones, under the name `reduced`. The old version
0.3 prints the readings without a line of column numbers: the header says where they belong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from coculture.elisa.plates.plate import (
    Plate,
    PlateError,
    Reading,
    is_well,
    plate_from_readings,
    row_letters,
    well_name,
)
from coculture.elisa.readers.source import (
    NotThisFormatError,
    Rows,
    Source,
    not_a_reading,
    number,
    optical_density,
)

NAME = "SoftMax Pro"
_FORMATS = ("PlateFormat", "TimeFormat")
_REDUCED = "reduced"
_ROWS_OF_PLATE = {6: 2, 12: 3, 24: 4, 48: 6, 96: 8, 384: 16, 1536: 32}
"""Rows of wells by the number of wells of a plate."""
_FEWEST_READINGS = 4
# Written in the place of a value that SoftMax could not give: a path length that was not measured,
# and a value outside a range, on a side that is not stated.
_NOT_GIVEN = ("path?", "range?")


@dataclass(frozen=True)
class _Section:
    """A line of column headings and the lines below it, also blank ones: a row may be unread."""

    heading: list[str]
    lines: list[tuple[int, list[str]]]


def read(source: Source) -> list[Plate]:
    """Every plate block with readings, in the order of the file; unread plates are ignored."""
    starts = [
        (sheet.rows, i)
        for sheet in source.sheets
        for i, row in enumerate(sheet.rows)
        if _is_plate_header(row)
    ]
    if not starts:
        raise NotThisFormatError(
            "no line that begins with Plate: and names PlateFormat or TimeFormat"
        )
    read_plates = [(rows, start) for rows, start in starts if not _is_unread(rows, start)]
    return [_plate(source, rows, start) for rows, start in read_plates or starts]


def _is_plate_header(row: list[str]) -> bool:
    return len(row) > 4 and row[0] == "Plate:" and row[3] in _FORMATS


def _is_unread(rows: Rows, start: int) -> bool:
    """Whether a block is complete and has no readings; a block without its end is not complete."""
    return _has_end(rows, start) and not any(True for _ in _sections(rows, start + 1))


def _has_end(rows: Rows, start: int) -> bool:
    return any(row and row[0].startswith("~End") for row in rows[start + 1 :])


def _plate(source: Source, rows: Rows, start: int) -> Plate:
    header = rows[start]
    name = header[1]
    where = f'{source.path}: plate "{name}" (line {start + 1})'
    wavelengths = _wavelengths(header)
    sections = list(_sections(rows, start + 1)) or list(_headless(rows, start, wavelengths, where))
    if not sections:
        raise PlateError(f"{where} has no readings; export it again with the plate's raw data")
    if any(_sections(rows, start + 1)):
        _refuse_damaged_headings(rows, start, sections, where)
    kinetic = header[4] != "Endpoint"
    raw_is_blank = len(sections) > 1 and not _is_filled(sections[0])
    reduced_only = "Reduced" in header[5:8] or raw_is_blank
    if kinetic and len(sections) < 2 and not reduced_only:
        raise PlateError(
            f"{where} is a {header[4]} read; export an endpoint, or the reduced values with it"
        )
    section = sections[-1] if kinetic or raw_is_blank else sections[0]
    names = [_REDUCED] if kinetic or reduced_only else [_text(value) for value in wavelengths]
    known = [float("nan")] if kinetic or reduced_only else wavelengths
    if header[3] == "TimeFormat":
        return plate_from_readings(name, _time_lines(section, names, known, where))
    section, first_row = _whole_rows(section, header, where)
    if first_row > 0 and not _has_end(rows, start):
        # A whole plate, cut off, may have as many rows as the part.
        raise PlateError(f"{where} has no ~End, so that lines may be missing; export it again")
    return plate_from_readings(name, _plate_grid(section, names, known, first_row, where))


def _refuse_damaged_headings(rows: Rows, start: int, sections: list[_Section], where: str) -> None:
    """Refuse a block whose raw readings have no heading, or whose heading has no readings.

    The reduced ones below them would be taken in their place.
    """
    advice = "a line was lost or added; export it again"
    for line, row in enumerate(rows[start + 1 :], start + 2):
        if row and (row[0].startswith("~End") or _is_plate_header(row)):
            break
        if any(row) and _is_heading(row):
            break
        if sum(number(text) is not None for text in row) >= _FEWEST_READINGS:
            raise PlateError(f"{where}: line {line} has readings without a heading; {advice}")
    if not all(section.lines for section in sections[:-1]):
        raise PlateError(f"{where} has a heading twice, or one without readings; {advice}")


def _is_filled(section: _Section) -> bool:
    return any(any(row[2:]) for _, row in section.lines)


def _headless(rows: Rows, start: int, wavelengths: list[float], where: str) -> Iterator[_Section]:
    """The readings of a block without a heading, with the heading that belongs to them.

    Only if each line has as many cells as the header states columns for the wavelengths.
    """
    header = rows[start]
    if header[3] != "PlateFormat" or not (first := _first_column(header)):
        return
    column, count = first
    numbers = [str(column + i) for i in range(count)]
    lines: list[tuple[int, list[str]]] = []
    for line, row in enumerate(rows[start + 1 :], start + 2):
        if row and (row[0].startswith("~End") or _is_plate_header(row)):
            break
        if any(row) and _is_heading(row):
            return
        if any(row) or lines:
            lines.append((line, row))
    while lines and not any(lines[-1][1]):
        lines.pop()
    if not lines:
        return
    spaced = [*([*numbers, ""] * len(wavelengths))][:-1]
    for heading in (spaced, numbers * len(wavelengths)):
        for lead in (2, 1, 0):
            placed = [(line, _placed(row, lead, heading)) for line, row in lines]
            if all(row is not None for _, row in placed):
                yield _Section(heading, [(line, row or []) for line, row in placed])
                return
    raise PlateError(
        f"{where} has no line of column numbers, and its lines do not have the {count} columns "
        f"that its header states; export it again with a newer version or as a list"
    )


def _placed(row: list[str], lead: int, heading: list[str]) -> list[str] | None:
    """A line of readings behind two cells (time and temperature); None if it does not fit.

    It has a cell with text for each column, and none between the wavelengths: a line that lost or
    gained a cell does not fit.
    """
    if not any(row):
        return ["", "", *[""] * len(heading)]
    cells = row[lead : max(i for i, text in enumerate(row, 1) if text)]
    if [bool(text) for text in cells] != [bool(number) for number in heading]:
        return None
    return ["", row[lead - 1] if lead else "", *cells]


def _sections(rows: list[list[str]], start: int) -> Iterator[_Section]:
    heading: list[str] | None = None
    lines: list[tuple[int, list[str]]] = []
    for index in range(start, len(rows)):
        row = rows[index]
        if row and (row[0].startswith("~End") or _is_plate_header(row)):
            break
        if any(row) and _is_heading(row):
            if heading is not None:
                yield _Section(heading, lines)
            heading, lines = row[2:], []
        elif heading is not None:
            lines.append((index + 1, row))
    if heading is not None and any(any(row[2:]) for _, row in lines):
        yield _Section(heading, lines)


def _is_heading(row: list[str]) -> bool:
    cells = [text for text in row[2:] if text]
    columns = [str(i + 1) for i in range(len(cells))]
    return bool(cells) and (
        all(is_well(text) for text in cells)
        or (cells[:1] == ["1"] and (cells == columns or cells.count("1") > 1))
        or row[1].startswith("Temperature")
    )


def _whole_rows(section: _Section, header: list[str], where: str) -> tuple[_Section, int]:
    """The rows of wells, as many as the header states, and which row of the plate is the first.

    A blank line between rows is a row. Below the last filled row a blank line is a row only if it
    has all its cells; other blank lines are separators. If a spreadsheet gave all lines the same
    width, they cannot be distinguished. If a part of a plate was read, some versions print its
    rows only, and others the whole plate with blank lines around them.
    """
    first, stated = _stated_rows(header, where)
    width = 2 + max((i for i, text in enumerate(section.heading, 1) if text), default=0)
    padded = len(header) == 2 + len(section.heading)
    blank = [""] * width
    if whole := _whole_plate(section, header, first, stated):
        return _Section(section.heading, [(n, row if any(row) else blank) for n, row in whole]), 0
    filled = max((i for i, (_, row) in enumerate(section.lines, 1) if any(row[2:])), default=0)
    lines = section.lines[:filled]
    for line, row in section.lines[filled:stated]:
        if len(row) < width or padded:
            break
        lines.append((line, row))
    if len(lines) != stated:
        raise PlateError(
            f"{where} has {len(lines)} rows of wells, but its header states {stated}; "
            "a row was lost or added; export it again"
        )
    return _Section(section.heading, [(n, row if any(row) else blank) for n, row in lines]), first


def _whole_plate(
    section: _Section, header: list[str], first: int, stated: int
) -> list[tuple[int, list[str]]]:
    """All rows of the plate, if a part that begins below row A is printed in its place.

    The lines above the part are blank, and the part begins where the temperature is. Without a
    temperature there must be as many lines as the plate has rows.
    """
    rows = _rows_of_plate(header)
    filled = [i for i, (_, row) in enumerate(section.lines) if any(row[2:])]
    if first == 0 or not filled or filled[0] < first or filled[-1] >= first + stated:
        return []
    warm = next((i for i, (_, row) in enumerate(section.lines) if len(row) > 1 and row[1]), None)
    if warm != first and (warm is not None or len(section.lines) < rows):
        return []
    width = 2 + max((i for i, text in enumerate(section.heading, 1) if text), default=0)
    whole = [len(row) >= width for _, row in section.lines]
    if all(whole[:first]) and sum(whole) != rows:
        return []
    lines = section.lines[: first + stated]
    last = section.lines[-1][0]
    missing = range(len(lines), max(rows, first + stated))
    return [*lines, *((last, list[str]()) for _ in missing)]


def _plate_grid(
    section: _Section, names: list[str], wavelengths: list[float], first_row: int, where: str
) -> Iterator[Reading]:
    """Rows below column numbers; the wavelengths are side by side."""
    blocks = _column_blocks(section.heading, where)
    _refuse_shorter_lines(section, where)
    if len(blocks) != len(names):
        raise PlateError(
            f"{where} names {len(names)} wavelengths but has {len(blocks)} blocks of columns"
        )
    for offset, (line, row) in enumerate(section.lines):
        last = max(block[-1][0] for block in blocks)
        _check_width(row, 2 + last + 1, 2 + len(section.heading), line, where)
        for block, name, wavelength in zip(blocks, names, wavelengths, strict=True):
            for position, column in block:
                well = f"{row_letters(first_row + offset)}{column}"
                yield Reading(well, name, wavelength, *_od(row[2 + position], well, line, where))


def _time_lines(
    section: _Section, names: list[str], wavelengths: list[float], where: str
) -> Iterator[Reading]:
    """One line for each wavelength, one column for each well."""
    foreign = next((text for text in section.heading if text and not is_well(text)), "")
    if foreign:
        raise PlateError(f'{where}: "{foreign}" in its heading is not a well; export it again')
    _refuse_shorter_lines(section, where)
    wells = [(i, well_name(text)) for i, text in enumerate(section.heading) if is_well(text)]
    lines = [(line, row) for line, row in section.lines if any(row[2:])]
    if len(lines) != len(names):
        raise PlateError(
            f"{where} names {len(names)} wavelengths but has {len(lines)} lines of readings"
        )
    for (line, row), name, wavelength in zip(lines, names, wavelengths, strict=True):
        _check_width(row, 2 + wells[-1][0] + 1, 2 + len(section.heading), line, where)
        for position, well in wells:
            yield Reading(well, name, wavelength, *_od(row[2 + position], well, line, where))


def _column_blocks(heading: list[str], where: str) -> list[list[tuple[int, int]]]:
    """Position and column number of each cell, split where the numbers start again."""
    blocks: list[list[tuple[int, int]]] = []
    for position, text in enumerate(heading):
        value = number(text)
        if value is None:
            continue
        if value < 1 or value != int(value):
            raise PlateError(f'{where}: "{text}" in its heading is not a column; export it again')
        if not blocks or value <= blocks[-1][-1][1]:
            blocks.append([])
        blocks[-1].append((position, int(value)))
    return blocks


def _refuse_shorter_lines(section: _Section, where: str) -> None:
    """Refuse a line that is shorter than the others and ends early: it lost a cell."""
    filled = [(line, row) for line, row in section.lines if any(row[2:])]
    widest = max((len(row) for _, row in filled), default=0)
    widest = max(widest, 2 + len(section.heading))
    last = 2 + max((i for i, text in enumerate(section.heading) if text), default=0)
    for line, row in filled:
        if last < len(row) < widest and not row[last]:
            raise PlateError(
                f"{where}: line {line} has fewer cells than the others; a cell was lost; "
                "export it again"
            )


def _check_width(row: list[str], width: int, heading_width: int, line: int, where: str) -> None:
    """Refuse a line with too few or too many cells.

    `width` counts the cells up to the last heading, `heading_width` also empty ones after it.
    """
    if len(row) < width:
        raise PlateError(
            f"{where}: line {line} has {max(0, len(row) - 2)} readings, but its heading has "
            f"{width - 2} columns; the file is incomplete or was edited; export it again"
        )
    if any(row[width:]) or len(row) > heading_width + 1:
        raise PlateError(
            f"{where}: line {line} has more cells than its heading has columns; with decimal "
            "commas, use tabs or semicolons between the cells"
        )


def _od(text: str, well: str, line: int, where: str) -> tuple[float, str]:
    if text.lower() in _NOT_GIVEN:
        return float("nan"), "missing"
    value = optical_density(text)
    if value is None:
        raise PlateError(f"{where}: line {line}, well {well}: {not_a_reading(text)}")
    return value


def _wavelengths(header: list[str]) -> list[float]:
    """The wavelengths in the header, which follow their number; one unknown one if it has none."""
    place = _place_of_wavelengths(header)
    if place is None:
        return [float("nan")]
    return [value for text in header[place].split() if (value := number(text)) is not None]


def _place_of_wavelengths(header: list[str]) -> int | None:
    """Where the header lists the wavelengths (of emission, in fluorescence)."""
    for place, (count, listed) in enumerate(pairwise(header[8:]), start=9):
        values = [number(text) for text in listed.split()]
        if values and count == str(len(values)) and all(v is not None and v > 100 for v in values):
            return place
    return None


def _first_column(header: list[str]) -> tuple[int, int] | None:
    """The first column that was read, counted from 1, and how many; None if not stated."""
    place = _place_of_wavelengths(header)
    cells = header[place + 1 : place + 3] if place is not None else []
    first, count = ([*map(number, cells), None, None])[:2]
    if first is None or count is None or first < 1 or count < 1:
        return None
    return int(first), int(count)


def _place_of_wells(header: list[str]) -> int | None:
    """Where the header states how many wells the plate has: behind the columns that were read."""
    for place in range(10, len(header)):
        first, count, wells = (number(text) for text in header[place - 2 : place + 1])
        rows = _ROWS_OF_PLATE.get(int(wells), 0) if wells is not None else 0
        if not rows or first is None or count is None or first < 1 or count < 1:
            continue
        if (first - 1 + count) * rows <= int(wells or 0):
            return place
    return None


def _rows_of_plate(header: list[str]) -> int:
    place = _place_of_wells(header)
    wells = number(header[place]) if place is not None else None
    return _ROWS_OF_PLATE[int(wells)] if wells is not None else max(_ROWS_OF_PLATE.values())


def _stated_rows(header: list[str], where: str) -> tuple[int, int]:
    """First row, counted from 0, and number of rows.

    They are the last two numbers beside one another, after the number of wells, that fit the
    plate: in fluorescence, wavelengths of excitation follow.
    """
    rows = max(_ROWS_OF_PLATE.values())
    after = (_place_of_wells(header) or 9) + 1
    for one, other in reversed(list(pairwise(header[after:]))):
        first, count = number(one), number(other)
        if first is None or count is None or first < 1 or count < 1:
            continue
        if first - 1 + count <= rows and first == int(first) and count == int(count):
            return int(first) - 1, int(count)
    raise PlateError(
        f"{where}: its header does not end with the first row and the number of rows, such as "
        "1 and 8; export it again"
    )


def _text(wavelength: float) -> str:
    return "" if wavelength != wavelength else f"{wavelength:g}"
