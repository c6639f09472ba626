"""The tables of the page: which columns they show, with headings, units and definitions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from coculture.exchange import arm_names
from coculture.exchange.vocabulary import is_missing, number
from coculture.report import workbook_tables
from coculture.report.flags import ListedFlag
from coculture.report.table_labels import NamedColumn

CSV_ONLY: Mapping[str, frozenset[str]] = {
    "comparison/findings.csv": frozenset(
        {"sentence", "reason", "advice", "caveat", "kind", "method", "confidence_percent"}
        | {"verdict_in_words", "limits"}
    ),
    "comparison/contrasts.csv": frozenset(
        {"se", "df", "t", "p_greater", "p_less", "lower_90", "upper_90", "values", "analysis"}
        | {"estimate_at_limit"}
    ),
    "comparison/finding_tests.csv": frozenset({"values", "confidence_percent", "sentence"}),
    "comparison/arms.csv": frozenset({"low", "high", "mean_at_limit"}),
    "clinical/summary.csv": frozenset(
        {"printed_agree_rounded", "printed_agree_truncated", "printed_disagree", "selected"}
    ),
    "elisa/wells.csv": frozenset(
        {"od", "od_reference", "ln_se_curve", "ln_se_well", "file", "plate_in_file"}
        | {"lloq_pg_ml", "uloq_pg_ml", "medium", "medium_pg_ml"}
    ),
    "flow/wells.csv": frozenset(
        {"events_nonfinite", "events_beads", "n_viable", "n_early", "n_late", "n_necrotic"}
    ),
}
"""Columns that only the CSV files and the workbook have."""

_UNIT_ENDINGS = ("_pg_ml", "_ng_ml", "_nM")
ANALYSIS = "analysis"
_KIND = {"comparison/contrasts.csv": "family"}
"""The column that says of which kind a row is, in tables that can be filtered by it."""
_MAX_ROWS_UNSCROLLED = 12
"""A table with more rows scrolls."""
ROWS_AT_ONCE = 50
"""Of a longer table the page shows so many rows at once; its script turns to the others."""
_UNITS_ELSEWHERE = ("see unit", "see dose_unit", "scale of the endpoint", "as in the column name")
"""Units that another column of the row or its name gives."""
_LONG_HEADING = 14
"""Characters above which a heading gets a wider column, so that it takes at most two lines."""
_SHORT_TEXT = 32
"""Characters up to which a text is not wrapped."""


@dataclass(frozen=True)
class Column:
    """A column: its heading, unit, definition, and whether it holds number, short or long."""

    heading: str
    unit: str
    definition: str
    holds: str

    @property
    def has_long_heading(self) -> bool:
        """Whether the heading needs a wider column than its values may have."""
        return len(self.heading) > _LONG_HEADING


@dataclass(frozen=True)
class Cell:
    """A cell's text, and the number it is sorted by (None: by its text; empty: missing).

    `href` is where its text links to, if it does; `shows` the culture that the link selects.
    """

    text: str
    sorted_by: str | None = None
    href: str = ""
    shows: str = ""


@dataclass(frozen=True)
class Row:
    """A row, and its culture, the analysis that it belongs to and its kind (or empty)."""

    cells: Sequence[Cell]
    culture: str = ""
    analysis: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """A table as the page shows it; `path` is its CSV below the results folder, or empty.

    `left_out` is the number of further rows, which are in that CSV but not on the page.
    """

    columns: Sequence[Column]
    rows: Sequence[Row]
    path: str = ""
    left_out: int = 0

    @property
    def is_tall(self) -> bool:
        """Whether it scrolls."""
        return len(self.rows) > _MAX_ROWS_UNSCROLLED

    @property
    def first_rows(self) -> Sequence[Row]:
        """The rows that are there before, or without, the page's script."""
        return self.rows[:ROWS_AT_ONCE]

    @property
    def is_long(self) -> bool:
        """Whether not all of its rows are shown at once."""
        return len(self.rows) > ROWS_AT_ONCE

    @property
    def total(self) -> int:
        """The number of its rows, with those that are not on the page."""
        return len(self.rows) + self.left_out

    @property
    def kinds(self) -> list[str]:
        """The kinds of its rows, by which it can be filtered, in their order."""
        return list(dict.fromkeys(row.kind for row in self.rows if row.kind))

    @property
    def count(self) -> int:
        """The number of its rows; of several analyses those of the first."""
        return self.left_out + sum(row.analysis == self.rows[0].analysis for row in self.rows)


NONE = Table((), ())
"""A table that the study does not have."""


