"""Tables that only the workbook has: for Prism, and of what the JSON and YAML files say."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coculture.report.in_words import (
    LOGARITHM,
    analyte_and_unit,
    analyte_names,
    column_definitions,
    endpoint_in_words,
    in_words,
    table_in_words,
)
from coculture.report.numbers import in_order
from coculture.report.results import Results

BY_EXPERIMENT = "arms by experiment"
THRESHOLDS = "gates and thresholds"
CURVES = "standard curves"
PARAMETERS = "A, D, b, c, g"
PERCENT = "percent_apoptotic"

_DEFINED = (
    (BY_EXPERIMENT, "endpoint", "", "What the rows of this block hold, with its unit"),
    (BY_EXPERIMENT, "arm", "", "Name of the arm, with the labels of the config"),
    (
        *(BY_EXPERIMENT, "one column an experiment", "see endpoint"),
        "Mean over the wells of the arm in this experiment; of concentrations the geometric mean. "
        "Text that begins with <= or >= is a bound: more than half of the wells lie outside the "
        "quantifiable range",
    ),
    (THRESHOLDS, "experiment", "", "Each threshold serves all treatments of its experiment"),
    (THRESHOLDS, "population", "", "Population that the config names"),
    (THRESHOLDS, "gate", "", "In the order in which they are applied"),
    (THRESHOLDS, "threshold", "", "Linear scale, after compensation"),
    (THRESHOLDS, "rule", "", "How it was set; the best source that the controls allowed"),
    (THRESHOLDS, "files", "", "Control files that set it, or samples where no control could"),
    (CURVES, "verdict", "", "Whether the curve passes the acceptance limits of the config"),
    (CURVES, "lloq_pg_ml", "pg/mL", "Lower limit of quantification in the well"),
    (CURVES, "uloq_pg_ml", "pg/mL", "Upper limit of quantification in the well"),
    (
        *(CURVES, PARAMETERS, "see curve.json"),
        "Response at zero and at infinite dose, slope, mid-point, asymmetry",
    ),
    (CURVES, "r_squared", "", "A weak criterion, shown because readers expect it"),
    (CURVES, "why", "", "Which check failed"),
)


def workbook_tables(results: Results) -> dict[str, pd.DataFrame]:
    """Every table of the workbook by its name in columns.csv, or by the name of its sheet."""
    made = {
        BY_EXPERIMENT: arms_by_experiment(results),
        THRESHOLDS: thresholds(results.gates),
        CURVES: curves(results.curves),
    }
    return {name: table_in_words(name, results) for name in results.tables} | made


def definitions(results: Results) -> pd.DataFrame:
    """table, column, unit and definition of every column of the workbook."""
    made = pd.DataFrame(_DEFINED, columns=["table", "column", "unit", "definition"])
    return pd.concat([column_definitions(results), made], ignore_index=True)


def defined(table: str) -> dict[str, str]:
    """The definition of each column of a table that is made here."""
    return {column: words for name, column, _, words in _DEFINED if name == table}


def arms_by_experiment(results: Results) -> pd.DataFrame:
    """Arms down, experiments across, one block an endpoint; concentrations in pg/mL.

    A mean that is only a bound is text ("<= 200"), so that nobody averages it.
    """
    arms = results.table("comparison/arms.csv")
    if not {"endpoint", "experiment", "arm", "mean", "relation"} <= set(arms.columns):
        return pd.DataFrame()
    names = analyte_names(results)
    experiments = sorted(arms["experiment"].unique(), key=in_order)
    rows = []
    for endpoint, block in arms.dropna(subset=["mean"]).groupby("endpoint", sort=False):
        words = _natural(str(endpoint), names)
        if not words:
            continue
        for arm, cells in block.groupby("arm", sort=False):
            known = {
                str(row["experiment"]): _value(row, str(endpoint))
                for row in cells.to_dict("records")
            }
            rows.append({"endpoint": words, "arm": arm} | {e: known.get(e) for e in experiments})
    return in_words(pd.DataFrame(rows), results) if rows else pd.DataFrame()


def _natural(endpoint: str, names: Mapping[str, str]) -> str:
    """An endpoint in the unit people plot it in; empty for scales that only serve tests."""
    if endpoint == PERCENT:
        return endpoint_in_words(endpoint, names)
    if endpoint.startswith(LOGARITHM) and endpoint != "ln_viable":
        return ", ".join(analyte_and_unit(endpoint, names))
    return ""


def _value(row: Mapping[Any, Any], endpoint: str) -> float | str:
    mean = float(row["mean"]) if endpoint == PERCENT else float(np.exp(row["mean"]))
    return f"{row['relation']} {mean:.4g}" if row["relation"] else mean


def thresholds(gates: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Every gate of every experiment: where it lies, which rule set it, from how many files."""
    return pd.DataFrame(
        {
            "experiment": experiment,
            "population": population,
            "gate": gate.replace("_", " "),
            "channel": ", ".join(block["channels"]),
            "threshold": block.get("threshold"),
            "rule": str(block["rule"]).replace("_", " "),
            "files": len(block.get("controls") or block.get("samples") or ()) or None,
        }
        for experiment, found in gates.items()
        for population, blocks in found["populations"].items()
        for gate, block in blocks.items()
    )


def curves(found: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Every standard curve: whether it passes, its quantifiable range and its parameters."""
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
        "why": " ".join(entry["reasons"]),
    }


def fit_of(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fit of a curve in curve.json; empty where none could be made."""
    return entry.get("fit") or {}
