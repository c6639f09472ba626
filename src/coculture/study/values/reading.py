"""values.csv in either form, a workbook or a FlowJo table: one row for each number.

Long form: the columns culture, endpoint, value, unit. Wide form: every column that does not say
which culture it is (or hold a note) is an endpoint, its heading being its name with its unit. No
column and no cell is left out in silence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from coculture.exchange import units
from coculture.exchange.problems import Problem
from coculture.study import tables
from coculture.study.numbers import ambiguous, finite_number
from coculture.study.schema import Schema, schema
from coculture.study.values import flowjo

NAME = "values.csv"
COLUMNS = (
    *("culture", "file", "experiment", "endpoint", "value", "relation", "unit", "count"),
    *("note", "exclude", "column", "table", "row"),
)
"""Of a study's finished numbers. `column` is the heading below which a number is written, `table`
the name of its file, `row` its row there."""
_READ = COLUMNS[:-2]
AT_MOST, AT_LEAST = "<=", ">="
LABELS = ("culture", "file", "experiment", "note", "exclude")
"""Columns of either form that hold no number."""
_LONG = ("endpoint", "value", "unit")
_COUNT = "_count"
"""Ending of the column with the counts that a percent is a part of."""
_SIGNS = {"<": AT_MOST, "<=": AT_MOST, "≤": AT_MOST, ">": AT_LEAST, ">=": AT_LEAST, "≥": AT_LEAST}
_VALUE = re.compile(r"(?P<sign>[<>]=?|[≤≥])?\s*(?P<number>.*?)\s*(?P<percent>%?)", re.DOTALL)
_PERCENTS = (units.PERCENT, units.OF_CONTROL)
_Cell = tuple[int, str, float]
"""Row, text and number of a cell."""
_NUMBERS_AS_TEXT: Schema = {"description": "", "type": "string", "default": ""}


@dataclass(frozen=True)
class _Endpoint:
    """A column of the wide form: what its numbers are, and the column with their counts."""

    name: str
    unit: str
    counts: str | None


def read(found: tables.Grid, not_used: Sequence[str] = ()) -> tuple[pd.DataFrame, list[Problem]]:
    """Read the table of finished numbers.

    Parameters
    ----------
    found
        Its cells, in long or wide form.
    not_used
        Headings of the wide form that are not read.

    Returns
    -------
    A row for each number with `COLUMNS` but `table` and `row` (index: the row of the spreadsheet,
    which several numbers of the wide form share), and the problems. `value` and `count` are
    numbers, NaN where there is none; `relation` is empty, or "<=" or ">=" where the value is a
    bound. `culture` is as written: where it is empty, `file` names it.
    """
    repeated = _repeated_headings(found)
    problems = [_of_repeated_headings(row) for row in repeated]
    kept = [[] if i in repeated else row for i, row in enumerate(found.rows, tables.FIRST_ROW)]
    found = replace(found, heading=named_columns(found.heading), rows=kept)
    problems += _without_heading(found)
    if set(found.heading) & {"endpoint", "value"}:
        rows, more = _long(found, not_used)
    else:
        rows, more = _wide(found, not_used)
    return _frame(rows), [*problems, *more]


def _frame(rows: Sequence[tuple[int, Mapping[str, Any]]]) -> pd.DataFrame:
    frame = pd.DataFrame(
        [row for _, row in rows], index=[number for number, _ in rows], columns=list(_READ)
    )
    numbers = {"value", "count"}
    return frame.astype({name: "float64" if name in numbers else "str" for name in _READ})


def named_columns(heading: Sequence[str]) -> list[str]:
    """The headings, with that of FlowJo's first column as `file`."""
    first, *others = heading
    is_file = first.lower() in flowjo.FILE_HEADINGS and "file" not in others
    return ["file" if is_file else first, *others]


def _repeated_headings(found: tables.Grid) -> list[int]:
    """The rows that repeat the headings of the columns with numbers."""
    names = [one.casefold() for one in found.heading]
    rows = []
    for number, cells in enumerate(found.rows, tables.FIRST_ROW):
        pairs = zip(names, cells, strict=False)
        filled = [(name, cell.casefold()) for name, cell in pairs if name not in LABELS and cell]
        if filled and all(name == cell for name, cell in filled):
            rows.append(number)
    return rows


def _of_repeated_headings(row: int) -> Problem:
    return Problem(NAME, "this row repeats the headings; delete it.", row)


