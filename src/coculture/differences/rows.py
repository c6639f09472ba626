"""How the rows of two tables differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from coculture.differences.values import differ


@dataclass(frozen=True)
class RowChange:
    """A row that only one table has (`column` is empty), or a column in which both differ.

    Attributes
    ----------
    key
        The values of the row's key.
    """

    key: tuple[str, ...]
    change: Literal["added", "removed", "changed"]
    column: str = ""
    before: Any = None
    now: Any = None


def row_changes(
    before: pd.DataFrame, now: pd.DataFrame, key: Sequence[str], columns: Sequence[str]
) -> Iterator[RowChange]:
    """The rows in which two tables differ, in the order of the second, then those it has not.

    Only columns that both tables have are compared. Of rows with the same key the first counts.
    """
    ours, theirs = _by_key(before, key), _by_key(now, key)
    compared = [one for one in columns if one in before.columns and one in now.columns]
    for name, row in theirs.items():
        if name not in ours:
            yield RowChange(name, "added")
            continue
        for column in compared:
            if differ(ours[name][column], row[column]):
                yield RowChange(name, "changed", column, ours[name][column], row[column])
    yield from (RowChange(name, "removed") for name in ours if name not in theirs)


def _by_key(table: pd.DataFrame, key: Sequence[str]) -> dict[tuple[str, ...], dict[str, Any]]:
    """The rows of a table by their key; a table without the columns of the key has none."""
    if not set(key) <= set(table.columns):
        return {}
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in table.to_dict("records"):
        named = {str(column): value for column, value in row.items()}
        found.setdefault(tuple(str(named[column]) for column in key), named)
    return found
