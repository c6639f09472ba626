"""What the study's tables say of cultures, FCS files and ELISA wells."""

from collections.abc import Iterator

from coculture.differences.difference import Difference, Kind
from coculture.differences.rows import row_changes
from coculture.differences.run_results import RunResults
from coculture.differences.values import written

NAME = "table entry"
_KEYS = {
    "cultures.csv": ("culture",),
    "flow/wells.csv": ("experiment", "fcs"),
    "elisa/wells.csv": ("plate", "well", "analyte"),
    "study/values.csv": ("table", "row", "culture", "endpoint"),
}
_COLUMNS = {
    "cultures.csv": ("experiment", "donor", "date", "cells", "stroma", "medium", "hours", "arm"),
    "flow/wells.csv": ("plate", "well", "role", "culture", "cells"),
    "elisa/wells.csv": ("role", "culture", "dilution", "nominal_pg_ml", "medium", "file"),
    "study/values.csv": ("value", "relation", "unit", "count"),
}
"""Columns that hold what a table of the study says; the doses are in the arm's name."""


def find(before: RunResults, now: RunResults) -> Iterator[Difference]:
    """Cultures, FCS files and wells that are new, gone or described in another way."""
    for table, key in _KEYS.items():
        factors = _dose_columns(before, now) if table == "cultures.csv" else ()
        columns = (*_COLUMNS[table], *factors)
        for one in row_changes(before.table(table), now.table(table), key, columns):
            subject = f"{table.replace('/wells', '')}, {' '.join(filter(None, one.key))}"
            if one.change == "changed":
                told = (written(one.before), written(one.now))
                yield Difference(NAME, subject, one.column, *told, is_cause=True)
            else:
                told = ("", "named") if one.change == "added" else ("named", "")
                yield Difference(NAME, subject, "row", *told, is_cause=True)


def _dose_columns(*runs: RunResults) -> list[str]:
    named = (str(one["column"]) for run in runs for one in run.config["factors"])
    return list(dict.fromkeys(named))


KIND = Kind(NAME, "entry of the tables", "entries of the tables", find)
