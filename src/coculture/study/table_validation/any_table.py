"""What holds in every table: names in one spelling, reasons for an exclusion, no row twice."""

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from coculture.exchange.problems import Problem
from coculture.study.table_validation import numbered

BARE_ANSWERS = (
    "no", "n", "false", "0", "yes", "y", "true", "1", "none", "nan", "na", "-", "x", "ok",
)  # fmt: skip


def names_alike(
    table: str, rows: pd.DataFrame, columns: Sequence[str], hyphens: bool = True
) -> Iterator[Problem]:
    """Names in one column differ by more than capitals and spaces (and hyphens, if not `hyphens`).

    Two spellings of one name would count as two things, and some disks treat E1 and e1 as the same
    file. Hyphens matter in dates.
    """
    apart, words = (r"\s+", "capitals or spaces")
    if not hyphens:
        apart, words = (r"[\s_-]+", "capitals, spaces or hyphens")
    for column in columns:
        first: dict[str, tuple[int, str]] = {}
        for row, name in numbered.cells(rows.loc[rows[column].fillna("") != "", column]):
            above, spelt = first.setdefault(re.sub(apart, "", name.lower()), (row, name))
            if name != spelt:
                message = (
                    f'differs from "{spelt}" in row {above} only in {words}. If they are the same, '
                    "spell them the same; if not, use different letters."
                )
                yield Problem(table, message, row, column, name)


def exclusions(table: str, rows: pd.DataFrame) -> Iterator[Problem]:
    """A row is excluded by a reason; a bare yes or no is refused."""
    for row, reason in numbered.cells(rows["exclude"]):
        if reason.strip().lower() in BARE_ANSWERS:
            message = (
                "leave the cell empty to use the row, or write the reason for excluding it; the "
                "reason is printed with the results."
            )
            yield Problem(table, message, row, "exclude", reason)


def doubled(
    table: str, rows: pd.DataFrame, columns: list[str], message: str, shown: str
) -> Iterator[Problem]:
    """Rows that are alike in these columns to one above, with the cell `shown`.

    `message` can have `{first}`, the number of the row above, and `{plate}`, its plate.
    """
    known = rows.dropna(subset=columns)
    for row in known.index[known.duplicated(columns)]:
        same = (known[columns] == known.loc[row, columns]).all(axis=1)
        first = known.index[same][0]
        said = message.format(first=first, plate=known.loc[first].get("plate"))
        yield Problem(table, said, row, shown, str(known.loc[row, shown]))
