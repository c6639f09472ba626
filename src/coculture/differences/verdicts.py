"""The verdicts of the findings."""

from collections.abc import Iterator

import pandas as pd

from coculture.differences.difference import Difference, Kind
from coculture.differences.rows import row_changes
from coculture.differences.run_results import RunResults

NAME = "verdict"
_TABLE = "comparison/findings.csv"


def find(before: RunResults, now: RunResults) -> Iterator[Difference]:
    """Findings with another verdict or condition of it; new findings, and those that are gone."""
    ours, theirs = (run.table(_TABLE) for run in (before, now))
    verdicts = [_verdicts(table) for table in (ours, theirs)]
    changes = row_changes(ours, theirs, ("id",), ("verdict", "condition"))
    for name in dict.fromkeys(one.key[0] for one in changes):
        was, has = (found.get(name, ("", "")) for found in verdicts)
        if not was[0]:
            words = f"Finding {name} is new: {has[0]} ({has[1]})."
        elif not has[0]:
            words = f"Finding {name} is no longer tested; it was {was[0]} ({was[1]})."
        else:
            words = f"Finding {name} was {was[0]}, and is now {has[0]} ({has[1]})."
        yield Difference(NAME, name, "verdict", was[0], has[0], words)


def _verdicts(table: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """The verdict with its condition, and the claim, of each finding by its id."""
    return {
        str(row["id"]): (
            ", ".join(filter(None, (str(row["verdict"]), str(row.get("condition", ""))))),
            str(row["finding"]).rstrip("."),
        )
        for row in table.to_dict("records")
    }


KIND = Kind(NAME, "verdict", "verdicts", find)
