"""The tables of the page: which columns, their headings with units, and the order of the rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coculture.exchange.vocabulary import is_missing, number
from coculture.report import workbook_tables

NOT_SHOWN: Mapping[str, frozenset[str]] = {
    "comparison/findings.csv": frozenset(
        {"sentence", "reason", "advice", "caveat", "kind", "confidence_percent"}
    ),
    "comparison/contrasts.csv": frozenset(
        {"se", "df", "t", "p_greater", "p_less", "lower_90", "upper_90", "values", "analysis"}
        | {"estimate_at_limit", "estimate_censored_fit"}
    ),
    "comparison/finding_tests.csv": frozenset({"values", "confidence_percent"}),
    "comparison/arms.csv": frozenset({"low", "high", "mean_at_limit", "mean_censored_fit"}),
    "clinical/summary.csv": frozenset(
        {"printed_agree_rounded", "printed_agree_truncated", "printed_disagree", "selected"}
    ),
    "elisa/wells.csv": frozenset(
        {"od", "od_reference", "ln_se_curve", "ln_se_well", "file", "plate_in_file"}
        | {"lloq_pg_ml", "uloq_pg_ml"}
    ),
    "flow/wells.csv": frozenset(
        {"events_nonfinite", "n_viable", "n_early", "n_late", "n_necrotic"}
    ),
}
"""Columns that the page leaves to the CSV and the spreadsheet."""

_UNIT_ENDINGS = ("_pg_ml", "_ng_ml", "_nM")
ANALYSIS = "analysis"
_WHOLE = 12
"""Rows up to which a table does not scroll."""
_SAID_ELSEWHERE = ("see unit", "scale of the endpoint", "as in the column name")
"""Units that another column of the row tells."""
_WORDY = 14
"""Characters of a heading that would take three lines above a short word."""
_SHORT = 32
"""Characters that stand in one line."""


@dataclass(frozen=True)
class Column:
    """A column's heading (words, unit, definition) and what it holds: number, short, long."""

    words: str
    unit: str
    definition: str
    holds: str

    @property
    def is_wordy(self) -> bool:
        """Whether the heading is much longer than what stands below it may be."""
        return len(self.words) > _WORDY


@dataclass(frozen=True)
class Cell:
    """What a cell shows, and the number it is sorted by (None: by its text; empty: missing)."""

    text: str
    sorted_by: str | None = None


@dataclass(frozen=True)
class Row:
    """A row, the culture it is about (or empty) and the analysis it belongs to (or empty)."""

    cells: Sequence[Cell]
    culture: str = ""
    analysis: str = ""


