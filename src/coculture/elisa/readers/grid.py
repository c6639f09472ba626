"""Plate-shaped grids: a row of column numbers with lettered rows below it.

`find_grids` is used by the readers of all vendors that print plates this way. `read` reads plain
grids in text files or spreadsheets: one, or several below one another with the name of each in its
upper left cell (the format of plater). Grids of labels (a layout) are ignored.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import pairwise

from coculture.elisa.plates.plate import Plate, Reading, plate_from_readings
from coculture.elisa.readers.reading_names import (
    is_computed,
    is_layout_title,
    is_result,
    is_title_of_layout,
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

NAME = "plain plate grid"
LAYOUT_NAMES = frozenset(
    (
        *("role", "analyte", "concentration", "culture", "sample"),
        *("dilution", "exclude", "layout", "standard", "label"),
    )
)
_PLATE_NAME = re.compile(r".*\bplate\b.*", re.IGNORECASE)
_ROW = re.compile(r"[A-Z]|A[A-F]", re.IGNORECASE)
_FIRST_ROW = re.compile(r"[A-Pa-p]")
_NARROWEST_GRID = 2
_MOST_COLUMNS = 48


@dataclass(frozen=True)
class Grid:
    """A plate-shaped block of cells.

    Attributes
    ----------
    row, line
        Index of the line with the column numbers, and its number in the file (counted from 1).
    end
        Index after the last line.
    corner
        The text left of the first column number.
    cells
        Texts by well. Some software prints several lines for each row of wells.
    line_labels
        The label at the right end of each line of a row of wells; empty if there is none, or not
        the same one in all rows.
    damage
        What shows that a row lost a cell; empty for a sound grid. It matters if the cells are
        readings.
    """

    row: int
    line: int
    end: int
    corner: str
    cells: dict[str, list[str]]
    line_labels: list[str]
    damage: str = ""


def find_grids(rows: Rows, first_line: int = 1) -> list[Grid]:
    """All grids of a sheet, from top to bottom; `first_line` is the number of `rows[0]`.

    Rows have the letters of the file, in any order; a missing letter has no wells.

    Raises
    ------
    LineError
        If a letter occurs twice, a row has more cells than the heading, or a column number is
        damaged.
    """
    grids: list[Grid] = []
    index = 0
    while index < len(rows):
        grid = _grid_at(rows, index, first_line)
        if grid is None:
            index += 1
        else:
            grids.append(grid)
            index = grid.end
    return grids


def grid_readings(
    grid: Grid, name: str, wavelength_nm: float, line: int = 0, *, of_results: bool = False
) -> list[Reading] | None:
    """The wells of a grid as readings; None if it contains labels, or no number.

    `of_results`: the reader's software says that these are results, so whole numbers are, too.

    Raises
    ------
    LineError
        If most cells are readings and one is neither a number nor a word that readers write, or a
        row lost a cell.
    """
    readings = []
    unknown: tuple[str, str] | None = None
    for well, texts in grid.cells.items():
        value = optical_density(texts[line])
        if value is None:
            unknown = unknown or (well, texts[line])
        else:
            readings.append(Reading(well, name, wavelength_nm, *value))
    if unknown is None and not any(reading.state == "ok" for reading in readings):
        return None
    if grid.damage:
        raise LineError(grid.damage)
    if unknown is None:
        return readings
    filled = sum(bool(texts[line]) for texts in grid.cells.values())
    numbers = [reading.od for reading in readings if reading.state == "ok"]
    if not mostly_readings(numbers, filled) and not (of_results and 2 * len(numbers) >= filled):
        return None
    well, text = unknown
    named = f'plate grid "{name}"' if name else "plate grid"
    raise LineError(
        f"well {well} of the {named} (its heading is line {grid.line}): "
        f"{not_a_reading(text)}; if the grid contains labels, write layout into its upper left cell"
    )


def title_above(rows: Rows, index: int) -> str:
    """The name above the grid at `index`: the only filled cell of one of the two lines above it."""
    for row in reversed(rows[max(0, index - 2) : index]):
        filled = [text for text in row if text]
        if filled:
            return filled[0] if len(filled) == 1 else ""
    return ""


def read(source: Source) -> list[Plate]:
    """Plain grids: the readings of one plate, or plates if names or sheets distinguish them."""
    strips = [(sheet, rows) for sheet in source.sheets for rows in _side_by_side(sheet.rows)]
    grids = [(sheet, rows, grid) for sheet, rows in strips for grid in find_grids(rows)]
    if not grids:
        raise NotThisFormatError(
            "no row of column numbers 1, 2, 3 ... with rows A, B, C ... below it"
        )
    found: list[tuple[str, str, list[Reading]]] = []
    layout: tuple[Grid, str] | None = None
    result: tuple[Grid, str] | None = None
    for sheet, rows, grid in grids:
        name = grid.corner.strip("<> ") or title_above(rows, grid.row) or sheet.name
        if name.lower().split("_")[0] in LAYOUT_NAMES:
            continue
        of_results = _names_of_results(grid, name)
        result = result or (of_results and (grid, of_results[0])) or None
        readings = _line_readings(grid, name, of_results)
        if readings and _is_layout(name, readings):
            layout = layout or (grid, name)
        elif readings:
            found.append((sheet.name, name, readings))
    if not found and layout:
        raise LineError(_layout_refused(*layout))
    if not found and result:
        raise LineError(_result_refused(*result))
    if not found:
        raise NotThisFormatError("its plate grids contain labels, not readings")
    measured = [one for one in found if _PLATE_NAME.fullmatch(one[1]) or not is_computed(one[1])]
    found = measured or found
    names = [name for _, name, _ in found]
    if len(set(names)) < len(names) or all(_PLATE_NAME.fullmatch(name) for name in names):
        return [plate_from_readings(name or "plate", readings) for _, name, readings in found]
    by_sheet = len(found) > 1 and not any(wavelength_in(name) > 0 for name in names)
    plates: dict[str, list[Reading]] = {}
    for sheet_name, _, readings in found:
        plates.setdefault((by_sheet and sheet_name) or source.path.stem, []).extend(readings)
    return [plate_from_readings(name, readings) for name, readings in plates.items()]


def _names_of_results(grid: Grid, title: str) -> list[str]:
    """The labels of a grid's lines, or its title, that are those of results or statistics."""
    names = [label for label in grid.line_labels if is_result(label)]
    of_plate = _PLATE_NAME.fullmatch(title) or wavelength_in(title) > 0
    return names if of_plate or not is_result(title) else [*names, title]


