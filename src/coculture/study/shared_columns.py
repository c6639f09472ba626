"""Columns of cultures.csv that the config gives once for all cultures (`same_for_all`)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coculture.exchange.problems import Problem
from coculture.study import configuration
from coculture.study.tables import Grid


def with_shared_columns(
    cultures: Grid, config: str, shared: Mapping[str, Any]
) -> tuple[Grid, list[Problem]]:
    """The cultures with a column for each of `shared`, the same text in every row.

    Returns
    -------
    The cells of cultures.csv, and columns that the config at the path `config` gives although the
    table has them.
    """
    twice = [name for name in shared if name in cultures.heading]
    problems = [
        Problem(
            config,
            "this column is in the table of cultures, too; write it in one place.",
            configuration.line_of(Path(config), ("same_for_all", name)),
            "same_for_all",
            name,
        )
        for name in twice
    ]
    number = len(cultures.rows)
    added = {name: [f"{value}"] * number for name, value in shared.items() if name not in twice}
    return cultures.with_columns(added), problems
