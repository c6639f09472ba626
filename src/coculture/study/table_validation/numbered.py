"""Rows and cells of a table, each with the number of its row in a spreadsheet."""

from collections.abc import Iterator
from typing import Any, cast

import pandas as pd


def rows(frame: pd.DataFrame) -> Iterator[tuple[int, "pd.Series[Any]"]]:
    """The rows of `frame`, each with the number a spreadsheet gives it."""
    for number, row in frame.iterrows():
        yield cast(int, number), row


def cells(column: "pd.Series[Any]") -> Iterator[tuple[int, str]]:
    """The cells of a column as text, each with the number a spreadsheet gives its row."""
    for number, value in column.items():
        yield cast(int, number), str(value)