def table(
    name: str,
    frame: pd.DataFrame,
    definitions: pd.DataFrame,
    named: Mapping[str, NamedColumn] | None = None,
) -> Table:
    """The result table `name` (as in columns.csv) for the page, without empty columns.

    Parameters
    ----------
    frame
        Its rows.
    definitions
        table, column, unit and definition of every column written.
    named
        The columns that are named after a factor or an analyte.
    """
    hidden = CSV_ONLY.get(name, frozenset())
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
    doses = {column for column, one in (named or {}).items() if one.is_dose}
    rows = [
        Row(
            [_dose(row[column]) if column in doses else cell(row[column]) for column in shown],
            str(row.get("culture") or ""),
            str(row.get(ANALYSIS) or ""),
            str(row.get(_KIND.get(name, "")) or ""),
        )
        for row in frame.to_dict("records")
    ]
    path = name if "{" not in name and name.count("/") <= 1 and not _is_split(name) else ""
    return Table(columns, rows, path)


def plain_table(headings: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> Table:
    """A table that only the page has, from (heading, definition) and the values of each row.

    Columns without any value are omitted.
    """
    found = [list(row) for row in rows]
    filled = [i for i, _ in enumerate(headings) if not all(is_missing(row[i]) for row in found)]
    headings = [headings[i] for i in filled]
    found = [[row[i] for i in filled] for row in found]
    columns = [
        Column(heading, "", definition, _holds([row[i] for row in found]))
        for i, (heading, definition) in enumerate(headings)
    ]
    return Table(columns, [Row([cell(value) for value in row]) for row in found])


def thresholds(gates: Mapping[str, Mapping[str, Any]]) -> Table:
    """Every gate of every experiment: its threshold, its rule, and the number of files used."""
    frame = workbook_tables.thresholds(gates)
    defined = workbook_tables.defined(workbook_tables.THRESHOLDS)
    headings = [(str(column), defined.get(str(column), "")) for column in frame.columns]
    return plain_table(headings, frame.itertuples(index=False))


def curves(found: Mapping[str, Mapping[str, Any]]) -> Table:
    """Every standard curve: its verdict, quantifiable range and parameters."""
    defined = workbook_tables.defined(workbook_tables.CURVES)
    headings = (
        ("plate", ""),
        ("analyte", ""),
        ("verdict", defined["verdict"]),
        ("LLOQ, pg/mL", defined["lloq_pg_ml"]),
        ("ULOQ, pg/mL", defined["uloq_pg_ml"]),
        ("standards passing", "Number of standards read back within the limits"),
        ("R²", defined["r_squared"]),
        ("model", ""),
        ("parameters", f"{workbook_tables.PARAMETERS}: {defined[workbook_tables.PARAMETERS]}"),
        ("reasons", defined["reasons"]),
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
    """The table cell that shows `value`."""
    if is_missing(value):
        return Cell(number(value), "")
    if isinstance(value, str | bool):
        return Cell(str(value))
    return Cell(number(value), f"{float(value):.9g}")


def _dose(value: Any) -> Cell:
    """The cell of a dose, as the names of arms have it."""
    shown = cell(value)
    if is_missing(value) or isinstance(value, str | bool):
        return shown
    return replace(shown, text=arm_names.dose(float(value), ""))


def _passing(entry: Mapping[str, Any]) -> str:
    verdicts = [level["verdict"] for level in entry.get("standards", ())]
    judged = [verdict for verdict in verdicts if verdict in ("pass", "fail")]
    return f"{judged.count('pass')} of {len(judged)}" if judged else ""


def excluded(listed: Iterable[ListedFlag]) -> Table:
    """What the study's tables exclude, each with its reason."""
    headings = ("assay", "experiment or plate", "file, well or endpoint", "culture", "reason")
    flags = list({(one.flag.concerns, one.flag.sentence): one for one in listed}.values())
    rows = [(one.stage, one.place, one.item, one.culture, one.flag.sentence) for one in flags]
    made = plain_table([(heading, "") for heading in headings], rows)
    return replace(
        made,
        rows=[replace(row, culture=one.culture) for row, one in zip(made.rows, flags, strict=True)],
        path="study/excluded.csv",
    )


def _column(
    name: str,
    values: "pd.Series[Any]",
    known: Mapping[Any, Any],
    named: NamedColumn | None,
) -> Column:
    if named is not None:
        definition = str(known.get("definition", ""))
        return Column(named.heading, named.unit, definition, _holds(list(values)))
    heading = name
    for ending in _UNIT_ENDINGS:
        heading = heading.removesuffix(ending)
    unit = str(known.get("unit", ""))
    return Column(
        heading.replace("_", " "),
        "" if unit in _UNITS_ELSEWHERE or heading.startswith(unit) else unit,
        str(known.get("definition", "")),
        _holds(list(values)),
    )


def _holds(values: Sequence[Any]) -> str:
    """What a column holds: number, short (text in one line) or long."""
    known = [value for value in values if not is_missing(value)]
    if known and not any(isinstance(value, str | bool) for value in known):
        return "number"
    return "long" if any(len(str(value)) > _SHORT_TEXT for value in known) else "short"


def _is_split(name: str) -> bool:
    """Whether the table is written in several files, one for each experiment or plate."""
    return name in ("flow/wells.csv", "elisa/wells.csv", "flow/spillover.csv")
