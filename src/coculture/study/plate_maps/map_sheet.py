"""One sheet as a plate map: what is stated for the whole plate, and the grids of its wells.

experiment | E1
hours      | 48
dex_nM     | 1 | 2    | 3
A          | 0 | 1000 | 1000
B          | 0 | 1000 | 1000
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from coculture.exchange.problems import CocultureError
from coculture.study.workbook import Rows, address

PLATES = "plates"
"""The line that names the plates, where the title of the sheet does not."""
LETTERS = "ABCDEFGHIJKLMNOP"
_FEWEST_COLUMNS = 2
_KEY = re.compile(r"(?P<key>[^:]+?)\s*:\s*(?P<value>.*)", re.DOTALL)
_NOTE = re.compile(r"notes?\b", re.IGNORECASE)
Cell = tuple[int, int]


class MapError(CocultureError):
    """A sheet is no plate map.

    The message is a whole sentence without the name of the sheet; `cell` is the address of the cell
    that it is about, if there is one.
    """

    def __init__(self, message: str, cell: str = "") -> None:
        self.cell = cell
        super().__init__(message)


@dataclass(frozen=True)
class Written:
    """A text, and the address of its cell."""

    text: str
    cell: str


@dataclass(frozen=True)
class WellGrid:
    """A grid of wells: its name, the address of the cell with its first number, and its wells.

    Wells are in reading order; empty ones are among them.
    """

    name: str
    cell: str
    wells: Mapping[str, Written]


@dataclass(frozen=True)
class PlateMap:
    """A sheet that is a plate map.

    Attributes
    ----------
    sheet, plate
        The sheet's title, and the part of it that names the plate.
    stated
        What is written for the whole plate, by its plain name (`plain`).
    """

    sheet: str
    plate: str
    stated: Mapping[str, Written]
    grids: tuple[WellGrid, ...]

    @classmethod
    def of(cls, sheet: str, plates: str, rows: Rows) -> "list[PlateMap]":
        """The maps in the rows of a sheet: one for each plate that has this layout.

        Parameters
        ----------
        plates
            The name of the plate, or several with commas between them.

        With several plates a value that has as many parts between commas gives each plate its own,
        and `{plate}` in a value is the name of the plate.

        Raises
        ------
        MapError
            If it has no grid, a grid is damaged, or something is stated twice.
        """
        taken: set[Cell] = set()
        grids = [
            _grid(rows, row, column, taken)
            for row, cells in enumerate(rows)
            for column in _starts(rows, row, cells)
        ]
        if not grids:
            raise MapError(
                "has no grid of wells: a row with 1, 2, 3 ... and below it rows that begin with "
                "A, B, C ..."
            )
        stated = _stated(rows, taken)
        names = _parts(stated.pop(PLATES).text if PLATES in stated else plates)
        return [
            cls(sheet, name, _of_plate(stated, number, names), tuple(grids))
            for number, name in enumerate(names)
        ]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _of_plate(
    stated: Mapping[str, Written], number: int, names: Sequence[str]
) -> dict[str, Written]:
    """What is written for one of several plates."""
    found = {}
    for key, written in stated.items():
        parts = _parts(written.text)
        own = parts[number] if 1 < len(names) == len(parts) else written.text
        found[key] = replace(written, text=own.replace("{plate}", names[number]))
    return found


def plate_of(title: str, table: str) -> str:
    """The plate of which a sheet is a map of the table, by its title; empty if it is no such map.

    >>> plate_of("cultures E1", "cultures"), plate_of("cultures", "cultures")
    ('E1', '')
    """
    match = re.fullmatch(rf"{table}[\s_-]+(?P<plate>.+)", title.strip(), re.IGNORECASE)
    return match["plate"] if match else ""


def plain(name: str) -> str:
    """A name without the unit in its brackets, in lower case and without spaces.

    >>> plain("DEX (nM)"), plain("Plate in file")
    ('dex', 'plate_in_file')
    """
    return re.sub(r"[\s-]+", "_", re.sub(r"\(.*?\)", "", name).strip(" :<>").lower())


def _starts(rows: Rows, row: int, cells: list[str]) -> Iterator[int]:
    """The columns in which a heading 1, 2, 3 ... begins, above a row that begins with A."""
    for column in range(1, len(cells)):
        is_heading = _width(cells, column) >= _FEWEST_COLUMNS
        if is_heading and _letter(rows, row + 1, column - 1) == "A":
            yield column


def _width(cells: list[str], column: int) -> int:
    width = 0
    while column + width < len(cells) and cells[column + width] in (
        str(width + 1),
        f"{width + 1:02d}",
    ):
        width += 1
    return width


def _letter(rows: Rows, row: int, column: int) -> str:
    mark = rows[row][column].upper() if row < len(rows) and column < len(rows[row]) else ""
    return mark if mark and mark in LETTERS else ""


def _grid(rows: Rows, top: int, left: int, taken: set[Cell]) -> WellGrid:
    width = _width(rows[top], left)
    wells: dict[str, Written] = {}
    row = top + 1
    while letter := _letter(rows, row, left - 1):
        if letter != LETTERS[row - top - 1]:
            raise MapError(
                f"row {letter} of the plate is below row {LETTERS[row - top - 2]}; write the rows "
                "in order, and leave the cells of unused wells empty.",
                address(row, left - 1),
            )
        for number in range(1, width + 1):
            column = left + number - 1
            text = rows[row][column] if column < len(rows[row]) else ""
            wells[f"{letter}{number}"] = Written(text, address(row, column))
        taken |= {(row, column) for column in range(left - 1, left + width)}
        row += 1
    taken |= {(top, column) for column in range(left - 1, left + width)}
    return WellGrid(_name(rows, top, left, taken), address(top, left - 1), wells)


def _name(rows: Rows, top: int, left: int, taken: set[Cell]) -> str:
    """The text in the upper left cell, or the only one in the line above; it is taken."""
    if rows[top][left - 1]:
        return rows[top][left - 1]
    above = [(top - 1, column) for column, text in enumerate(rows[top - 1]) if text] if top else []
    if len(above) != 1 or above[0] in taken:
        return ""
    taken.add(above[0])
    return rows[top - 1][above[0][1]]


def _stated(rows: Rows, taken: set[Cell]) -> dict[str, Written]:
    """Names with their values outside the grids; a line with one text alone is a title."""
    found: dict[str, Written] = {}
    for row, cells in enumerate(rows):
        texts = [(c, text) for c, text in enumerate(cells) if text and (row, c) not in taken]
        if not texts or _NOTE.match(texts[0][1]):
            continue
        column, key = texts[0]
        if len(texts) > 2:
            raise MapError(
                f'the line has more than a name and its value ("{texts[2][1]}"). Begin a line with '
                "text of your own with the word note.",
                address(row, texts[2][0]),
            )
        if len(texts) == 2:
            column, value = texts[1]
        else:
            match = _KEY.fullmatch(key)
            if not match:
                continue
            key, value = match["key"], match["value"]
        name = plain(key)
        if name in found:
            raise MapError(
                f"{key} is written twice, first in {found[name].cell}.", address(row, column)
            )
        found[name] = Written(value, address(row, column))
    return found