@dataclass(frozen=True)
class Table:
    """A table as the page shows it; `path` is its CSV below the results folder, or empty."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    path: str = ""

    @property
    def is_tall(self) -> bool:
        """Whether it scrolls; a short one is shown whole."""
        return len(self.rows) > _WHOLE


def table(
    name: str,
    frame: pd.DataFrame,
    definitions: pd.DataFrame,
    named: Mapping[str, tuple[str, str]] | None = None,
) -> Table:
    """The result table `name` (as in columns.csv) for the page, empty columns left out.

    Parameters
    ----------
    frame
        Its rows.
    definitions
        table, column, unit, definition of every column written.
    named
        (words, unit) of the columns that the study names.
    """
    hidden = NOT_SHOWN.get(name, frozenset())
    shown = [
        str(column)
        for column in frame.columns
        if column not in hidden and not all(is_missing(value) for value in frame[column])
    ]
    of_table = definitions[definitions["table"] == name] if len(definitions) else definitions
    known = {str(row["column"]): row for row in of_table.to_dict("records")}
    columns = [
        _column(column, frame[column], known.get(column, {}), (named or {}).get(column))
        for column in shown
    ]
    rows = [
        Row(
            [cell(row[column]) for column in shown],
            str(row.get("culture") or ""),
            str(row.get(ANALYSIS) or ""),
        )
        for row in frame.to_dict("records")
    ]
    path = name if "{" not in name and name.count("/") <= 1 and not _is_split(name) else ""
    return Table(columns, rows, path)


def plain_table(headings: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> Table:
    """A table made for the page alone, from (heading, definition) and the values of each row.

    Columns without any value are left out.
    """
    found = [list(row) for row in rows]
    filled = [i for i, _ in enumerate(headings) if not all(is_missing(row[i]) for row in found)]
    headings = [headings[i] for i in filled]
    found = [[row[i] for i in filled] for row in found]
    columns = [
        Column(words, "", definition, _kind([row[i] for row in found]))
        for i, (words, definition) in enumerate(headings)
    ]
    return Table(columns, [Row([cell(value) for value in row]) for row in found])


def thresholds(gates: Mapping[str, Mapping[str, Any]]) -> Table:
    """Every gate of every experiment: where it lies, which rule set it, from how many files."""
    frame = workbook_tables.thresholds(gates)
    said = workbook_tables.defined(workbook_tables.THRESHOLDS)
    headings = [(str(column), said.get(str(column), "")) for column in frame.columns]
    return plain_table(headings, frame.itertuples(index=False))


def curves(found: Mapping[str, Mapping[str, Any]]) -> Table:
    """Every standard curve: whether it passes, its parameters, and its quantifiable range."""
    said = workbook_tables.defined(workbook_tables.CURVES)
    headings = (
        ("plate", ""),
        ("analyte", ""),
        ("verdict", said["verdict"]),
        ("LLOQ, pg/mL", said["lloq_pg_ml"]),
        ("ULOQ, pg/mL", said["uloq_pg_ml"]),
        ("standards passing", "Levels read back within the limits, of all"),
        ("R²", said["r_squared"]),
        ("model", ""),
        ("parameters", f"{workbook_tables.PARAMETERS}: {said[workbook_tables.PARAMETERS]}"),
        ("why", said["why"]),
    )
    rows = [
        _curve(plate, analyte, entry)
        for plate, analytes in found.items()
        for analyte, entry in analytes.items()
    ]
    return plain_table(headings, rows)


def _curve(plate: str, analyte: str, entry: Mapping[str, Any]) -> tuple[Any, ...]:
    fit = workbook_tables.fit_of(entry)
    parameters = fit.get("parameters") or {}
    return (
        plate,
        analyte,
        entry["verdict"],
        entry["limits"].get("lloq"),
        entry["limits"].get("uloq"),
        _passing(entry),
        fit.get("r_squared"),
        fit.get("model"),
        ", ".join(f"{name} {number(value)}" for name, value in parameters.items()),
        " ".join(entry["reasons"]),
    )


def cell(value: Any) -> Cell:
    """A value as it is shown, with what it is sorted by."""
    if is_missing(value):
        return Cell(number(value), "")
    if isinstance(value, str | bool):
        return Cell(str(value))
    return Cell(number(value), repr(float(value)))


def _passing(entry: Mapping[str, Any]) -> str:
    checks = {check["check"]: check for check in entry.get("checks", ())}
    found = checks.get("standards passing")
    if not found:
        return ""
    return f"{number(found['number'])} {found['unit']}" if found["number"] is not None else ""


def _column(
    name: str,
    values: "pd.Series[Any]",
    known: Mapping[Any, Any],
    named: tuple[str, str] | None,
) -> Column:
    if named is not None:
        return Column(*named, str(known.get("definition", "")), _kind(list(values)))
    words = name
    for ending in _UNIT_ENDINGS:
        words = words.removesuffix(ending)
    unit = str(known.get("unit", ""))
    return Column(
        words.replace("_", " "),
        "" if unit in _SAID_ELSEWHERE or words.startswith(unit) else unit,
        str(known.get("definition", "")),
        _kind(list(values)),
    )


def _kind(values: Sequence[Any]) -> str:
    """What a column holds: number, short (text that needs no second line) or long."""
    known = [value for value in values if not is_missing(value)]
    if known and not any(isinstance(value, str | bool) for value in known):
        return "number"
    return "long" if any(len(str(value)) > _SHORT for value in known) else "short"


def _is_split(name: str) -> bool:
    """Whether the table is written in pieces, one for each experiment or plate."""
    return name in ("flow/wells.csv", "elisa/wells.csv", "flow/spillover.csv")
