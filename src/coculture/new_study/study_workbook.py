"""The workbook of a new study: filled cells with their source as a comment, open ones coloured."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from coculture.new_study.known import OPEN, Known
from coculture.study.workbook import Rows

_OPEN = PatternFill("solid", fgColor="FFF2CC")
"""The colour of a cell that has to be filled in."""
_GUESS = PatternFill("solid", fgColor="DEEBF7")
"""The colour of a cell that was guessed."""
_AUTHOR = "coculture"
_WIDEST = 44
_DROPPED_DOWN = 2000
"""Rows that the lists of choices reach."""


@dataclass(frozen=True)
class RowSheet:
    """A sheet with a heading and rows.

    Attributes
    ----------
    needed
        Columns whose empty cells are coloured.
    choices
        Column -> the words that its cells may have.
    key
        The columns that tell one row from another.
    added_later
        Columns that a sheet gets, too, which was written without them; their empty cells are
        filled in.
    """

    title: str
    heading: Sequence[str]
    rows: Sequence[Mapping[str, Known]]
    key: Sequence[str]
    needed: Sequence[str] = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    added_later: Sequence[str] = ()


@dataclass(frozen=True)
class GridSheet:
    """A sheet in the shape of a plate; `open_cells` are to be filled in.

    `is_empty`: whether nothing is known of any well.
    """

    title: str
    rows: Rows
    open_cells: Sequence[str] = ()
    is_empty: bool = False


@dataclass(frozen=True)
class Added:
    """What a workbook got.

    Attributes
    ----------
    rows
        Title -> the number of rows that were added to a table.
    maps, empty_maps
        The titles of new plate maps.
    has_cultures
        Whether the workbook has rows or maps of cultures, new ones or old.
    """

    rows: Mapping[str, int]
    maps: list[str]
    empty_maps: list[str]
    has_cultures: bool

    def __bool__(self) -> bool:
        return bool(self.rows or self.maps or self.empty_maps)


def write(path: Path, sheets: Iterable[RowSheet | GridSheet]) -> Added:
    """Write the workbook, or add to one that is there; no cell with a text is changed."""
    is_new = not path.exists()
    book = openpyxl.Workbook() if is_new else openpyxl.load_workbook(path)
    if is_new:
        book.remove(book.worksheets[0])
    added: dict[str, int] = {}
    maps: list[str] = []
    empty_maps: list[str] = []
    for sheet in sheets:
        if isinstance(sheet, GridSheet):
            if sheet.title not in book.sheetnames:
                _write_grid(book.create_sheet(sheet.title), sheet)
                (empty_maps if sheet.is_empty else maps).append(sheet.title)
            continue
        if sheet.title not in book.sheetnames:
            _write_heading(book.create_sheet(sheet.title), sheet)
        count = _append(book[sheet.title], sheet)
        if count:
            added[sheet.title] = count
    book.save(path)
    has_cultures = any(title.strip().lower().startswith("cultures") for title in book.sheetnames)
    return Added(added, maps, empty_maps, has_cultures)


def _write_heading(page: Worksheet, sheet: RowSheet) -> None:
    for column, name in enumerate(sheet.heading, 1):
        page.cell(1, column, name).font = Font(bold=True)
        letter = get_column_letter(column)
        longest = max((len(row[name].text) for row in sheet.rows if name in row), default=0)
        page.column_dimensions[letter].width = min(_WIDEST, max(len(name), longest) + 3)
        words = sheet.choices.get(name)
        if words:
            listed = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True)
            listed.add(f"{letter}2:{letter}{_DROPPED_DOWN}")
            page.add_data_validation(listed)
    page.freeze_panes = "A2"


def _append(page: Worksheet, sheet: RowSheet) -> int:
    heading = [str(cell.value or "") for cell in page[1]]
    for name in sheet.added_later:
        if name not in heading:
            heading.append(name)
            page.cell(1, len(heading), name).font = Font(bold=True)
    places = {name: column for column, name in enumerate(heading, 1) if name}
    last = page.max_row
    known = {
        tuple(
            _text(page.cell(row, places[name]).value) for name in sheet.key if name in places
        ): row
        for row in range(2, last + 1)
    }
    added = 0
    for row in sheet.rows:
        key = tuple(row[name].text if name in row else "" for name in sheet.key if name in places)
        if key in known:
            for name in sheet.added_later:
                if name in row and page.cell(known[key], places[name]).value is None:
                    _fill(page, known[key], places[name], row[name], is_needed=False)
            continue
        number = last + added + 1
        known[key] = number
        for name, column in places.items():
            _fill(page, number, column, row.get(name), is_needed=name in sheet.needed)
        added += 1
    return added


def _fill(page: Worksheet, row: int, column: int, known: Known | None, *, is_needed: bool) -> None:
    cell = page.cell(row, column)
    if not known:
        if is_needed or known is OPEN:
            cell.fill = _OPEN
        if known is OPEN:
            cell.comment = Comment(OPEN.source, _AUTHOR)
        return
    cell.value = _value(known.text)
    if known.is_guess:
        cell.fill = _GUESS
    if known.source:
        cell.comment = Comment(known.source, _AUTHOR)


def _write_grid(page: Worksheet, sheet: GridSheet) -> None:
    for number, row in enumerate(sheet.rows, 1):
        for column, text in enumerate(row, 1):
            if text:
                page.cell(number, column, _value(text))
    for address in sheet.open_cells:
        page[address].fill = _OPEN
    page.column_dimensions["A"].width = 16


def _value(text: str) -> str | int | float:
    """Numbers as numbers, so that a spreadsheet can compute with them."""
    try:
        return int(text) if text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        return text


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
