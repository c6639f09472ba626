"""The study's tables: read as text, each cell checked against the table's schema.

The index of a table holds the row numbers that a spreadsheet shows, so that every later message
can name the row. A table cell that is wrong is reported and left missing.
"""

import csv
import io
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from coculture.exchange import input_file
from coculture.exchange.problems import Problem
from coculture.exchange.unicode_forms import composed
from coculture.exchange.vocabulary import nearest
from coculture.study.numbers import ambiguous, finite_number, has_decimal_commas
from coculture.study.schema import Schema, faults, schema

SEPARATORS = (",", ";", "\t")
FIRST_ROW = 2
"""Number that a spreadsheet gives the row below the headings."""
NOTE = "note"
"""Headings that begin so are of columns of the user's own."""
OF_YOUR_OWN = f"A column of your own begins with {NOTE}, or is listed under notes: in the config."
MOST_COLUMNS = 1_000
"""More than any table has: one for each endpoint is the widest."""
MOST_ROWS = 50_000
"""Five times the largest study that was tried (docs/scale.md)."""
LONGEST_TEXT = 1_000
"""Characters of a cell. Sentences repeat names, and a cell of the workbook holds 32,767."""
NO_HEADINGS = "the first row must hold the column headings, but it is empty."


@dataclass(frozen=True)
class Grid:
    """The cells of a table as stripped text: its headings, and the rows from `FIRST_ROW`.

    `is_typed`: whether numbers were numbers in the file, as in a workbook, and not texts.
    """

    heading: list[str]
    rows: list[list[str]]
    is_typed: bool = False

    def with_columns(self, columns: Mapping[str, Sequence[str]]) -> "Grid":
        """The same with further columns, each with a text for every row; blank rows stay blank.

        Cells beyond the headings stay beyond them, where they are reported.
        """
        width = len(self.heading)
        added = zip(*columns.values(), strict=True) if columns else [()] * len(self.rows)
        rows = [
            [*cells[:width], *[""] * (width - len(cells)), *more, *cells[width:]]
            if any(cells)
            else cells
            for cells, more in zip(self.rows, added, strict=True)
        ]
        return replace(self, heading=[*self.heading, *columns], rows=rows)

    def without_column(self, column: str) -> "Grid":
        """The same without one of its columns."""
        place = self.heading.index(column)
        kept = [[*cells[:place], *cells[place + 1 :]] for cells in (self.heading, *self.rows)]
        return replace(self, heading=kept[0], rows=kept[1:])


def table_schema(table: str, factors: list[dict[str, Any]]) -> Schema:
    """The schema of `table`; those of cultures and treatments get a column for each factor."""
    base = schema(f"{table}.table")
    if table not in ("cultures", "treatments"):
        return base
    levels = {factor["column"]: _levels(factor) for factor in factors}
    return {
        **base,
        "properties": {**base["properties"], **levels},
        "required": [*base["required"], *levels],
    }


def _levels(factor: Mapping[str, Any]) -> Schema:
    """The rule of a factor's column: doses, or names."""
    untreated = factor["untreated"]
    if not isinstance(untreated, str):
        return {
            "description": f"The dose of {factor['name']} in {factor['unit']}; "
            f"{untreated:g} is untreated.",
            "type": "number",
            "minimum": 0,
        }
    known = {"enum": factor["levels"]} if factor["levels"] else {}
    return {
        "description": f"The {factor['name']} by name; the others are compared with {untreated}.",
        "type": "string",
        "minLength": 1,
        **known,
    }


def grid(path: Path, name: str) -> tuple[Grid | None, Problem | None]:
    """The headings and rows of the CSV file at `path`, or None and why it cannot be read."""
    text, problem = _text(path, name)
    return (None, problem) if text is None else _records(text, name)


def typed(
    found: Grid, name: str, rules: Schema, notes: Collection[str] = ()
) -> tuple[pd.DataFrame, list[Problem]]:
    """The table whose cells are `found`, called `name` in problems, by the schema of its rows.

    Parameters
    ----------
    notes
        Headings of columns of the user's own, which are not read; so are those that begin with
        "note".

    Returns
    -------
    The table (index: spreadsheet row; every column of the schema present, absent ones at their
    default) and the problems found in it.
    """
    properties: Mapping[str, Schema] = rules["properties"]
    heading = found.heading
    problems = _heading_problems(name, heading, rules, notes)
    if any(column not in heading for column in rules["required"]):
        return empty(rules), problems
    decimal_commas = has_decimal_commas_in(found)
    rows: dict[int, dict[str, Any]] = {}

    @cache
    def cell(column: str, content: str) -> tuple[Any, str | None]:
        # Most cells of a table are repeated, and to judge one takes a while.
        return _cell(content, properties[column], decimal_commas)

    for number, cells in enumerate(found.rows, FIRST_ROW):
        if not any(cells):
            continue
        if any(cells[len(heading) :]):
            message = (
                f"has {len(cells)} cells but {len(heading)} headings; put quotes around any cell "
                "that contains a comma."
            )
            problems.append(Problem(name, message, number))
        texts = dict(zip(heading, cells, strict=False))
        rows[number], faulty = _row(name, number, texts, properties, set(heading), cell)
        problems += faulty
    if not rows and not problems:
        problems.append(Problem(name, "has no rows below its headings."))
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(properties))
    for column, rule in properties.items():
        frame[column] = frame[column].astype(_dtype(rule))
    return frame, problems


