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
    rows: list[list[str]] = []
    problems: list[Problem] = []
    for number, cells in enumerate(cultures.rows, FIRST_ROW):
        name = cells[place] if place < len(cells) else ""
        if name not in doses and any(cells):
            message = f"no such row in the table of treatments. {nearest(name, list(doses))}"
            problems.append(Problem("cultures.csv", message, number, COLUMN, name))
        own = [*cells[:place], *cells[place + 1 :]]
        own += [""] * (len(cultures.heading) - 1 - len(own))
        rows.append([*own, *doses.get(name, [""] * len(columns))] if any(cells) else [])
    heading = [one for one in cultures.heading if one != COLUMN]
    return Grid([*heading, *columns], rows, cultures.is_typed), problems


def _doses(treatments: Grid, columns: Sequence[str]) -> dict[str, list[str]]:
    """Treatment -> the text of each dose."""
    found = {}
    for cells in treatments.rows:
        texts = dict(zip(treatments.heading, cells, strict=False))
        if any(cells):
            found[texts.get(COLUMN, "")] = [texts.get(column, "") for column in columns]
    return found
