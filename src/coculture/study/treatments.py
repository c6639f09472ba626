"""The table of treatments: the doses of each treatment once, for cultures that name theirs.

Where a study has it, cultures.csv has a column `treatment` in place of one for each factor.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from coculture.exchange.problems import Problem
from coculture.exchange.vocabulary import nearest
from coculture.study.schema import Schema
from coculture.study.tables import FIRST_ROW, Grid, typed

NAME = "treatments.csv"
COLUMN = "treatment"
"""The column that names a treatment, in both tables."""


def checked(found: Grid, rules: Schema, notes: Sequence[str]) -> list[Problem]:
    """What is wrong with the table of treatments itself."""
    table, problems = typed(found, NAME, rules, notes)
    names = table[COLUMN].dropna()
    doubled = names[names.duplicated()]
    return problems + [
        Problem(NAME, "this treatment is listed twice; delete one row.", int(row), COLUMN, name)
        for row, name in zip(doubled.index, doubled, strict=True)
    ]


def with_doses(
    cultures: Grid, treatments: Grid, factors: Sequence[Mapping[str, Any]]
) -> tuple[Grid, list[Problem]]:
    """The cultures with a column for each factor, by the treatment that each names.

    Returns
    -------
    The cells of cultures.csv without the column `treatment`, and treatments that are not known. A
    table of cultures that has no such column is returned as it is.
    """
    if COLUMN not in cultures.heading:
        return cultures, []
    columns = [str(factor["column"]) for factor in factors]
    twice = [column for column in columns if column in cultures.heading]
    if twice:
        message = (
            f"the dose is given here and in the table of treatments; delete {twice[0]}, or the "
            f"column {COLUMN}."
        )
        return cultures, [Problem("cultures.csv", message, 1, twice[0])]
    doses = _doses(treatments, columns)
    place = cultures.heading.index(COLUMN)
    names = [cells[place] if place < len(cells) else "" for cells in cultures.rows]
    problems = [
        Problem(
            "cultures.csv",
            f"no such row in the table of treatments. {nearest(name, list(doses))}",
            number,
            COLUMN,
            name,
        )
        for number, (name, cells) in enumerate(zip(names, cultures.rows, strict=True), FIRST_ROW)
        if name not in doses and any(cells)
    ]
    none = dict.fromkeys(columns, "")
    of_rows = [doses.get(name, none) for name in names]
    added = {column: [one[column] for one in of_rows] for column in columns}
    return cultures.without_column(COLUMN).with_columns(added), problems


def _doses(treatments: Grid, columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """Treatment -> column -> the text of its dose."""
    found = {}
    for cells in treatments.rows:
        texts = dict(zip(treatments.heading, cells, strict=False))
        if any(cells):
            found[texts.get(COLUMN, "")] = {column: texts.get(column, "") for column in columns}
    return found
