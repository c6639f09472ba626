"""Write all tables of a study into one workbook, for further work in Prism or Excel.

One sheet for each table, headings frozen, no merged cells, no formulas. The same tables give the
same bytes: the dates inside the file are fixed.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from coculture.exchange import flags
from coculture.exchange.problems import CocultureError
from coculture.exchange.vocabulary import is_missing
from coculture.report.first_screen import answer
from coculture.report.results import Results
from coculture.report.workbook_tables import (
    BY_EXPERIMENT,
    CURVES,
    FORBIDDEN,
    LONGEST_NAME,
    PRISM,
    THRESHOLDS,
    definitions,
    prism_sheets,
    workbook_tables,
)

NOTES = "notes"
COLUMNS = "columns.csv"
SHEETS = {
    "comparison/findings.csv": "findings",
    "comparison/finding_tests.csv": "finding tests",
    "comparison/robustness.csv": "robustness",
    "comparison/contrasts.csv": "contrasts",
    "comparison/contrast_values.csv": "contrast values",
    "comparison/arms.csv": "arms",
    "comparison/endpoints.csv": "endpoints",
    BY_EXPERIMENT: BY_EXPERIMENT,
    "comparison/combination.csv": "combination",
    "comparison/dose_summary.csv": "doses",
    "comparison/dose_curves.csv": "dose curves",
    "comparison/synergy.csv": "synergy",
    "comparison/dose_pairs.csv": "dose pairs",
    "cultures.csv": "cultures",
    flags.TABLE: "flags",
    "flow/wells.csv": "flow wells",
    "elisa/wells.csv": "ELISA wells",
    "elisa/cultures.csv": "ELISA cultures",
    "study/values.csv": "finished numbers",
    THRESHOLDS: THRESHOLDS,
    CURVES: CURVES,
}
"""Names of the first sheets, in this order; other tables follow under their own names."""

_EPOCH = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_LONGEST_TEXT = 32_767
"""Characters that Excel allows in a cell."""
_MAX_WIDTH = 60
_MAX_UNWRAPPED = 40
"""Characters above which a text is wrapped."""
_SIGNIFICANT = 4
"""Digits that are shown of a number; the cell holds all of them."""
_SMALLEST, _LARGEST = 1e-5, 1e7
"""Numbers between these are shown without a power of ten."""


class SpreadsheetError(CocultureError):
    """A table does not fit a worksheet."""


def write(results: Results, path: str | Path) -> None:
    """Write a sheet of notes and every table that has rows to the workbook `path`.

    Raises
    ------
    SpreadsheetError
        If a text is longer than a cell can hold.
    """
    tables = workbook_tables(results)
    names = sheet_names(tables)
    grouped = prism_sheets(results)
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": _title(results), "created": _EPOCH})
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        top = book.add_format({"valign": "top"})
        formats = Formats(book, heading, wrapped, top)
        notes = book.add_worksheet(NOTES)
        for table, name in names.items():
            sheet = book.add_worksheet(name)
            _write_table(sheet, tables[table], table, formats)
            if table in grouped:
                below = len(tables[table]) + 2
                for row, text in enumerate((grouped[table].title, *grouped[table].notes), below):
                    sheet.write_string(row, 0, text)
        _write_notes(notes, results, names, heading, wrapped)


@dataclass(frozen=True)
class Formats:
    """The cell formats of one workbook."""

    book: xlsxwriter.Workbook
    heading: Format
    wrapped: Format
    top: Format
    numbers: dict[str, Format] = field(default_factory=dict)

    def number(self, value: float) -> Format:
        """The format that shows `value` to four significant digits."""
        code = number_format(value)
        if code not in self.numbers:
            self.numbers[code] = self.book.add_format({"num_format": code, "valign": "top"})
        return self.numbers[code]


def number_format(value: float) -> str:
    """The number format of a cell: whole numbers as they are, others to four significant digits.

    >>> number_format(12.3456), number_format(0.000514), number_format(48.0), number_format(1e-9)
    ('0.00', '0.0000000', '0', '0.000E+00')
    """
    if value.is_integer() and abs(value) < _LARGEST:
        return "0"
    if not _SMALLEST <= abs(value) < _LARGEST:
        return "0.000E+00"
    decimals = max(0, _SIGNIFICANT - 1 - math.floor(math.log10(abs(value))))
    return f"0.{'0' * decimals}" if decimals else "0"


def sheet_names(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """The sheet of each table that has rows, in the order of the workbook.

    >>> sheet_names({"clinical/changes.csv": pd.DataFrame({"patient": ["1"]})})
    {'clinical/changes.csv': 'clinical changes'}
    """
    filled = [table for table in tables if len(tables[table]) and table != COLUMNS]
    ordered = [table for table in SHEETS if table in filled]
    place = ordered.index(BY_EXPERIMENT) + 1 if BY_EXPERIMENT in ordered else len(ordered)
    ordered[place:place] = [table for table in filled if table.startswith(PRISM)]
    ordered += [table for table in filled if table not in ordered]
    return {
        table: SHEETS.get(table, table.removesuffix(".csv").translate(FORBIDDEN)[:LONGEST_NAME])
        for table in ordered
    }


def _title(results: Results) -> str:
    return str(results.config["title"] or results.config["study"])


def _write_table(sheet: Worksheet, frame: pd.DataFrame, table: str, formats: Formats) -> None:
    for index, column in enumerate(frame.columns):
        sheet.write_string(0, index, str(column), formats.heading)
        sheet.set_column(index, index, _width(str(column), frame[column]))
    for row, values in enumerate(frame.itertuples(index=False), start=1):
        for index, value in enumerate(values):
            where = f"{table}, column {frame.columns[index]}"
            _write_value(sheet, row, index, value, where, formats)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _width(column: str, values: "pd.Series[Any]") -> int:
    texts = [len(value) for value in values if isinstance(value, str)]
    numbers = 10 if len(texts) < len(values) else 0
    return min(max(len(column), numbers, *texts, 0) + 2, _MAX_WIDTH)


def _write_value(
    sheet: Worksheet, row: int, column: int, value: Any, where: str, formats: Formats
) -> None:
    """Write numbers as numbers, text as text (never as a formula), nothing for a missing value."""
    if is_missing(value):
        return
    if isinstance(value, str):
        _write_text(sheet, row, column, value, where, formats)
    elif isinstance(value, bool) or not math.isfinite(value):
        _write_text(sheet, row, column, str(value), where, formats)
    else:
        sheet.write_number(row, column, float(value), formats.number(float(value)))


def _write_text(
    sheet: Worksheet, row: int, column: int, text: str, where: str, formats: Formats
) -> None:
    if len(text) > _LONGEST_TEXT:
        raise SpreadsheetError(
            f"{where}, row {row + 1}: a text of {len(text):,} characters does not fit into a cell "
            f"of a worksheet (at most {_LONGEST_TEXT:,}). Shorten it in the study's tables."
        )
    sheet.write_string(
        row, column, text, formats.wrapped if len(text) > _MAX_UNWRAPPED else formats.top
    )


def _write_notes(
    sheet: Worksheet, results: Results, names: Mapping[str, str], heading: Format, wrapped: Format
) -> None:
    """Write what the workbook is, then every column of every sheet with unit and definition."""
    about = [_title(results)]
    if results.config["simulated"]:
        about.append("These data are simulated. They show how the workflow works.")
    about += [
        answer(results.table("comparison/findings.csv")),
        "n is the number of experiments, not of wells. An empty cell of a sheet is a missing "
        "value. Units are in the table below. Numbers are shown with four digits; the sheets hold "
        "16, the CSV files all of them. Cell types have the labels of the config here; in the CSV "
        "files they have the names of the study's tables.",
    ]
    for row, text in enumerate(about):
        sheet.write_string(row, 0, text)
    top = len(about) + 1
    for column, (name, width) in enumerate(
        [("sheet", 18), ("column", 28), ("unit", 20), ("definition", 90)]
    ):
        sheet.write_string(top, column, name, heading)
        sheet.set_column(column, column, width)
    row = top
    for one in definitions(results).to_dict("records"):
        if one["table"] in names:
            row += 1
            texts = [names[one["table"]], one["column"], one["unit"], one["definition"]]
            for column, text in enumerate(texts):
                if not is_missing(text):
                    sheet.write_string(row, column, str(text), wrapped)