def _without_heading(found: tables.Grid) -> list[Problem]:
    """Columns with cells but no heading, which nobody could name."""
    problems = []
    for place, heading in enumerate(found.heading):
        filled = [i for i, cells in enumerate(found.rows) if len(cells) > place and cells[place]]
        if not heading and filled:
            message = f"column {place + 1} has cells but no heading; give it one, or delete it."
            row = tables.FIRST_ROW + filled[0]
            problems.append(Problem(NAME, message, row, value=found.rows[filled[0]][place]))
    return problems


def _without_cells(found: tables.Grid) -> set[str]:
    """The headings of columns without a filled cell, such as FlowJo's comments; they need no unit.

    Of columns of the same name one is enough to be filled.
    """
    filled = {
        heading
        for cells in found.rows
        for heading, cell in zip(found.heading, cells, strict=False)
        if cell
    }
    return set(found.heading) - filled


Rows = list[tuple[int, dict[str, Any]]]


def _long(found: tables.Grid, not_used: Sequence[str]) -> tuple[Rows, list[Problem]]:
    rules = schema("values.table")
    known = {**rules["properties"], **dict.fromkeys(not_used, _NUMBERS_AS_TEXT)}
    table, problems = tables.typed(found, NAME, {**rules, "properties": known})
    decimal_commas = tables.has_decimal_commas_in(found)
    percents: dict[str, list[_Cell]] = {}
    rows: Rows = []
    for number, row in _records(table):
        unit = row["unit"] if pd.isna(row["unit"]) else units.canonical(row["unit"])
        value, relation, message = _value(row["value"], unit, decimal_commas)
        if row["value"] == "" and row["exclude"] == "":
            message = (
                "the cell is empty. Enter the number, delete the row, or give the reason in the "
                "column exclude."
            )
        if message and row["exclude"] == "":
            problems.append(Problem(NAME, message, number, "value", row["value"]))
        elif row["exclude"] == "" and unit in _PERCENTS and pd.notna(row["endpoint"]):
            percents.setdefault(row["endpoint"], []).append((number, row["value"], value))
        kept = {label: row[label] for label in (*LABELS, "endpoint", "count")}
        measured = {"value": value, "relation": relation, "unit": unit, "column": "value"}
        rows.append((number, {**kept, **measured}))
    for cells in percents.values():
        problems += _without_sign("value", cells)
    return rows, problems


def _wide(found: tables.Grid, not_used: Sequence[str]) -> tuple[Rows, list[Problem]]:
    labels = [one for one in found.heading if one in LABELS]
    if not {"culture", "file"} & set(labels):
        message = (
            "has no column culture (or file) in its first row, so it does not say what was "
            "measured. Add it, or delete any lines above the headings."
        )
        return [], [Problem(NAME, message, 1, value=next(filter(None, found.heading)))]
    others = [one for one in dict.fromkeys(found.heading) if one and one not in labels]
    endpoints, problems = _endpoints([one for one in others if one not in not_used])
    without_cells = _without_cells(found)
    problems = [one for one in problems if one.column not in without_cells]
    properties = schema("values.table")["properties"]
    known = {one: properties[one] for one in LABELS} | dict.fromkeys(others, _NUMBERS_AS_TEXT)
    table, more = tables.typed(found, NAME, {"properties": known, "required": []})
    decimal_commas = tables.has_decimal_commas_in(found)
    problems += more
    percents: dict[str, list[_Cell]] = {}
    rows: Rows = []
    for number, row in _records(table):
        if _is_summary(row):
            continue
        for heading, endpoint in endpoints.items():
            if row[heading] == "" and row["exclude"] == "":
                continue
            value, relation, message = _value(row[heading], endpoint.unit, decimal_commas)
            if message and row["exclude"] == "":
                problems.append(Problem(NAME, message, number, heading, row[heading]))
            elif row["exclude"] == "" and endpoint.unit in _PERCENTS:
                percents.setdefault(heading, []).append((number, row[heading], value))
            count, message = _count(row[endpoint.counts] if endpoint.counts else "")
            if message:
                problems.append(
                    Problem(NAME, message, number, endpoint.counts, row[str(endpoint.counts)])
                )
            measured = {
                "endpoint": endpoint.name,
                "value": value,
                "relation": relation,
                "unit": endpoint.unit,
                "count": count,
                "column": heading,
            }
            rows.append((number, {label: row[label] for label in LABELS} | measured))
    for heading, cells in percents.items():
        problems += _without_sign(heading, cells)
    return rows, list(dict.fromkeys(problems))


