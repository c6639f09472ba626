"""What was measured of each culture."""

from collections.abc import Iterator

from coculture.differences.difference import Difference, Kind
from coculture.differences.rows import row_changes
from coculture.differences.run_results import RunResults
from coculture.differences.values import written

NAME = "value of a culture"
_NOT_MEASURED = frozenset(
    {"culture", "experiment", "donor", "date", "cells", "stroma", "medium", "hours", "replicate"}
    | {"arm", "flags"}
)
"""Columns that the tables of the study give, and the codes of the flags, which are compared
themselves."""


def find(before: RunResults, now: RunResults) -> Iterator[Difference]:
    """Values, states and exclusions of cultures that both runs have."""
    ours, theirs = (run.table("cultures.csv") for run in (before, now))
    doses = {str(one["column"]) for run in (before, now) for one in run.config["factors"]}
    columns = [one for one in theirs.columns if one not in _NOT_MEASURED | doses]
    for one in row_changes(ours, theirs, ("culture",), columns):
        if one.change == "changed":
            told = (written(one.before), written(one.now))
            yield Difference(NAME, one.key[0], one.column, *told)


KIND = Kind(NAME, "value of the cultures", "values of the cultures", find)
