"""The problems of a study as a person reads them: in order, each kind once, at the user's cell."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from coculture.exchange.problems import Problem
from coculture.study import archived, configuration
from coculture.study.study import Study
from coculture.study.table_files import TABLES, TREATMENTS, Place
from coculture.study.values import NAME, ValueTable, value_tables

MOST_ALIKE = 3
"""Up to this many problems that differ only in their row are listed one by one."""


def in_order(problems: list[Problem], study: Study) -> list[Problem]:
    """Config first, then table by table and row by row, each under the user's name for the file.

    A problem that many rows share is reported once.
    """
    problems = [one for one in problems if not _follows_from_open(one)]
    tables = study.config["tables"]
    names = {f"{table}.csv": tables[table] for table in (TREATMENTS, *TABLES)}
    of_values = value_tables(study.config)
    names[NAME] = of_values[0].name if len(of_values) == 1 else NAME
    problems = [_placed(one, study.places.get(one.file, {})) for one in problems]
    order = [str(study.path), str(archived.beside(study.path)), str(study.gates_file)]
    order += [*(one for one in names if one != NAME), NAME, *(one.name for one in of_values)]
    ordered = sorted(dict.fromkeys(problems), key=lambda one: (order.index(one.file), one.row or 0))
    alike = Counter((one.file, one.column, one.message) for one in ordered)
    reported = []
    for one in ordered:
        times = alike[one.file, one.column, one.message]
        if times > MOST_ALIKE:
            alike[one.file, one.column, one.message] = 0
            message = f"{one.message} The same applies to {times - 1} more rows."
            one = replace(one, message=message)
        if times:
            reported.append(replace(one, file=_shown(one.file, names, of_values)))
    return reported


def _shown(file: str, names: Mapping[str, str], of_values: Sequence[ValueTable]) -> str:
    """The name of the user's file; of a table of values as `ValueTable` has it."""
    if file in [one.name for one in of_values]:
        return file
    return Path(names.get(file) or file).name


def _follows_from_open(problem: Problem) -> bool:
    """Whether a problem says only what follows from a value of the config that is open."""
    return problem.value == configuration.OPEN and problem.message != configuration.STILL_OPEN


def _placed(problem: Problem, places: Mapping[int, Place]) -> Problem:
    """The problem with the sheet and cell of a table in a workbook."""
    place = places.get(problem.row) if problem.row is not None else None
    if place is None:
        return problem
    cell = place.cells.get(problem.column or "") or place.well
    file = place.file or problem.file
    return replace(problem, file=file, row=place.row, sheet=place.sheet, cell=cell)