def _without_sign(column: str, cells: Sequence[_Cell]) -> list[Problem]:
    """Numbers of at most 1 without % among cells with it, which may be fractions; 0 is 0 %."""
    if not any(text.endswith("%") for _, text, _ in cells):
        return []
    return [
        Problem(
            NAME,
            "may be a percent or a fraction: the other cells of this column carry %; write "
            f"{100 * value:.6g} % or {value:.6g} %.",
            row,
            column,
            text,
        )
        for row, text, value in cells
        if 0 < abs(value) <= 1 and not text.endswith("%")
    ]


def _records(table: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, row in zip(table.index, table.to_dict("records"), strict=True):
        yield int(number), {str(key): value for key, value in row.items()}


def _is_summary(row: Mapping[str, Any]) -> bool:
    """Whether it is a row of means or SDs that FlowJo writes below the files."""
    return row["culture"] == "" and str(row["file"]).lower() in flowjo.SUMMARY_ROWS


def _endpoints(headings: Sequence[str]) -> tuple[dict[str, _Endpoint], list[Problem]]:
    """What each column measures; columns of counts behind a percent are none of their own."""
    found: dict[str, _Endpoint] = {}
    counts: dict[str, str] = {}
    problems = []
    for heading in headings:
        statistic = flowjo.of_heading(heading)
        if statistic is not None:
            name, unit = statistic.endpoint, statistic.unit
        elif heading.lower().endswith(_COUNT):
            counts[heading[: -len(_COUNT)]] = heading
            continue
        else:
            measured = units.of_heading(heading)
            if measured is None:
                problems.append(Problem(NAME, _no_unit(heading), 1, heading))
                continue
            name, unit = measured.name, measured.unit
        found[heading] = _Endpoint(name, unit, flowjo.count_heading(heading, headings))
    for name, heading in counts.items():
        of = [one for one, endpoint in found.items() if endpoint.name == name]
        if not of:
            message = (
                f'holds the counts behind "{name}", but no column of that name has a unit. Name '
                f"it {name}_percent; numbers of cells that are a result of their own end with "
                "_cells."
            )
            problems.append(Problem(NAME, message, 1, heading))
        found |= {one: _Endpoint(name, found[one].unit, heading) for one in of}
    return found, problems


def _no_unit(heading: str) -> str:
    bare = heading.split("(")[0].split("[")[0].strip() or heading
    return (
        f"no unit is known for this column. End its heading with one, as in {bare}_percent or "
        f"{bare} (pg/mL); known are {', '.join(units.KNOWN)}. For another unit write a row for "
        "each number, with the columns culture, endpoint, value and unit. If the column holds no "
        "measurement, list it in the config under values.columns_not_used."
    )


def _value(text: Any, unit: Any, decimal_commas: bool) -> tuple[float, str, str]:
    """The number in a cell, its relation, and what is wrong with the cell."""
    if pd.isna(text) or text == "":
        return float("nan"), "", ""
    parts = _VALUE.fullmatch(text)
    assert parts is not None
    relation = _SIGNS.get(parts["sign"] or "", "")
    if doubt := ambiguous(parts["number"], decimal_commas=decimal_commas):
        return float("nan"), relation, doubt
    number = finite_number(parts["number"])
    if number is None:
        return float("nan"), relation, _not_a_number(parts["number"])
    if parts["percent"] and unit != units.PERCENT and unit != units.OF_CONTROL:
        return float("nan"), relation, f"is a percent, but the unit is {unit}; correct one of them."
    return number, relation, ""


def _not_a_number(text: str) -> str:
    if any(sign.isdigit() for sign in text):
        return "is not a number; write it like 0.5 or 1000, or <5 for a bound."
    return (
        "is not a number. If nothing was measured, leave the cell empty (with a row for each "
        "number, delete the row). For a value below a limit of 5 write <5. For a measurement that "
        "failed, give the reason in the column exclude."
    )


def _count(text: Any) -> tuple[float, str]:
    if pd.isna(text) or text == "":
        return float("nan"), ""
    number = finite_number(text)
    if number is None:
        return float("nan"), ambiguous(text) or "is not a number; a count is written like 1000."
    if number <= 0:
        return float("nan"), "must be above 0: it is the number that a percent is a part of."
    return number, ""
