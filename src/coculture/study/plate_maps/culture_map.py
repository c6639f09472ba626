"""A plate of cultures: grids of cells, stroma, doses ..., each named like its column.

A value that all wells share is written once, outside the grids. A well is used if any grid has a
text in it. Wells that are equal in everything are replicates, in reading order.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coculture.exchange.vocabulary import nearest
from coculture.study import treatments
from coculture.study.numbers import finite_number
from coculture.study.plate_maps.map_row import MapRow
from coculture.study.plate_maps.map_sheet import MapError, PlateMap, WellGrid, Written, plain
from coculture.study.schema import Schema

_OWN = ("culture", "replicate", "file", "viable_cells_per_ml")
"""Columns of a well of its own: replicates differ in them."""


@dataclass(frozen=True)
class CultureMaps:
    """What the maps of cultures of one study have in common.

    Parameters
    ----------
    rules
        The schema of the rows of cultures.csv.
    factors
        The factors of the config.
    has_treatments
        Whether a table gives the doses of treatments, so that wells may name theirs.
    """

    rules: Schema
    factors: Sequence[Mapping[str, Any]]
    has_treatments: bool = False
    _replicates: Counter[tuple[tuple[str, str], ...]] = field(default_factory=Counter)

    def rows(self, drawn: PlateMap) -> Iterator[MapRow]:
        """The rows of cultures.csv that a map gives; without a grid of names E1-B3, by its plate.

        The experiment is that of the line `experiment`, else the name of the plate. Replicates are
        counted on from one map to the next.

        Raises
        ------
        MapError
            If a grid or a line has no known name, or a name is given twice.
        """
        names = self._names()
        shared = _shared(drawn, names)
        grids = _grids(drawn, names, shared)
        if not any(cell.text for grid in grids.values() for cell in grid.wells.values()):
            raise MapError("is empty; write what is in each well.", drawn.grids[0].cell)
        for well in dict.fromkeys(well for grid in grids.values() for well in grid.wells):
            own = {column: grid.wells[well] for column, grid in grids.items() if well in grid.wells}
            if not any(written.text for written in own.values()):
                continue
            of_well = {**shared, **own}
            texts = {column: written.text for column, written in of_well.items()}
            texts.setdefault("experiment", drawn.plate)
            texts.setdefault("culture", f"{drawn.plate}-{well}")
            if "replicate" not in texts:
                texts["replicate"] = self._next(texts)
            cells = {column: written.cell for column, written in of_well.items()}
            yield MapRow(drawn.sheet, drawn.plate, well, texts, cells)

    def _names(self) -> dict[str, str]:
        """Plain name -> column; a factor is known by its column and by its name."""
        by_factor = {plain(factor["name"]): str(factor["column"]) for factor in self.factors}
        if self.has_treatments:
            by_factor[treatments.COLUMN] = treatments.COLUMN
        return by_factor | {plain(column): column for column in self.rules["properties"]}

    def _next(self, texts: Mapping[str, str]) -> str:
        """The number of the next replicate of an arm."""
        arm = tuple(sorted((name, _same(text)) for name, text in texts.items() if name not in _OWN))
        self._replicates[arm] += 1
        return str(self._replicates[arm])


def _same(text: str) -> str:
    """One text for all ways in which a number is written."""
    value = finite_number(text)
    return text if value is None else repr(value)


def _shared(drawn: PlateMap, names: Mapping[str, str]) -> dict[str, Written]:
    found = {}
    for name, written in drawn.stated.items():
        column = names.get(name)
        if column is None:
            raise MapError(
                f'"{name}" is no column of cultures. {nearest(name, list(names))} Begin a line '
                "with text of your own with the word note.",
                written.cell,
            )
        found[column] = written
    return found


def _grids(
    drawn: PlateMap, names: Mapping[str, str], shared: Mapping[str, Written]
) -> dict[str, WellGrid]:
    found: dict[str, WellGrid] = {}
    for grid in drawn.grids:
        if not grid.name:
            raise MapError(
                "the grid has no name. Write into its upper left cell which column it holds: "
                f"{', '.join(dict.fromkeys(names.values()))}.",
                grid.cell,
            )
        column = names.get(plain(grid.name))
        if column is None:
            raise MapError(
                f'a grid is named "{grid.name}", which is no column of cultures. '
                f"{nearest(plain(grid.name), list(names))}",
                grid.cell,
            )
        if column in found or column in shared:
            first = found[column].cell if column in found else shared[column].cell
            raise MapError(f"{column} is given twice, first in {first}.", grid.cell)
        found[column] = grid
    return found
