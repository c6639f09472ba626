"""PerkinElmer EnVision: .csv with `Plate information` before each plate, then its results.

Results are grids below `Results for`, or, if the export has no headings of rows and columns, lines
of numbers that have the shape of a plate. A label that was read in two channels has one block for
each of them. Blocks of a `Formula` are computed, and are used only if there are no others.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from coculture.elisa.plates.plate import (
    Plate,
    PlateError,
    Reading,
    plate_from_readings,
    row_letters,
)
from coculture.elisa.readers.grid import find_grids, grid_readings
from coculture.elisa.readers.reading_names import wavelength_in
from coculture.elisa.readers.source import (
    LineError,
    NotThisFormatError,
    Rows,
    Source,
    not_a_reading,
    number,
    optical_density,
)

NAME = "PerkinElmer EnVision"
_START = "Plate information"
_END = "Basic assay information"
_TITLE = re.compile(r"Results for (?P<label>.+?)(\s+-\s+(?P<channel>channel \d+)?.*)?")
_COMPUTED_TITLE = re.compile(r"Calculated results?\b.*", re.IGNORECASE)
_LABEL = re.compile(r"(?P<name>.*?)\s*\(\d+\)")
_WAVELENGTH = re.compile(r"(?<!\d)\d{3,4}(?!\d)")
_SIZES = {"384", "1536"}
"""Numbers in a label that are those of the plate's wells, not a wavelength."""
_EMISSION = re.compile(r".*\bEm=\s*(\d{3,4})\s*nm.*")
_COLUMNS = {3: 2, 4: 3, 6: 4, 8: 6, 12: 8, 24: 16, 48: 32}
"""Rows of wells by the number of columns of a plate."""
_Block = tuple[str, str, bool, list[Reading]]
"""The label of a block, its channel, whether it is computed, and its readings."""


def read(source: Source) -> list[Plate]:
    """Every plate, with all wavelengths at which it was read."""
    rows = source.sheets[0].rows
    starts = [i for i, row in enumerate(rows) if row and row[0] == _START]
    if not starts:
        raise NotThisFormatError(f'no line "{_START}"')
    plates: dict[str, list[_Block]] = {}
    for start, stop in pairwise([*starts, len(rows)]):
        section = _until_assay_information(rows[start:stop])
        plates.setdefault(_plate_name(section), []).extend(_blocks(section, start + 1))
    if not any(plates.values()):
        raise PlateError(
            f'{source.path}: an EnVision export without a "Results for" grid and without lines '
            "of numbers in the shape of a plate; export the results as a plate"
        )
    return [plate_from_readings(name, _named(found)) for name, found in plates.items() if found]


def _until_assay_information(section: Rows) -> Rows:
    """The section without what follows its results: the protocol has grids of its own."""
    end = next((i for i, row in enumerate(section) if row and row[0] == _END), len(section))
    return section[:end]


def _information(section: Rows) -> dict[str, str]:
    """The line below `Plate information`, by its headings."""
    if len(section) < 3:
        return {}
    return dict(zip(section[1], section[2], strict=False))


def _plate_name(section: Rows) -> str:
    cells = _information(section)
    barcode = cells.get("Barcode", "").strip('="')
    return barcode or f"Plate {cells.get('Plate', '1')}"


def _blocks(section: Rows, first_line: int) -> list[_Block]:
    """All blocks of results, in the order of the section."""
    cells = _information(section)
    computed = bool(cells.get("Formula"))
    label = cells.get("Formula") or cells.get("Label") or cells.get("Meas") or ""
    found: list[_Block] = []
    grids = find_grids(section, first_line)
    last = 0
    for grid in grids:
        title, derived = _title(section[last : grid.row])
        last = grid.end
        if title is None:
            continue
        name, channel = title
        if readings := grid_readings(grid, name, float("nan"), of_results=True):
            found.append((name, channel, computed or derived, readings))
    if found:
        return [_known(block, cells) for block in found]
    last = 0
    for start, end, readings in _unheaded(section, first_line):
        title, derived = _title(section[last:start])
        last = end
        name, channel = title or (label, "")
        found.append((name, channel, computed or derived, readings))
    if len(found) > 1 and not any(channel for _, channel, _, _ in found):
        found = [
            (name, f"channel {i}", derived, readings)
            for i, (name, _, derived, readings) in enumerate(found, start=1)
        ]
    return [_known(block, cells) for block in found]


