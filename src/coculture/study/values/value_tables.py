"""The tables of finished numbers that a config names, read into one."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from coculture.exchange.problems import Problem
from coculture.exchange.vocabulary import nearest
from coculture.study import configuration
from coculture.study.table_files import Place, TableRows
from coculture.study.tables import FIRST_ROW, Grid
from coculture.study.values.matching import file_name
from coculture.study.values.reading import COLUMNS, named_columns, read

_SETTINGS = "values"


@dataclass(frozen=True)
class ValueTable:
    """A table of finished numbers.

    Attributes
    ----------
    written
        Its path as the config has it.
    name
        What messages and results call it: the name of the file, or its path where two have it.
    experiment
        The experiment of all of its rows; empty where the rows say theirs.
    """

    written: str
    name: str
    experiment: str = ""


def value_tables(config: Mapping[str, Any]) -> list[ValueTable]:
    """The tables of finished numbers that a config names; none if it names none."""
    written = config["tables"]["values"] or []
    entries = [written] if isinstance(written, str) else written
    named = [{"file": one} if isinstance(one, str) else one for one in entries]
    times = Counter(Path(one["file"]).name for one in named)
    return [
        ValueTable(
            one["file"],
            name if times[name := Path(one["file"]).name] == 1 else one["file"],
            one.get("experiment", ""),
        )
        for one in named
    ]


@dataclass(frozen=True)
class ReadValues:
    """All finished numbers, the places of their rows, and what is wrong with the tables."""

    frame: pd.DataFrame
    places: Mapping[int, Place]
    problems: list[Problem]


def read_values(
    path: Path, config: Mapping[str, Any], rows_of: Callable[[str], TableRows]
) -> ReadValues:
    """Read the tables of finished numbers that the config at `path` names.

    The rows of the second table are counted on from those of the first, so that each has a number
    of its own; `places` has the file and the row of each.

    Parameters
    ----------
    rows_of
        The cells of the table at a path that the config has.
    """
    named = value_tables(config)
    settings = config[_SETTINGS]
    frames: list[pd.DataFrame] = []
    places: dict[int, Place] = {}
    problems: list[Problem] = []
    headings: list[str] = []
    names: set[str] = set()
    above = 0
    for table in named:
        written = rows_of(table.written)
        found, faults = _with_experiment(written.grid, table, str(path), named)
        problems += [replace(one, file=table.name) for one in written.problems]
        if found is None:
            continue
        headings += found.heading
        names |= {one for one in _names_in(found) if one}
        found = _without_files(found, settings["files_not_used"])
        not_used = [one for one in settings["columns_not_used"] if one in found.heading]
        frame, more = read(found, not_used)
        last = len(found.rows) + FIRST_ROW
        of_rows = {row: written.places.get(row, Place("", {}, row)) for row in range(1, last)}
        places |= {above + row: replace(one, file=table.name) for row, one in of_rows.items()}
        problems += faults
        problems += [_counted_on(one, above, table) for one in more]
        frame = frame.assign(table=table.name, row=frame.index.astype(str))
        frames.append(frame.set_axis(frame.index + above))
        above += last
    problems += _unknown(path, "columns_not_used", settings, headings, _NO_COLUMN)
    known = [file_name(one) for one in names]
    problems += _unknown(path, "files_not_used", settings, known, _NO_FILE)
    empty = pd.DataFrame(columns=list(COLUMNS))
    return ReadValues(pd.concat(frames) if frames else empty, places, problems)


_NO_COLUMN = "no table of values has this column."
_NO_FILE = "no table of values has this file, tube or well."


def _counted_on(problem: Problem, above: int, table: ValueTable) -> Problem:
    if problem.row is None:
        return replace(problem, file=table.name)
    return replace(problem, row=problem.row + above)


def _with_experiment(
    found: Grid | None, table: ValueTable, config: str, named: Sequence[ValueTable]
) -> tuple[Grid | None, list[Problem]]:
    """The table with the experiment that the config gives all of its rows."""
    if found is None or not table.experiment:
        return found, []
    if "experiment" in found.heading:
        key = ("tables", "values", named.index(table), "experiment")
        message = f"{table.name} has a column experiment, too; write it in one place."
        line = configuration.line_of(Path(config), key)
        return found, [Problem(config, message, line, "tables.values", table.experiment)]
    return found.with_columns({"experiment": [table.experiment] * len(found.rows)}), []


def _names_in(found: Grid) -> list[str]:
    """What the rows are called: the cells of the columns culture and file."""
    return [cell for place in _name_places(found) for cell in _cells(found, place)]


def _name_places(found: Grid) -> list[int]:
    named = named_columns(found.heading)
    return [place for place, one in enumerate(named) if one in ("culture", "file")]


def _cells(found: Grid, place: int) -> list[str]:
    return [cells[place] if place < len(cells) else "" for cells in found.rows]


def _without_files(found: Grid, not_used: Mapping[str, str]) -> Grid:
    """The table with the reasons of the config in its column `exclude`."""
    reasons = {file_name(name): reason for name, reason in not_used.items()}
    if not reasons:
        return found
    given = [""] * len(found.rows)
    for place in _name_places(found):
        names = map(file_name, _cells(found, place))
        given = [one or reasons.get(name, "") for one, name in zip(given, names, strict=True)]
    if "exclude" in found.heading:
        own = _cells(found, found.heading.index("exclude"))
        given = [one or other for one, other in zip(own, given, strict=True)]
        found = found.without_column("exclude")
    return found.with_columns({"exclude": given})


def _unknown(
    path: Path, key: str, settings: Mapping[str, Any], known: Sequence[str], message: str
) -> list[Problem]:
    """Entries of the config that no table has, if any table could be read."""
    given = {one: file_name(one) if key == "files_not_used" else one for one in settings[key]}
    present = list(dict.fromkeys(one for one in known if one))
    return [
        Problem(
            str(path),
            f"{message} {nearest(name, present)}",
            configuration.line_of(path, (_SETTINGS, key)),
            f"{_SETTINGS}.{key}",
            one,
        )
        for one, name in given.items()
        if present and name not in present
    ]
