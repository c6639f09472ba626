"""How every result table is written: declared columns, fixed order, ten significant digits.

Each stage declares the columns of its tables in a `columns.csv` beside its code (table, column,
type, unit, definition); a column name has one type in all tables. `write` refuses a table with an
undeclared column, so `results/{study}/columns.csv` explains every column of every table.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from coculture.exchange.problems import CocultureError
from coculture.exchange.spreadsheet_text import guarded, unguarded

SCHEMA_VERSION = "2.0.0"
"""Version of the result tables: a column removed or redefined raises the first number."""

SIGNIFICANT_DIGITS = 10
"""Of every number in a result table: more than any measurement has, and fewer than those in which
the mathematical functions of different processors and systems agree."""


class Column(NamedTuple):
    """What columns.csv gives for a column."""

    type: str
    unit: str
    definition: str


KNOWN = Column._fields


class UndeclaredColumnError(CocultureError):
    """A table has a column that no columns.csv declares."""


@cache
def definitions() -> pd.DataFrame:
    """Every declared column: table, column, type, unit, definition.

    The type is text, number or boolean. Braces in a column name match any text.
    """
    sources = sorted(Path(__file__).parents[1].rglob("columns.csv"))
    frames = [pd.read_csv(source, dtype=str, keep_default_na=False) for source in sources]
    return pd.concat(frames, ignore_index=True)


def write(frame: pd.DataFrame, path: str | Path, table: str) -> None:
    """Write `frame` as the result table `table` (its name in columns.csv) to `path`.

    Numbers are rounded to `SIGNIFICANT_DIGITS` and written with the shortest digits that read back
    as the same number; missing values are empty; line ends are `\\n` on every machine. A text that
    a spreadsheet program would take for a formula gets an apostrophe before it, which `read` takes
    away again.

    Raises
    ------
    UndeclaredColumnError
        If a column of `frame` is not declared for `table`.
    """
    for column in frame.columns:
        _definition(table, str(column))
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = _with_texts(frame.apply(_rounded), guarded)
    written.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def rounded(value: float) -> float:
    """A number with `SIGNIFICANT_DIGITS`.

    >>> rounded(0.1 + 0.2), rounded(1234567.89012345), rounded(float("inf"))
    (0.3, 1234567.89, inf)
    """
    return float(f"{value:.{SIGNIFICANT_DIGITS - 1}e}")


def _rounded(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """A column with its floats rounded; of text, whole numbers and truth values it is the same."""
    if column.dtype != object and not pd.api.types.is_float_dtype(column.dtype):
        return column
    return column.map(lambda value: rounded(value) if isinstance(value, float) else value)


def read(path: str | Path) -> pd.DataFrame:
    """Read a result table: columns declared as text stay text ("1", ""); numbers are exact."""
    header = pd.read_csv(path, nrows=0).columns
    texts = [column for column in header if _is_text(unguarded(column))]
    frame = pd.read_csv(
        path,
        dtype=dict.fromkeys(texts, str),
        keep_default_na=False,
        na_values={column: [""] for column in header if column not in texts},
    )
    return _with_texts(frame, unguarded)


def _with_texts(frame: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    """The table with every heading and text as `change` makes it; numbers are left as they are."""

    def changed(column: "pd.Series[Any]") -> "pd.Series[Any]":
        texts = {text: change(text) for text in column.unique() if isinstance(text, str)}
        is_same = all(text == new for text, new in texts.items())
        return column if is_same else column.map(lambda value: texts.get(value, value))

    other = {
        column: changed(frame[column])
        for column in frame.columns
        if not pd.api.types.is_numeric_dtype(frame[column].dtype)
    }
    return frame.assign(**other).rename(columns=lambda name: change(str(name)))


@cache
def _is_text(column: str) -> bool:
    declared = _declared().values()
    exact = [named[column] for named in declared if column in named]
    return any(one.type == "text" for one in exact or _by_pattern(column))


def _by_pattern(column: str) -> list[Column]:
    return [
        one
        for named in _declared().values()
        for name, one in named.items()
        if _pattern(name).fullmatch(column)
    ]


def read_all(paths: Iterable[str | Path]) -> pd.DataFrame:
    """The result tables at `paths` in one table; without paths an empty table."""
    frames = [read(path) for path in paths]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def describe(tables: Mapping[str, Sequence[str | Path]]) -> pd.DataFrame:
    """Each column of the written tables with type, unit and definition, and `SCHEMA_VERSION`.

    Parameters
    ----------
    tables
        Paths of the written tables by their name in columns.csv.
    """
    rows = []
    for table, paths in tables.items():
        headings = [map(unguarded, pd.read_csv(path, nrows=0).columns) for path in paths]
        for column in dict.fromkeys(name for heading in headings for name in heading):
            known = _definition(table, column)
            rows.append((table, column, *known, SCHEMA_VERSION))
    return pd.DataFrame(rows, columns=["table", "column", *KNOWN, "schema_version"])


@cache
def _definition(table: str, column: str) -> Column:
    """The row of columns.csv for a column; an exact name takes precedence over a pattern.

    Raises
    ------
    UndeclaredColumnError
        If there is none.
    """
    named = _declared().get(table, {})
    if column in named:
        return named[column]
    for name, declared in named.items():
        if _pattern(name).fullmatch(column):
            return declared
    raise UndeclaredColumnError(f"{table}: the column {column} is not declared in any columns.csv")


@cache
def _declared() -> dict[str, dict[str, Column]]:
    """Table -> name -> the first row of columns.csv for it."""
    declared: dict[str, dict[str, Column]] = {}
    for one in definitions().itertuples(index=False):
        declared.setdefault(str(one.table), {}).setdefault(
            str(one.column), Column(str(one.type), str(one.unit), str(one.definition))
        )
    return declared


@cache
def _pattern(name: str) -> re.Pattern[str]:
    literal = re.split(r"\{[^}]*\}", name)
    return re.compile(".+".join(re.escape(part) for part in literal))