def _title(rows: Rows) -> tuple[tuple[str, str] | None, bool]:
    """Label and channel of the last title in some lines, and whether it announces computed ones."""
    title: tuple[str, str] | None = None
    derived = False
    for row in rows:
        text = next((cell for cell in row if cell), "")
        if match := _TITLE.fullmatch(text):
            title, derived = (match["label"], match["channel"] or ""), False
        elif _COMPUTED_TITLE.fullmatch(text):
            title, derived = (text, ""), True
    return title, derived


def _known(block: _Block, cells: dict[str, str]) -> _Block:
    """A block with its label as the user wrote it, and with its wavelength."""
    label, channel, computed, readings = block
    if plain := _LABEL.fullmatch(label):
        label = plain["name"]
    emission = _EMISSION.fullmatch(cells.get("Measinfo", ""))
    stated = set(_WAVELENGTH.findall(label)) - _SIZES
    if emission and not channel:
        wavelength = float(emission[1])
    else:
        wavelength = float(stated.pop()) if len(stated) == 1 else wavelength_in(label)
    return label, channel, computed, [replace(r, wavelength_nm=wavelength) for r in readings]


def _named(blocks: list[_Block]) -> Iterator[Reading]:
    """The readings with their names; the channel is part of it if a label has several."""
    kept = [block for block in blocks if not block[2]] or blocks
    for label, channel, _, readings in kept:
        channels = {other for name, other, _, _ in kept if name == label}
        name = f"{label} {channel}".strip() if len(channels) > 1 else label
        yield from (replace(reading, reading=name) for reading in readings)


def _unheaded(section: Rows, first_line: int) -> Iterator[tuple[int, int, list[Reading]]]:
    """Blocks of lines that have as many cells and lines as a plate has columns and rows.

    Raises
    ------
    LineError
        If a line in such a block has another number of cells, or a cell that is no reading.
    """
    index = 0
    while index < len(section):
        if not _is_numbers(section[index]):
            index += 1
            continue
        end = index
        while end < len(section) and any(section[end]):
            end += 1
        lines = section[index:end]
        width = _width(lines)
        lengths = [len(row) for row in lines]
        if len(lines) != _COLUMNS.get(width, 0) or len(set(lengths)) > 1:
            usual = max(set(lengths), key=lengths.count)
            place = next((i for i, length in enumerate(lengths) if length != usual), 0)
            raise LineError(
                f"line {first_line + index + place}: {len(lines)} lines of {width} results do not "
                "have the shape of a plate (8 lines of 12, 16 lines of 24); export the plate "
                "again, with the headings of rows and columns"
            )
        yield index, end, list(_readings(lines, width, first_line + index))
        index = end


def _width(lines: Rows) -> int:
    """The number of results in a line: its cells, without the empty one after the last separator.

    In a spreadsheet lines are as wide as the sheet: then those up to the last result of any line.
    """
    cells = max(len(row) - (not row[-1]) for row in lines)
    filled = max(i for row in lines for i, text in enumerate(row, 1) if text)
    return cells if cells in _COLUMNS else filled


def _readings(lines: Rows, width: int, first_line: int) -> Iterator[Reading]:
    for offset, row in enumerate(lines):
        for column, text in enumerate(row[:width], start=1):
            value = optical_density(text)
            well = f"{row_letters(offset)}{column}"
            if value is None:
                raise LineError(f"line {first_line + offset}: well {well}: {not_a_reading(text)}")
            yield Reading(well, "", float("nan"), *value)


def _is_numbers(row: list[str]) -> bool:
    """Whether a line contains nothing but readings: the lines of headings contain words."""
    numbers = sum(number(text) is not None for text in row)
    return numbers >= 2 and all(optical_density(text) is not None for text in row)