def _line_readings(grid: Grid, title: str, of_results: Collection[str] = ()) -> list[Reading]:
    """The readings of a plain grid: one, or one for each line of a row of wells (as in Gen5).

    A label at the right end of the lines names the reading if there are several, or if it is a
    wavelength. Computed lines are used only if there are no others, and those named in
    `of_results` never.
    """
    several = len(grid.line_labels) > 1
    raw: list[tuple[str, list[Reading]]] = []
    computed: list[tuple[str, list[Reading]]] = []
    for line, label in enumerate(grid.line_labels):
        name = label if several or _is_wavelength(label) else title
        if label in of_results or name in of_results:
            continue
        if readings := grid_readings(grid, name, wavelength_in(name), line):
            (computed if name == label and is_computed(label) else raw).append((name, readings))
    kept = raw or computed
    unnamed = sum(not name for name, _ in kept)
    found: list[Reading] = []
    for place, (name, readings) in enumerate(kept, start=1):
        new = name or (title if unnamed == 1 else f"{title} line {place}".strip())
        found.extend(replace(reading, reading=new) for reading in readings)
    return found


def _is_layout(name: str, readings: list[Reading]) -> bool:
    """Whether the numbers of a grid are those of a layout, by its title or its shape."""
    if any(reading.wavelength_nm > 0 for reading in readings):
        return False
    if is_title_of_layout(name):
        return True
    numbers = [reading.od for reading in readings if reading.state == "ok"]
    whole = all(value == int(value) for value in numbers)
    return whole and (is_layout_title(name) or looks_like_layout(numbers))


def _layout_refused(grid: Grid, name: str) -> str:
    named = f'"{name}" ' if name else ""
    well, texts = next((w, t) for w, t in grid.cells.items() if t[0])
    return (
        f"line {grid.line}: the plate grid {named}contains the numbers of a layout "
        f"(well {well}: {texts[0]}), not optical densities; export the readings of the plate, or "
        "write the wavelength into the upper left cell and delete the title if these are readings"
    )


def _result_refused(grid: Grid, name: str) -> str:
    return (
        f'line {grid.line}: the plate grid "{name}" contains results, not optical densities; '
        "export the readings of the plate, or rename the grid if these are readings"
    )


