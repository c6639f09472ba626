"""Molecular Devices SoftMax Pro: text exports (plate or time format) and SpectraMax .csv.

A file is a list of blocks, each from `Plate:` or `Group:` to `~End`. A plate block contains the raw
readings, with the wavelengths side by side or below one another, and may then contain reduced ones.
Reduced readings are used only if there are no raw ones.
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
    number,
    optical_density,
)

NAME = "SoftMax Pro"
_FORMATS = ("PlateFormat", "TimeFormat")


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
    end = next((row for row in rows[start + 1 :] if row and row[0].startswith("~End")), None)
    return end is not None and not any(True for _ in _sections(rows, start + 1))


def _plate(source: Source, rows: Rows, start: int) -> Plate:
    header = rows[start]
    name = header[1]
    where = f'{source.path}: plate "{name}" (line {start + 1})'
    wavelengths = _wavelengths(header)
    sections = list(_sections(rows, start + 1))
    if not sections:
        raise PlateError(f"{where} has no readings; export it again with the plate's raw data")
    reduced_only = "Reduced" in header[5:8]
    kinetic = header[4] != "Endpoint"
    if kinetic and len(sections) < 2 and not reduced_only:
        raise PlateError(
            f"{where} is a {header[4]} read; export an endpoint, or the reduced values with it"
        )
    section = sections[-1] if kinetic else sections[0]
    names = ["reduced"] if kinetic or reduced_only else [_text(value) for value in wavelengths]
    known = [float("nan")] if kinetic or reduced_only else wavelengths
    if header[3] == "TimeFormat":
        return plate_from_readings(name, _time_lines(section, names, known, where))
    section = _whole_rows(section, header, where)
    return plate_from_readings(
        name, _plate_grid(section, names, known, _stated_rows(header, where)[0], where)
    )


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


def _whole_rows(section: _Section, header: list[str], where: str) -> _Section:
    """The rows of wells, as many as the header states; a blank line between rows is a row.

    Below the last filled row a blank line is a row only if it has all its cells; other blank lines
    are separators. If a spreadsheet gave all lines the same width, they cannot be distinguished.
    """
    _, stated = _stated_rows(header, where)
    width = 2 + max((i for i, text in enumerate(section.heading, 1) if text), default=0)
    padded = len(header) == 2 + len(section.heading)
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
    blank = [""] * width
    return _Section(section.heading, [(n, row if any(row) else blank) for n, row in lines])


def _plate_grid(
    section: _Section, names: list[str], wavelengths: list[float], first_row: int, where: str
) -> Iterator[Reading]:
    """Rows below column numbers; the wavelengths are side by side."""
    blocks = _column_blocks(section.heading)
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


def _column_blocks(heading: list[str]) -> list[list[tuple[int, int]]]:
    """Position and column number of each cell, split where the numbers start again."""
    blocks: list[list[tuple[int, int]]] = []
    for position, text in enumerate(heading):
        value = number(text)
        if value is None:
            continue
        if not blocks or value <= blocks[-1][-1][1]:
            blocks.append([])
        blocks[-1].append((position, int(value)))
    return blocks


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
    value = optical_density(text)
    if value is None:
        raise PlateError(f'{where}: line {line}, well {well}: "{text}" is not a reading')
    return value


def _wavelengths(header: list[str]) -> list[float]:
    """The wavelengths in the header, which follow their number; one unknown one if it has none."""
    for count, listed in pairwise(header[8:]):
        values = [number(text) for text in listed.split()]
        if values and count == str(len(values)) and all(v is not None and v > 100 for v in values):
            return [float(v) for v in values if v is not None]
    return [float("nan")]


def _stated_rows(header: list[str], where: str) -> tuple[int, int]:
    """First row, counted from 0, and number of rows: the last two numbers of the header."""
    first, rows = (number(text) for text in [text for text in header if text][-2:])
    if first is None or rows is None or first < 1 or rows < 1:
        raise PlateError(
            f"{where}: its header does not end with the first row and the number of rows, such as "
            "1 and 8; export it again"
        )
    return int(first) - 1, int(rows)


def _text(wavelength: float) -> str:
    return "" if wavelength != wavelength else f"{wavelength:g}"
