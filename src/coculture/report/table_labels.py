"""Result tables with the names people use: labels of cells, analytes, factors and scales."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coculture.exchange.names import column_prefix
from coculture.report.results import Results, with_labels

_LABELLED = ("arm", "cells", "combination", "contrast", "left_out", "note", "reason", "test")
"""Columns of text that contain names of arms or cells."""
ENDPOINTS = "comparison/endpoints.csv"
_LOGARITHMIC = ("logit", "log", "log_rest")
"""Scales of comparison/endpoints.csv on which differences are ratios."""
TESTS = "comparison/finding_tests.csv"
_UNCHANGED = ("study/", "columns.csv", "flags.csv", ENDPOINTS)
"""Tables whose texts are shown as they are."""
RATIOS = {"ratio": "estimate", "ratio_lower": "lower", "ratio_upper": "upper"}
"""Columns of ratios, each with the column of its natural logarithm."""


class NamedColumn(NamedTuple):
    """A column that is named after a factor or an analyte; `is_dose` if it holds doses."""

    heading: str
    unit: str
    is_dose: bool = False


def analyte_names(results: Results) -> dict[str, str]:
    """The name of each analyte by its name in columns: il6 is IL-6."""
    named = results.table("elisa/cultures.csv").get("analyte", pd.Series(dtype=str))
    return {column_prefix(str(name)): str(name) for name in named.unique()}


def endpoint_labels(results: Results) -> dict[str, str]:
    """Each endpoint of comparison/endpoints.csv with its scale: "ln IL-6 (pg/mL)"."""
    return {
        str(row["endpoint"]): _label(row) for row in results.table(ENDPOINTS).to_dict("records")
    }


def _label(row: Mapping[Any, Any]) -> str:
    title = str(row["title"])
    if row["scale"] in ("log", "log_rest"):
        plain = title[:1].lower() + title[1:]
        return f"ln {title if title.startswith(str(row['name'])) else plain}"
    return f"ln odds of {row['name']}" if row["scale"] == "logit" else title


@dataclass(frozen=True)
class MeasuredColumns:
    """Something that was measured, with its columns of cultures.csv; `bound` may be empty."""

    name: str
    unit: str
    value: str
    bound: str
    state: str


def measured_columns(results: Results) -> list[MeasuredColumns]:
    """Each endpoint, and each analyte that was measured and is not compared."""
    found = [
        MeasuredColumns(
            str(row["name"]),
            str(row["unit"]),
            *(str(row[f"{one}_column"]) for one in ("value", "bound", "state")),
        )
        for row in results.table(ENDPOINTS).to_dict("records")
        if row["is_primary"]
    ]
    known = {one.value for one in found}
    for prefix, name in analyte_names(results).items():
        columns = [f"{prefix}_{end}" for end in ("pg_ml", "bound_pg_ml", "state")]
        if columns[0] not in known and columns[0] in results.table("cultures.csv"):
            found.append(MeasuredColumns(name, "pg/mL", *columns))
    return found


def study_columns(results: Results) -> dict[str, NamedColumn]:
    """The columns that are named after a factor or an analyte."""
    found = {
        str(factor["column"]): NamedColumn(
            f"{factor['name']} given", str(factor["unit"] or ""), is_dose=True
        )
        for factor in results.config["factors"]
    }
    known = {*found, *results.table("cultures.csv").columns}
    for one in measured_columns(results):
        found.setdefault(one.value, NamedColumn(one.name, one.unit))
        found |= {one.bound: NamedColumn(f"{one.name} bound", one.unit)} if one.bound else {}
        found.setdefault(one.state, NamedColumn(f"{one.name} state", ""))
    return {column: heading for column, heading in found.items() if column in known}


def labelled(frame: pd.DataFrame, results: Results) -> pd.DataFrame:
    """`frame` with the config's labels for cells, and each endpoint with its scale."""
    changed = frame.copy()
    for column in (name for name in _LABELLED if name in changed):
        changed[column] = [
            with_labels(text, results) if isinstance(text, str) else text
            for text in changed[column]
        ]
    if "endpoint" in changed:
        labels = endpoint_labels(results)
        changed["endpoint"] = [labels.get(str(one), str(one)) for one in changed["endpoint"]]
    return changed


def labelled_table(name: str, results: Results) -> pd.DataFrame:
    """The result table `name`, labelled; texts that the user wrote are not changed."""
    frame = results.table(name)
    if name.startswith(_UNCHANGED):
        return frame
    if name == TESTS:
        frame = with_ratios(frame, results.table(ENDPOINTS))
    return labelled(frame, results)


def with_ratios(tests: pd.DataFrame, endpoints: pd.DataFrame) -> pd.DataFrame:
    """comparison/finding_tests.csv with a ratio for each estimate and limit that is a logarithm."""
    if tests.empty or not {"endpoint", *RATIOS.values()} <= set(tests.columns):
        return tests
    described = endpoints.reindex(columns=["endpoint", "scale"])
    logarithmic = described.loc[described["scale"].isin(_LOGARITHMIC), "endpoint"]
    on_logarithms = tests["endpoint"].isin(logarithmic)
    place = tests.columns.get_loc("upper")
    assert isinstance(place, int)
    extended = tests.copy()
    for i, (ratio, logarithm) in enumerate(RATIOS.items(), start=1):
        values = np.exp(tests[logarithm].where(on_logarithms).astype(float))
        extended.insert(place + i, ratio, values)
    return extended


def column_definitions(results: Results) -> pd.DataFrame:
    """columns.csv, with rows for the ratios that `with_ratios` adds."""
    ratios = [
        {
            "table": TESTS,
            "column": ratio,
            "unit": "ratio",
            "definition": f"exp({logarithm}) where the endpoint is a logarithm",
        }
        for ratio, logarithm in RATIOS.items()
    ]
    return pd.concat([results.table("columns.csv"), pd.DataFrame(ratios)], ignore_index=True)