def _grid_at(rows: Rows, index: int, first_line: int) -> Grid | None:
    start = _first_column(rows[index])
    if start is None:
        return None
    columns = _column_numbers(rows[index], start)
    end = start + len(columns)
    cells: dict[str, list[str]] = {}
    labels: dict[str, list[str]] = {}
    letter, row = "", index + 1
    while row < len(rows):
        mark = _row_letter(rows, row, start, letter)
        if mark in labels:
            raise LineError(f"line {first_line + row}: row {mark} occurs twice in the plate grid")
        if not mark and _is_gap(rows, row, start, labels):
            row += 1
            continue
        line = rows[row] + [""] * (end - len(rows[row]))
        if not mark and not _belongs_to_row_above(line, start, columns, letter):
            break
        letter = mark or letter
        if _is_overfull(rows[row], rows[index], start, end):
            raise LineError(
                f"line {first_line + row}: row {letter} has more cells than the heading has "
                "columns; with decimal commas, use semicolons between the cells; delete notes "
                "to the right of the plate"
            )
        for column, text in zip(columns, line[start:end], strict=True):
            cells.setdefault(f"{letter}{column}", []).append(text)
        labels.setdefault(letter, []).append(next((text for text in line[end:] if text), ""))
        row += 1
    if not cells:
        return None
    _refuse_broken_heading(rows, index, end, columns[-1], first_line)
    _order_by_label(cells, labels, columns)
    _refuse_uneven_rows(labels, first_line + index)
    first = next(iter(labels.values()))
    shared = [
        label if all(lines[i] == label for lines in labels.values()) else ""
        for i, label in enumerate(first)
    ]
    damage = _damage(rows[index + 1 : row], first_line + index + 1, end, labels)
    return Grid(index, first_line + index, row, rows[index][start - 1], cells, shared, damage)


def _refuse_broken_heading(rows: Rows, index: int, end: int, last: int, first_line: int) -> None:
    """Refuse a heading whose numbers go on behind one that is damaged: wells would be lost."""
    beyond = rows[index][end:]
    numbers = [number(text) for text in beyond]
    goes_on = last + 2 in numbers[1:2] or (last in numbers[:1] and last + 1 in numbers[1:2])
    if goes_on and not _row_letter(rows, index + 1, end + 1, ""):
        raise LineError(
            f"line {first_line + index}: the column number {last} of the plate grid is followed by "
            f'"{beyond[0]}", and not by {last + 1}; correct the heading, or export the plate again'
        )


def _side_by_side(rows: Rows) -> list[Rows]:
    """The sheet cut into vertical strips, where one plate grid is to the right of another."""
    cuts = sorted(
        {
            start - 1
            for index, row in enumerate(rows)
            for start in _starts(row)[1:]
            if _row_letter(rows, index + 1, start, "")
        }
    )
    return [[row[left:right] for row in rows] for left, right in pairwise([0, *cuts, None])]


def _starts(row: list[str]) -> list[int]:
    """All positions in a row at which column numbers begin."""
    starts: list[int] = []
    start = _first_column(row)
    while start is not None and start < len(row):
        columns = _column_numbers(row, start)
        if len(columns) >= _NARROWEST_GRID:
            starts.append(start)
        start += max(1, len(columns))
    return starts


def _row_letter(rows: Rows, index: int, start: int, above: str) -> str:
    """The letter of a row of wells; "" for any other line. `above` is the letter before, if any."""
    if index >= len(rows) or len(rows[index]) < start:
        return ""
    mark = rows[index][start - 1]
    return mark.upper() if (_ROW if above else _FIRST_ROW).fullmatch(mark) else ""


def _is_gap(rows: Rows, index: int, start: int, labels: dict[str, list[str]]) -> bool:
    """Whether an empty line replaces a row of wells: the grid continues after it."""
    following = _row_letter(rows, index + 1, start, "A") if labels else ""
    return not any(rows[index]) and bool(following) and following not in labels


def _belongs_to_row_above(line: list[str], start: int, columns: list[int], letter: str) -> bool:
    """Whether a line without a letter contains more numbers of the row above, as in Gen5."""
    own_heading = _column_numbers(line, start) == columns
    return bool(letter) and not line[start - 1] and any(line[start:]) and not own_heading


def _order_by_label(
    cells: dict[str, list[str]], labels: dict[str, list[str]], columns: list[int]
) -> None:
    """Bring the lines of every row of wells into the order that the first row has.

    Only where each line has a label of its own, and all rows have the same ones.
    """
    first = next(iter(labels.values()))
    if len(first) < 2 or "" in first or len(set(first)) < len(first):
        return
    for letter, lines in labels.items():
        if lines != first and sorted(lines) == sorted(first):
            for column in columns:
                texts = cells[f"{letter}{column}"]
                cells[f"{letter}{column}"] = [texts[lines.index(label)] for label in first]
            labels[letter] = list(first)