def has_decimal_commas_in(found: Grid) -> bool:
    """Whether numbers of a text file have decimal commas; a workbook has numbers, not texts."""
    texts = (text for cells in found.rows for text in cells if "," in text)
    return not found.is_typed and has_decimal_commas(texts)


def empty(rules: Schema) -> pd.DataFrame:
    """A table without rows."""
    properties: Mapping[str, Schema] = rules["properties"]
    return pd.DataFrame(
        {column: pd.Series(dtype=_dtype(properties[column])) for column in properties}
    )


def _text(path: Path, name: str) -> tuple[str | None, Problem | None]:
    try:
        content = input_file.read_bytes(path)
    except FileNotFoundError:
        return None, Problem(
            name, f"there is no such file in {path.parent}; check tables: in the config."
        )
    except OSError as error:
        return None, Problem(name, f"cannot be read ({error.strerror}).")
    try:
        return composed(content.decode("utf-8-sig")), None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return None, Problem(name, 'is not UTF-8 text; in Excel save it as "CSV UTF-8".', line)


def _records(text: str, name: str) -> tuple[Grid | None, Problem | None]:
    """The table of a text, or None and why it cannot be read as one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    separator = _separator(text)
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(separator) >= MOST_COLUMNS:
            message = f"has {line.count(separator) + 1:,} cells, more than a table can have."
            return None, Problem(name, message, number)
    lines = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    try:
        heading, *records = [[cell.strip() for cell in cells] for cells in lines] or [[]]
    except csv.Error as error:
        why = str(error)
        if "unexpected end" in why:
            why = "a quotation mark is not closed"
        return None, Problem(name, f"cannot be read as a table: {why}.", lines.line_num)
    if not any(heading):
        return None, Problem(name, NO_HEADINGS, 1)
    if len(records) > MOST_ROWS:
        return None, Problem(name, f"has {len(records):,} rows, and {MOST_ROWS:,} are the most.")
    return Grid(heading, records), None


def _separator(text: str) -> str:
    heading = text.split("\n", 1)[0]
    return max(SEPARATORS, key=heading.count)


def _heading_problems(
    file: str, heading: list[str], rules: Schema, notes: Collection[str]
) -> list[Problem]:
    known = list(rules["properties"])
    if not set(heading) & set(known) and len(rules["required"]) > 1:
        message = (
            f"has none of the headings {', '.join(rules['required'])} in its first row; delete "
            "any lines above the headings."
        )
        return [Problem(file, message, 1, value=next(filter(None, heading)))]
    problems = []
    for name in heading:
        is_note = name in notes or name.lower().startswith(NOTE)
        if name and name not in known and not is_note:
            message = f"unknown column. {nearest(name, known)} {OF_YOUR_OWN}"
            problems.append(Problem(file, message, 1, name))
        if name and heading.count(name) > 1 and not any(one.column == name for one in problems):
            problems.append(Problem(file, "this column occurs twice.", 1, name))
    for name in rules["required"]:
        if name not in heading:
            about = rules["properties"][name]["description"]
            problems.append(Problem(file, f"this column is missing. {about}", 1, name))
    return problems


def _row(
    file: str,
    number: int,
    texts: Mapping[str, str],
    properties: Mapping[str, Schema],
    present: set[str],
    cell: Callable[[str, str], tuple[Any, str | None]],
) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems = []
    for column, rule in properties.items():
        text = texts.get(column, "")
        if text == "" and ("default" in rule or column not in present):
            values[column] = rule.get("default")
            continue
        value, message = cell(column, text)
        values[column] = value
        if message:
            problems.append(Problem(file, message, number, column, text))
    return values, problems


def _cell(text: str, rule: Schema, decimal_commas: bool) -> tuple[Any, str | None]:
    """The value of a table cell, or None and the problem."""
    kinds = rule.get("type", "string")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    about = rule["description"]
    if text == "":
        return None, f"the cell is empty. {about}"
    if len(text) > LONGEST_TEXT:
        return None, f"has {len(text):,} characters; shorten it to {LONGEST_TEXT:,}."
    unseen = [sign for sign in text if unicodedata.category(sign) in ("Cc", "Cf")]
    if "\n" in unseen:
        return None, "contains a line break; write the text on one line."
    if unseen:
        return None, f"contains an invisible character (U+{ord(unseen[0]):04X}); retype the cell."
    value: Any = text
    if "number" in kinds or "integer" in kinds:
        if doubt := ambiguous(text, decimal_commas=decimal_commas):
            return None, doubt
        value = finite_number(text)
        if value is None:
            return None, f"is not a number; write it like 0.5 or 1000. {about}"
        if "integer" in kinds and value == int(value):
            value = int(value)
    for _, _, message in faults(value, rule):
        return None, message
    return value, None


def _dtype(rule: Schema) -> Literal["float64", "str"]:
    kinds = rule.get("type", "string")
    return "float64" if "number" in kinds or "integer" in kinds else "str"
