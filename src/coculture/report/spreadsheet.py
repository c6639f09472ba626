"""The tables of a study as one workbook, for people who go on in Prism or Excel.

One sheet a table, headings frozen, no merged cells, no formulas. The same tables give the same
bytes: the dates inside are fixed.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from coculture.report.first_screen import answer
from coculture.report.numbers import is_missing
from coculture.report.results import Results

NOTES = "notes"
COLUMNS = "columns.csv"
SHEETS = {
    "comparison/findings.csv": "findings",
    "comparison/finding_tests.csv": "finding tests",
    "comparison/contrasts.csv": "contrasts",
    "comparison/arms.csv": "arms",
    "comparison/combination.csv": "combination",
    "cultures.csv": "cultures",
    "flow/wells.csv": "flow wells",
    "elisa/wells.csv": "ELISA wells",
    "elisa/cultures.csv": "ELISA cultures",
}
"""Names of the sheets that come first, in this order."""

_EPOCH = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_LONGEST_NAME = 31
_LONGEST_TEXT = 32_767
"""Characters that Excel allows in a cell."""
_WIDEST = 60
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


class SpreadsheetError(ValueError):
    """A table does not fit a worksheet."""


def write(results: Results, path: str | Path) -> None:
    """Write every table that has rows to the workbook `path`, after a sheet of notes.

    Raises
    ------
    SpreadsheetError
        If a text is longer than a cell can hold.
    """
    names = sheet_names(results.tables)
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": _title(results), "created": _EPOCH})
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        notes = book.add_worksheet(NOTES)
        for table, name in names.items():
            _write_table(book.add_worksheet(name), results.table(table), table, heading)
        _write_notes(notes, results, names, heading, wrapped)


def sheet_names(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """The sheet of each table that has rows, in the order of the workbook.

    >>> sheet_names({"clinical/changes.csv": pd.DataFrame({"patient": ["1"]})})
    {'clinical/changes.csv': 'clinical changes'}
    """
    filled = [table for table in tables if len(tables[table]) and table != COLUMNS]
    ordered = [table for table in SHEETS if table in filled]
    ordered += [table for table in filled if table not in SHEETS]
    return {
        table: SHEETS.get(table, table.removesuffix(".csv").translate(_FORBIDDEN)[:_LONGEST_NAME])
        for table in ordered
    }


def _title(results: Results) -> str:
    return str(results.config["title"] or results.config["study"])


def _write_table(sheet: Worksheet, frame: pd.DataFrame, table: str, heading: Format) -> None:
    for place, column in enumerate(frame.columns):
        sheet.write_string(0, place, str(column), heading)
        longest = max((len(str(value)) for value in frame[column]), default=0)
        sheet.set_column(place, place, min(max(len(str(column)), min(longest, 14)) + 2, _WIDEST))
    for row, values in enumerate(frame.itertuples(index=False), start=1):
        for place, value in enumerate(values):
            _write_value(sheet, row, place, value, f"{table}, column {frame.columns[place]}")
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _write_value(sheet: Worksheet, row: int, place: int, value: Any, where: str) -> None:
    """Numbers as numbers, text as text whatever it begins with, nothing where there is nothing."""
    if is_missing(value):
        return
    if isinstance(value, str):
        _write_text(sheet, row, place, value, where)
    elif isinstance(value, bool) or not math.isfinite(value):
        _write_text(sheet, row, place, str(value), where)
    else:
        sheet.write_number(row, place, float(value))


def _write_text(sheet: Worksheet, row: int, place: int, text: str, where: str) -> None:
    if len(text) > _LONGEST_TEXT:
        raise SpreadsheetError(
            f"{where}, row {row + 1}: a text of {len(text):,} characters does not fit a cell of a "
            f"worksheet ({_LONGEST_TEXT:,}). Shorten it in the study's tables."
        )
    sheet.write_string(row, place, text)


def _write_notes(
    sheet: Worksheet, results: Results, names: Mapping[str, str], heading: Format, wrapped: Format
) -> None:
    """What the workbook is, then every column of every sheet with unit and definition."""
    about = [_title(results)]
    if results.config["simulated"]:
        about.append("These data are simulated. They show how the workflow works.")
    about += [
        answer(results.table("comparison/findings.csv")),
        "n counts experiments, not wells. An empty cell is a missing value. Units stand in the "
        "table below; numbers carry 16 digits, the CSV files all of them.",
    ]
    for row, text in enumerate(about):
        sheet.write_string(row, 0, text)
    top = len(about) + 1
    for place, (words, width) in enumerate(
        [("sheet", 18), ("column", 28), ("unit", 20), ("definition", 90)]
    ):
        sheet.write_string(top, place, words, heading)
        sheet.set_column(place, place, width)
    definitions = results.table(COLUMNS)
    row = top
    for one in definitions.to_dict("records"):
        if one["table"] in names:
            row += 1
            texts = [names[one["table"]], one["column"], one["unit"], one["definition"]]
            for place, text in enumerate(texts):
                if not is_missing(text):
                    sheet.write_string(row, place, str(text), wrapped)
