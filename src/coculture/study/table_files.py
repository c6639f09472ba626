"""Where the rows of the study's tables are written: CSV files, sheets of workbooks, plate maps.

A table is a CSV file or a workbook (.xlsx). In a workbook it is the sheet that has the table's
name; a workbook with a single sheet is read whatever its name is. Sheets whose name begins with
that of the table ("cultures E1", "elisa IL6-E1") are plate maps; their rows follow those of the
sheet. Sheets whose name begins with "note" are the user's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coculture.exchange.problems import Problem
from coculture.exchange.unicode_forms import on_disk
from coculture.exchange.vocabulary import nearest
from coculture.study import plate_maps
from coculture.study.plate_maps import (
    CultureMaps,
    MapError,
    MapRow,
    PlateMap,
    WellsOfCultures,
    elisa_rows,
)
from coculture.study.schema import Schema
from coculture.study.tables import FIRST_ROW, NO_HEADINGS, NOTE, Grid, grid
from coculture.study.workbook import Workbook, WorkbookError, address

TABLES = ("cultures", "flow", "elisa", "values", "clinical")
TREATMENTS = "treatments"
"""The table that gives the doses of the treatments that cultures name."""


@dataclass(frozen=True)
class Place:
    """Where a row of a table is.

    In a workbook: `row` as the sheet counts, and `well` empty; or the well of the plate of a map,
    and `row` None. `file` is the name of the file where a table consists of several.
    """

    sheet: str
    cells: Mapping[str, str]
    row: int | None = None
    well: str = ""
    plate: str = ""
    file: str = ""


@dataclass(frozen=True)
class TableRows:
    """The cells of a table, None if it cannot be read, with the places of its rows in a workbook.

    `places` is empty for a CSV file; `wells` are those of the cultures that maps give.
    """

    grid: Grid | None
    problems: tuple[Problem, ...] = ()
    places: Mapping[int, Place] = field(default_factory=dict)
    wells: WellsOfCultures = field(default_factory=WellsOfCultures)


def tables_in(path: Path) -> list[str]:
    """The tables that the workbook at `path` has as sheets or maps, the treatments last.

    Raises
    ------
    WorkbookError
        If the file is no workbook, has no sheet of a table, or a sheet that is neither.
    """
    book = Workbook.read(path)
    if book is None:
        there = "is no workbook (.xlsx)" if path.exists() else "is not there"
        raise WorkbookError(f"{there}; name a workbook, or each table with its file.")
    found: set[str] = set()
    for title in book.sheets:
        table = _table_of(title)
        if table:
            found.add(table)
        elif not title.strip().lower().startswith(NOTE):
            known = [*TABLES, TREATMENTS, *(f"{one} {{plate}}" for one in plate_maps.MAPPED)]
            raise WorkbookError(
                f'has a sheet "{title}", which is no table. {nearest(title, known)} Begin the name '
                f"of a sheet of your own with {NOTE}."
            )
    if "cultures" not in found:
        raise WorkbookError(
            'has no sheet "cultures", and no plate map of cultures ("cultures E1").'
        )
    return [table for table in (*TABLES, TREATMENTS) if table in found]


def _table_of(title: str) -> str | None:
    name = title.strip().lower()
    if name in (*TABLES, TREATMENTS):
        return name
    return next((one for one in plate_maps.MAPPED if plate_maps.plate_of(title, one)), None)


@dataclass(frozen=True)
class TableFiles:
    """The tables of one study.

    Parameters
    ----------
    folder
        The folder of the config.
    config
        The config with every default.
    """

    folder: Path
    config: Mapping[str, Any]

    def rows(
        self, table: str, rules: Schema, cultures: WellsOfCultures | None = None
    ) -> TableRows | None:
        """The rows of a table; None if the study has no such table.

        Parameters
        ----------
        rules
            The schema of its rows.
        cultures
            The wells of the maps of cultures, which labels of an ELISA map may name.
        """
        written = self.config["tables"][table]
        return None if written is None else self.rows_at(written, table, rules, cultures)

    def rows_at(
        self, written: str, table: str, rules: Schema, cultures: WellsOfCultures | None = None
    ) -> TableRows:
        """The rows of a table that the config has at the path `written`."""
        path, name = on_disk(self.folder / written), f"{table}.csv"
        try:
            book = Workbook.read(path)
            if book is None:
                found, problem = grid(path, name)
                return TableRows(found, (problem,) if problem else ())
            return self._of_book(book, table, rules, cultures or WellsOfCultures())
        except WorkbookError as error:
            return TableRows(None, (Problem(name, str(error)),))

    def _of_book(
        self, book: Workbook, table: str, rules: Schema, cultures: WellsOfCultures
    ) -> TableRows:
        maps = _maps_of(book, table)
        title = book.titled(table)
        if title is None and not maps:
            title = _other_sheet(book, table)
        heading: list[str] = []
        rows: list[list[str]] = []
        places: dict[int, Place] = {}
        if title is not None:
            heading, *rows = book.sheets[title]
            if not any(heading):
                problem = Problem(f"{table}.csv", NO_HEADINGS, 1, sheet=title)
                return TableRows(None, (problem,))
            places = {
                number: _place(title, number, heading) for number in range(1, len(rows) + FIRST_ROW)
            }
        drawn, problems = self._drawn(book, table, maps, rules, cultures)
        columns = dict.fromkeys(column for row in drawn for column in row.texts)
        heading = [*heading, *(column for column in columns if column not in heading)]
        for row in drawn:
            places[len(rows) + FIRST_ROW] = Place(row.sheet, row.cells, None, row.well, row.plate)
            rows.append([row.texts.get(column, "") for column in heading])
        if problems:
            return TableRows(None, tuple(problems), places)
        wells = WellsOfCultures.of(drawn) if table == "cultures" else WellsOfCultures()
        return TableRows(Grid(heading, rows, is_typed=True), (), places, wells)

    def _drawn(
        self,
        book: Workbook,
        table: str,
        maps: Mapping[str, str],
        rules: Schema,
        cultures: WellsOfCultures,
    ) -> tuple[list[MapRow], list[Problem]]:
        """The rows that the maps of a table give, and what is wrong with the maps."""
        if not maps:
            return [], []
        has_treatments = self.config["tables"][TREATMENTS] is not None
        of_cultures = CultureMaps(rules, self.config["factors"], has_treatments)
        pg_per_unit = self.config["elisa"]["pg_per_unit"]
        rows: list[MapRow] = []
        problems: list[Problem] = []
        for title, plates in maps.items():
            try:
                for drawn in PlateMap.of(title, plates, book.sheets[title]):
                    if table == "cultures":
                        rows += of_cultures.rows(drawn)
                    else:
                        rows += elisa_rows(drawn, cultures, pg_per_unit)
            except MapError as error:
                problem = Problem(f"{table}.csv", str(error), sheet=title, cell=error.cell)
                problems.append(problem)
        return rows, problems


def _maps_of(book: Workbook, table: str) -> dict[str, str]:
    """The titles of the sheets that are maps of a table, each with the name of its plates."""
    if table not in plate_maps.MAPPED:
        return {}
    plates = {title: plate_maps.plate_of(title, table) for title in book.sheets}
    return {title: plate for title, plate in plates.items() if plate}


def _other_sheet(book: Workbook, table: str) -> str:
    """The sheet of a workbook in which none has the table's name."""
    others = [title for title in book.sheets if not title.strip().lower().startswith(NOTE)]
    if any(_table_of(title) for title in others):
        raise WorkbookError(f'has no sheet "{table}"; it has {", ".join(others)}.')
    return Workbook({title: book.sheets[title] for title in others}).only()


def _place(title: str, number: int, heading: Sequence[str]) -> Place:
    cells = {name: address(number - 1, column) for column, name in enumerate(heading) if name}
    return Place(title, cells, number)
