"""The tables of the workbook, including those made for it from several tables, JSON or YAML."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coculture.exchange.manual_gates import Decision
from coculture.exchange.names import natural_key
from coculture.report.grouped_tables import GroupedTable, grouped_tables
from coculture.report.results import Results
from coculture.report.table_labels import (
    ENDPOINTS,
    column_definitions,
    labelled,
    labelled_table,
)

BY_EXPERIMENT = "arms by experiment"
THRESHOLDS = "gates and thresholds"
CURVES = "standard curves"
PRISM = "Prism "
"""Begins the name of the sheets in Prism's grouped layout."""
LONGEST_NAME = 31
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
"""What the name of a sheet cannot have."""
PARAMETERS = "A, D, b, c, g"
_PLOTTED = ("points", "specific", "log")
"""Scales whose values are plotted; the others are only tested."""

_DEFINED = (
    (BY_EXPERIMENT, "endpoint", "", "What is given in the rows of this block, with its unit"),
    (BY_EXPERIMENT, "arm", "", "Name of the arm, with the labels of the config"),
    (
        *(BY_EXPERIMENT, "one column an experiment", "see endpoint"),
        "Mean over the wells of the arm in this experiment; for concentrations the geometric mean. "
        "Text that begins with <= or >= is a bound: more than half of the wells are outside the "
        "quantifiable range",
    ),
    (THRESHOLDS, "experiment", "", "Each threshold applies to all treatments of its experiment"),
    (THRESHOLDS, "population", "", "Population, as named in the config"),
    (THRESHOLDS, "gate", "", "In the order in which they are applied"),
    (THRESHOLDS, "threshold", "", "Linear scale, after compensation"),
    (THRESHOLDS, "automatic", "", "The automatic threshold, where a person set another one"),
    (THRESHOLDS, "source", "", "What the gate was set from; manual: set by hand"),
    (THRESHOLDS, "rule", "", "How it was set"),
    (THRESHOLDS, "note", "", "Details of this gate"),
    (THRESHOLDS, "set by hand because", "", "The reason, by whom and when"),
    (THRESHOLDS, "files", "", "Number of control files it was set from, or of samples if none"),
    (CURVES, "verdict", "", "Whether the curve passes the acceptance limits in the config"),
    (CURVES, "lloq_pg_ml", "pg/mL", "Lower limit of quantification in the well"),
    (CURVES, "uloq_pg_ml", "pg/mL", "Upper limit of quantification in the well"),
    (
        *(CURVES, PARAMETERS, "see curve.json"),
        "Response at zero and at infinite concentration, slope, midpoint, asymmetry",
    ),
    (CURVES, "r_squared", "", "A weak criterion, shown because readers expect it"),
    (CURVES, "reasons", "", "Which checks failed"),
)


def workbook_tables(results: Results) -> dict[str, pd.DataFrame]:
    """Every table of the workbook by its name in columns.csv, or by the name of its sheet."""
    made = {
        BY_EXPERIMENT: arms_by_experiment(results),
        **{name: table.frame() for name, table in prism_sheets(results).items()},
        THRESHOLDS: thresholds(results.gates),
        CURVES: curves(results.curves),
    }
    return {name: labelled_table(name, results) for name in results.tables} | made


def prism_sheets(results: Results) -> dict[str, GroupedTable]:
    """The sheet of each endpoint in Prism's grouped layout, by its name."""
    sheets: dict[str, GroupedTable] = {}
    for table in grouped_tables(results):
        name = f"{PRISM}{table.name.translate(FORBIDDEN)}"[:LONGEST_NAME]
        if name.casefold() in map(str.casefold, sheets):
            number = f" {len(sheets) + 1}"
            name = f"{name[: LONGEST_NAME - len(number)]}{number}"
        sheets[name] = table
    return sheets