def _damage(rows: Rows, first_line: int, end: int, labels: dict[str, list[str]]) -> str:
    """What shows that a row of a grid lost a cell, so that the cells after it moved to the left.

    It is shorter than the heading and the other rows, or has their label in its last column.
    """
    filled = [(line, row) for line, row in enumerate(rows, first_line) if any(row[1:])]
    lengths = [len(row) for _, row in filled]
    widest = max(lengths, default=0)
    usual = max(set(lengths), key=lengths.count, default=0)
    stated = {label for lines in labels.values() for label in lines if label}
    labelled = [any(row[end:]) for _, row in filled]
    # One row without the label that all others have ends early.
    last_label = len(stated) == 1 and len(filled) > 2 and labelled.count(False) == 1
    for line, row in filled:
        short = len(row) < min(end, widest) or (end <= len(row) < usual and not any(row[end - 1 :]))
        moved = len(row) >= end and not any(row[end:]) and row[end - 1] in stated
        if short or moved or (last_label and not any(row[end:])):
            return (
                f"line {line}: the row has fewer cells than the heading has columns; a cell was "
                "lost, or separators at its end. Leave the cell of an unread well empty, but keep "
                "its separator, or export the plate again"
            )
    return _moved_right(filled, end)


def _moved_right(filled: list[tuple[int, list[str]]], end: int) -> str:
    """What shows that a row of a grid gained a cell: it alone has a reading beside the plate."""
    beside = [(line, row[end]) for line, row in filled if _is_fraction(row[end : end + 1])]
    if len(beside) != 1 or len(filled) <= 2:
        return ""
    line, text = beside[0]
    return (
        f"line {line}: the row has a number ({text}) behind the last column, which no other row "
        "has; a cell was added, or a note stands beside the plate. Delete it, or export the plate "
        "again"
    )


def _is_fraction(texts: list[str]) -> bool:
    values = [number(text) for text in texts]
    return any(value is not None and value != int(value) for value in values)


def _refuse_uneven_rows(labels: dict[str, list[str]], line: int) -> None:
    """Refuse a grid in which a row of wells lost one of its lines: readings would be mixed up."""
    first = next(iter(labels.values()))
    several = len(first) > 1 or any(len(lines) > 1 and any(lines) for lines in labels.values())
    uneven = [letter for letter, lines in labels.items() if lines != first]
    if several and uneven:
        raise LineError(
            f"line {line}: row {uneven[0]} of the plate grid does not have the same lines of "
            f"readings as row {next(iter(labels))}; a line was lost or added; export it again"
        )


def _first_column(row: list[str]) -> int | None:
    """Where the column numbers begin, with at least one cell to their left; None without any."""
    for start in range(1, len(row)):
        if len(_column_numbers(row, start)) >= _NARROWEST_GRID:
            return start
    return None


def _column_numbers(row: list[str], start: int) -> list[int]:
    columns: list[int] = []
    for text in row[start:]:
        value = number(text)
        expected = columns[-1] + 1 if columns else value
        if value is None or value != expected or value not in range(1, _MOST_COLUMNS + 1):
            break
        columns.append(int(value))
    return columns


def _is_overfull(row: list[str], heading: list[str], start: int, end: int) -> bool:
    """Whether decimal commas were read as separators: numbers, or many cells, beyond the heading.

    A sound row has there a label (text, or a wavelength), notes that begin with a text or after an
    empty cell, or one empty cell. If a spreadsheet filled the heading up with empty cells, more
    numbers than half a row show it. A line whose cells contain fractions was not split.
    """
    unheaded = row[max(i for i, text in enumerate(heading) if text) + 1 :]
    if sum(number(text) is not None for text in unheaded) > max(1, end // 2):
        return True
    adjacent = row[end] if end < len(row) else ""
    headed = end < len(heading) and bool(heading[end])
    if adjacent and number(adjacent) is None:
        # A word such as OVRFLW is the reading of a well that was moved to the right.
        word = optical_density(adjacent)
        return not headed and word is not None and adjacent.isalpha()
    if adjacent and not headed and not _is_wavelength(adjacent):
        return True
    values = [number(text) for text in row[start:end]]
    if not adjacent and any(value is not None and value != int(value) for value in values):
        return False
    if _is_wavelength(adjacent) and not any(row[end + 1 :]):
        # A label, and empty cells behind it.
        return False
    beyond = [text for text in row[len(heading) :] if not text or number(text) is not None]
    labelled = [text for text in beyond if _is_wavelength(text)]
    return len(beyond) > 1 or (any(beyond) and not labelled)


def _is_wavelength(text: str) -> bool:
    """Whether a cell beside a line is the label of its wavelength; a reading (0.450) is none."""
    value = number(text)
    is_reading = value is not None and value != int(value)
    return is_wavelength_pair(text) or (wavelength_in(text) > 0 and not is_reading)
