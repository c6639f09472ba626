"""Plate maps that the person already has, in a workbook of their own, as sheets of the study."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl.utils.cell import coordinate_to_tuple

from coculture.elisa import PlateError
from coculture.elisa.plates.label_grid import parse_label
from coculture.new_study.exports import ExportedPlate, analyte_in
from coculture.new_study.sheet_titles import names_fit, sheet_title
from coculture.study import treatments
from coculture.study.plate_maps import MAPPED, MapError, PlateMap, plate_of
from coculture.study.plate_maps.elisa_map import CULTURES
from coculture.study.plate_maps.map_sheet import PLATES
from coculture.study.workbook import Rows, Workbook

ANALYTE = "analyte"
_ROLES = ("standard", "blank", "control", "anchor")
"""What only the map of an ELISA plate has."""


@dataclass(frozen=True)
class OwnMap:
    """A sheet of the study: its title and rows, and what was added to the person's own."""

    table: str
    title: str
    rows: Rows
    added: tuple[str, ...]
    drawn: PlateMap

    @property
    def homes(self) -> list[str]:
        """The experiments whose cultures an ELISA map names without them."""
        lines = (row for row in self.rows if row and row[0].strip().lower() == CULTURES)
        return [one.strip() for row in lines for one in row[1].split(",") if one.strip()]

    def texts_of(self, name: str) -> list[str]:
        """The different texts in the grid of a name, in reading order."""
        found = [one for one in self.drawn.grids if one.name == name]
        return list(dict.fromkeys(w.text for one in found for w in one.wells.values() if w.text))


def maps_in(
    path: Path,
    experiments: Sequence[str],
    plates: Sequence[ExportedPlate],
    written: Callable[[Path], str],
) -> tuple[list[OwnMap], list[str]]:
    """The maps of a workbook, and the titles of its sheets that are none.

    Parameters
    ----------
    experiments
        The names of the experiments: a single map of cultures is that of all of them.
    plates
        The plates of the exports: likewise for ELISA.
    written
        The path of an export as the workbook of the study has it.

    Raises
    ------
    WorkbookError
        If the workbook cannot be read.
    """
    book = Workbook.read(path)
    sheets = dict(book.sheets) if book else {}
    drawn: dict[str, PlateMap] = {}
    others = []
    for title, rows in sheets.items():
        try:
            drawn[title] = PlateMap.of(title, title, rows)[0]
        except MapError:
            others.append(title)
    kinds = {title: _table_of(title, one) for title, one in drawn.items()}
    found = []
    for table, names in (
        ("cultures", list(experiments)),
        ("elisa", [plate.name for plate in plates]),
    ):
        titles = [title for title, kind in kinds.items() if kind == table]
        for place, title in enumerate(titles):
            own = _plates(title, table, place, titles, names)
            lines = _lines(table, own, drawn[title], plates, written)
            if table == "elisa" and CULTURES not in drawn[title].stated:
                lines += _home(own, experiments)
            if table == "elisa" and ANALYTE not in drawn[title].stated:
                lines += _analyte(own)
            found.append(_own(table, own, sheets[title], drawn[title], lines))
    return found, others


def _table_of(title: str, drawn: PlateMap) -> str:
    """cultures or elisa, by the title or by labels of standards and blanks."""
    for table in MAPPED:
        if plate_of(title, table):
            return table
    labels = {w.text for grid in drawn.grids for w in grid.wells.values() if w.text}
    for label in labels:
        try:
            if parse_label(label)["role"] in _ROLES:
                return "elisa"
        except PlateError:
            continue
    return "cultures"


def _plates(
    title: str, table: str, place: int, titles: Sequence[str], names: Sequence[str]
) -> list[str]:
    """The plates that a map is of: those that its title names, all, or the one at its place."""
    stated = plate_of(title, table) or title
    named = [name for name in names if name.lower() in stated.lower()]
    if named:
        return named
    if len(titles) == 1 and names:
        return list(names)
    return [names[place]] if len(titles) == len(names) else [stated]


def _lines(
    table: str,
    names: Sequence[str],
    drawn: PlateMap,
    plates: Sequence[ExportedPlate],
    written: Callable[[Path], str],
) -> list[list[str]]:
    """Lines that the map lacks: which plates it is of, and their exports."""
    lines = []
    is_named = len(names) == 1 and names_fit(table, names)
    if not is_named and PLATES not in drawn.stated:
        lines.append([PLATES, ", ".join(names)])
    if table == "elisa" and "file" not in drawn.stated:
        by_name = {plate.name: plate for plate in plates}
        known = [by_name[name] for name in names if name in by_name]
        lines.append(["file", ", ".join(written(plate.path) for plate in known)])
        if any(plate.in_file for plate in known):
            lines.append(["plate_in_file", ", ".join(plate.in_file for plate in known)])
    return lines


def _home(names: Sequence[str], experiments: Sequence[str]) -> list[list[str]]:
    """The line that says of which experiment each plate's cultures are, by the plates' names."""
    found = []
    for name in names:
        parts = {part.lower() for part in re.split(r"[\s_.-]+", name)}
        found += [one for one in experiments if one.lower() in parts][:1]
    return [[CULTURES, ", ".join(found)]] if len(found) == len(names) else []


def _analyte(names: Sequence[str]) -> list[list[str]]:
    """The line with the analyte, if the names of all plates of a map say it."""
    found = [analyte_in(name) for name in names]
    return [[ANALYTE, ", ".join(found)]] if all(found) else []


def _own(
    table: str, names: Sequence[str], rows: Rows, drawn: PlateMap, lines: list[list[str]]
) -> OwnMap:
    title = sheet_title(table, names)
    unnamed = [grid for grid in drawn.grids if not grid.name] if table == "cultures" else []
    rows = [list(row) for row in rows]
    if len(unnamed) == 1:
        # Labels that a person writes into a grid of cultures are what was done to them.
        column, row = coordinate_to_tuple(unnamed[0].cell)[::-1]
        rows[row - 1][column - 1] = treatments.COLUMN
        drawn = PlateMap.of(drawn.sheet, drawn.plate, rows)[0]
    return OwnMap(table, title, [*lines, [], *rows], tuple(line[0] for line in lines), drawn)