def definitions(results: Results) -> pd.DataFrame:
    """table, column, unit and definition of every column of the workbook."""
    of_prism = [
        row
        for sheet, table in prism_sheets(results).items()
        for row in (
            (sheet, "arm", "", "Name of the arm, with the labels of the config"),
            (sheet, "one column a well", "", f"{table.title}. {' '.join(table.notes)}"),
        )
    ]
    made = pd.DataFrame([*_DEFINED, *of_prism], columns=["table", "column", "unit", "definition"])
    return pd.concat([column_definitions(results), made], ignore_index=True)


def defined(table: str) -> dict[str, str]:
    """The definition of each column of a table that is made here."""
    return {column: definition for name, column, _, definition in _DEFINED if name == table}


def arms_by_experiment(results: Results) -> pd.DataFrame:
    """One row for each endpoint and arm, one column for each experiment; concentrations in pg/mL.

    If only a bound of a mean is known, it is text ("<= 200"), so that it cannot be averaged.
    """
    arms = results.table("comparison/arms.csv")
    if not {"endpoint", "experiment", "arm", "mean", "relation"} <= set(arms.columns):
        return pd.DataFrame()
    endpoints = {str(one["endpoint"]): one for one in results.table(ENDPOINTS).to_dict("records")}
    experiments = sorted(arms["experiment"].unique(), key=natural_key)
    rows = []
    for endpoint, block in arms.dropna(subset=["mean"]).groupby("endpoint", sort=False):
        described = endpoints.get(str(endpoint))
        if described is None or described["scale"] not in _PLOTTED:
            continue
        is_log = described["scale"] == "log"
        label = f"{described['name']}, {described['unit']}" if is_log else described["title"]
        for arm, means in block.groupby("arm", sort=False):
            known = {
                str(row["experiment"]): _value(row, is_log) for row in means.to_dict("records")
            }
            rows.append({"endpoint": label, "arm": arm} | {e: known.get(e) for e in experiments})
    return labelled(pd.DataFrame(rows), results) if rows else pd.DataFrame()


def _value(row: Mapping[Any, Any], is_log: bool) -> float | str:
    mean = float(np.exp(row["mean"])) if is_log else float(row["mean"])
    return f"{row['relation']} {mean:.4g}" if row["relation"] else mean


_OF_MANUAL = ("automatic", "set by hand because")
"""Columns of `thresholds` that only studies have in which a person set gates."""


def thresholds(gates: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Every gate of every experiment: its threshold, its rule, and the number of files used."""
    table = pd.DataFrame(
        {
            "experiment": experiment,
            "population": population,
            "gate": gate.replace("_", " "),
            "channel": ", ".join(block["channels"]),
            "threshold": block.get("threshold"),
            "automatic": automatic
            if isinstance(automatic := block.get("automatic"), int | float)
            else None,
            "source": str(block["source"]).replace("_", " "),
            "rule": block["rule"],
            "note": block.get("note"),
            "set by hand because": Decision.of(block).in_words or None,
            "files": len(block.get("controls") or block.get("samples") or ()) or None,
        }
        for experiment, found in gates.items()
        for population, blocks in found["populations"].items()
        for gate, block in blocks.items()
    )
    unused = [one for one in _OF_MANUAL if one in table and table[one].isna().all()]
    return table.drop(columns=unused)


def curves(found: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Every standard curve: its verdict, quantifiable range and parameters."""
    return pd.DataFrame(
        _curve(plate, analyte, entry)
        for plate, analytes in found.items()
        for analyte, entry in analytes.items()
    )


def _curve(plate: str, analyte: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    fit = fit_of(entry)
    return {
        "plate": plate,
        "analyte": analyte,
        "verdict": entry["verdict"],
        "lloq_pg_ml": entry["limits"].get("lloq"),
        "uloq_pg_ml": entry["limits"].get("uloq"),
        "model": fit.get("model"),
        "r_squared": fit.get("r_squared"),
        **(fit.get("parameters") or {}),
        "reasons": " ".join(entry["reasons"]),
    }


def fit_of(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fit of a curve in curve.json; empty if no curve could be fitted."""
    return entry.get("fit") or {}
