"""How every result table is written: declared columns, fixed order, numbers that round-trip.

Each room declares the columns of its tables in a `columns.csv` beside its code (table, column,
type, unit, definition); a name has one type in all tables. `write` refuses a table with a column
that nobody declared, so `results/{study}/columns.csv` always explains every column of every table.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pandas as pd

from coculture.exchange.problems import CocultureError

SCHEMA_VERSION = "1.0.0"
"""Version of the result tables: a column removed or redefined raises the first number."""

KNOWN = ("type", "unit", "definition")
"""What columns.csv says of a column."""


class UndeclaredColumnError(CocultureError):
    """A table has a column that no columns.csv explains."""


@cache
def definitions() -> pd.DataFrame:
    """Every declared column: table, column, type, unit, definition.

    The type is text, number or boolean. Braces in a column's name stand for any text.
    """
    sources = sorted(Path(__file__).parents[1].rglob("columns.csv"))
    frames = [pd.read_csv(source, dtype=str, keep_default_na=False) for source in sources]
    return pd.concat(frames, ignore_index=True)


def write(frame: pd.DataFrame, path: str | Path, table: str) -> None:
    """Write `frame` as the result table `table` (its name in columns.csv) to `path`.

    Floats are written with the shortest digits that read back as the same number; missing values
    are empty; line ends are `\\n` on every machine.

    Raises
    ------
    UndeclaredColumnError
        If a column of `frame` is not declared for `table`.
    """
    for column in frame.columns:
        _definition(table, str(column))
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def read(path: str | Path) -> pd.DataFrame:
    """Read a result table: what is declared as text stays it ("1" is not 1, "" is "").

    Numbers are exact.
    """
    header = pd.read_csv(path, nrows=0).columns
    return pd.read_csv(
        path,
        dtype={column: str for column in header if _is_text(column)},
        keep_default_na=False,
        na_values={column: [""] for column in header if not _is_text(column)},
    )


@cache
def _is_text(column: str) -> bool:
    declared = definitions()
    named = declared["column"] == column
    if not named.any():
        named = declared["column"].map(lambda name: bool(_pattern(name).fullmatch(column)))
    return bool((declared.loc[named, "type"] == "text").any())


def read_all(paths: Iterable[str | Path]) -> pd.DataFrame:
    """The result tables at `paths`, one below the other; without paths an empty table."""
    frames = [read(path) for path in paths]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def describe(tables: Mapping[str, Sequence[str | Path]]) -> pd.DataFrame:
    """Each column of the tables as written, with what is `KNOWN` of it and `SCHEMA_VERSION`.

    Parameters
    ----------
    tables
        Paths of the written tables by their name in columns.csv.
    """
    rows = []
    for table, paths in tables.items():
        headings = [pd.read_csv(path, nrows=0).columns for path in paths]
        for column in dict.fromkeys(name for heading in headings for name in heading):
            known = _definition(table, column)
            rows.append((table, column, *known[list(KNOWN)], SCHEMA_VERSION))
    return pd.DataFrame(rows, columns=["table", "column", *KNOWN, "schema_version"])


def _definition(table: str, column: str) -> "pd.Series[str]":
    """The row of columns.csv for a column; one that names it outright goes before a pattern.

    Raises
    ------
    UndeclaredColumnError
        If there is none.
    """
    declared = definitions()
    of_table = declared[declared["table"] == table]
    exact = of_table[of_table["column"] == column]
    if not exact.empty:
        return exact.iloc[0]
    fits = [bool(_pattern(name).fullmatch(column)) for name in of_table["column"]]
    if not any(fits):
        raise UndeclaredColumnError(f"{table}: no columns.csv explains the column {column}")
    return of_table[fits].iloc[0]


@cache
def _pattern(name: str) -> re.Pattern[str]:
    literal = re.split(r"\{[^}]*\}", name)
    return re.compile(".+".join(re.escape(part) for part in literal))
