"""Tables of finished numbers: the names of their samples, and what their columns hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coculture.exchange import units
from coculture.new_study.name_pattern import FIELDS
from coculture.new_study.tube_roles import control_in
from coculture.study.numbers import finite_number
from coculture.study.schema import schema
from coculture.study.table_files import TableFiles
from coculture.study.tables import FIRST_ROW, Grid
from coculture.study.values import flowjo
from coculture.study.values.reading import LABELS, named_columns, read

_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")


@dataclass(frozen=True)
class Sample:
    """A culture as a table of finished numbers names it.

    Attributes
    ----------
    name
        As the table has it.
    names_culture
        Whether the table calls it a culture, so that it has to keep this name.
    experiment
        That of the table's column; empty without one.
    said
        Fields of a culture (cells, treatment), each with what a column of that name says of it.
    """

    name: str
    names_culture: bool
    experiment: str
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Measured:
    """An endpoint of a table; `is_count` if it is the count that a percent is a part of."""

    name: str
    unit: str
    is_count: bool


@dataclass(frozen=True)
class NumberTable:
    """One table of finished numbers.

    Attributes
    ----------
    controls
        Name of a sample that is no culture -> the word in it that says so.
    not_used
        The headings of columns that hold no measurement.
    problems
        What is wrong with the table.
    """

    path: Path
    samples: tuple[Sample, ...]
    controls: Mapping[str, str]
    endpoints: tuple[Measured, ...]
    values: int
    not_used: tuple[str, ...]
    problems: tuple[str, ...]


def tables_at(paths: Iterable[Path], other_than: Path | None) -> list[Path]:
    """The files that are tables: those that are named, and those in folders that are."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [
            one
            for one in inside
            if one == path
            or (
                one.is_file()
                and one.suffix.lower() in _ENDINGS
                and not one.name.startswith((".", "~$"))
            )
        ]
    others = None if other_than is None else other_than.resolve()
    return [one for one in dict.fromkeys(found) if one.resolve() != others]


def number_table(path: Path) -> NumberTable:
    """Read the table at `path`."""
    written = TableFiles(path.parent, {}).rows_at(path.name, "values", schema("values.table"))
    if written.grid is None:
        faults = tuple(str(replace(one, file=path.name)) for one in written.problems)
        return NumberTable(path, (), {}, (), 0, (), faults)
    found = replace(written.grid, heading=named_columns(written.grid.heading))
    fields = {one.lower(): one for one in found.heading if one.lower() in FIELDS}
    fields.pop("experiment", None)
    not_used = [*fields.values(), *_without_numbers(found)]
    frame, problems = read(found, not_used)
    used = frame[frame["exclude"] == ""]
    samples: dict[Sample, None] = {}
    controls: dict[str, str] = {}
    of_controls: set[int] = set()
    for row, culture, file, experiment in used[["culture", "file", "experiment"]].itertuples():
        name = culture or file
        if not culture and (word := control_in(name)):
            controls[name] = word
            of_controls.add(int(row))
        elif name:
            said = [(one, _cell(found, row, heading)) for one, heading in fields.items()]
            samples[Sample(name, bool(culture), experiment, tuple(said))] = None
    return NumberTable(
        path,
        tuple(samples),
        controls,
        tuple(_endpoints(found, used[["endpoint", "unit"]].drop_duplicates().to_numpy())),
        len(used),
        tuple(not_used),
        tuple(str(replace(one, file=path.name)) for one in problems if one.row not in of_controls),
    )


def _cell(found: Grid, row: int, heading: str) -> str:
    cells, place = found.rows[row - FIRST_ROW], found.heading.index(heading)
    return cells[place] if place < len(cells) else ""


def _without_numbers(found: Grid) -> list[str]:
    """The columns without a unit in which no cell is a number, such as a comment or a date."""
    names = []
    for place, heading in enumerate(found.heading):
        is_known = heading in LABELS or heading.lower() in FIELDS or not heading
        if is_known or flowjo.of_heading(heading) or units.of_heading(heading):
            continue
        if {"endpoint", "value"} & set(found.heading):
            continue
        cells = [one[place] for one in found.rows if len(one) > place and one[place]]
        if cells and not any(finite_number(one) is not None for one in cells):
            names.append(heading)
    return names


def _endpoints(found: Grid, named: Iterable[Sequence[str]]) -> Iterable[Measured]:
    counts = {flowjo.count_heading(one, found.heading) for one in found.heading}
    behind = {
        statistic.endpoint
        for one in counts
        if one is not None and (statistic := flowjo.of_heading(one)) is not None
    }
    for endpoint, unit in named:
        yield Measured(str(endpoint), str(unit), str(endpoint) in behind)
