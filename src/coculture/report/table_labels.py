"""Result tables with the names people use: labels of cells, analytes, factors and scales."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coculture.exchange.names import column_prefix
from coculture.report.results import Results, with_labels

_LABELLED = ("arm", "cells", "combination", "contrast", "left_out", "note", "reason", "test")
"""Columns of text that contain names of arms or cells."""
_SCALES = {
    "percent_apoptotic": "percent apoptotic, %",
    "logit_apoptotic": "ln odds of apoptosis",
    "ln_viable": "ln viable fraction",
}
_ANALYTE_COLUMNS = {"_bound_pg_ml": " bound", "_pg_ml": "", "_state": " state"}
"""Endings of columns that are named after an analyte, and what its name is followed by."""
LOGARITHM = "ln_"
_PER_VIABLE_CELL = "_per_viable_cell"
TESTS = "comparison/finding_tests.csv"
_UNCHANGED = ("study/", "columns.csv", "flags.csv")
"""Tables whose texts are shown as they are."""
RATIOS = {"ratio": "estimate", "ratio_lower": "lower", "ratio_upper": "upper"}
"""Columns of ratios, each with the column of its natural logarithm."""


def analyte_names(results: Results) -> dict[str, str]:
    """The name of each analyte by its name in columns: il6 is IL-6."""
    named = results.table("elisa/cultures.csv").get("analyte", pd.Series(dtype=str))
    return {column_prefix(str(name)): str(name) for name in named.unique()}


def analyte_name(column_name: str, names: Mapping[str, str]) -> str:
    """The analyte whose name in columns is `column_name`.

    >>> analyte_name("il6", {"il6": "IL-6"}), analyte_name("tnf", {})
    ('IL-6', 'TNF')
    """
    return names.get(column_prefix(column_name), column_name.upper())


def endpoint_label(endpoint: str, names: Mapping[str, str]) -> str:
    """An endpoint of comparison/arms.csv with its scale.

    >>> endpoint_label("ln_il6", {"il6": "IL-6"})
    'ln IL-6 (pg/mL)'
    >>> endpoint_label("ln_il6_per_viable_cell", {"il6": "IL-6"})
    'ln IL-6 (pg per million viable cells)'
    """
    if endpoint in _SCALES or not endpoint.startswith(LOGARITHM):
        return _SCALES.get(endpoint, endpoint)
    analyte, unit = analyte_and_unit(endpoint, names)
    return f"ln {analyte} ({unit})"


def analyte_and_unit(endpoint: str, names: Mapping[str, str]) -> tuple[str, str]:
    """The analyte and unit of an endpoint that is the logarithm of a concentration.

    >>> analyte_and_unit("ln_il6", {"il6": "IL-6"})
    ('IL-6', 'pg/mL')
    """
    name = endpoint.removeprefix(LOGARITHM)
    column = name.removesuffix(_PER_VIABLE_CELL)
    unit = "pg/mL" if name == column else "pg per million viable cells"
    return analyte_name(column, names), unit


def study_columns(results: Results) -> dict[str, tuple[str, str]]:
    """(heading, unit) of the columns that are named after a factor or an analyte."""
    found = {
        str(factor["column"]): (f"{factor['name']} given", str(factor["unit"] or ""))
        for factor in results.config["factors"]
    }
    names = analyte_names(results)
    for column in results.table("cultures.csv").columns:
        for ending, suffix in _ANALYTE_COLUMNS.items():
            if column not in found and str(column).endswith(ending):
                name = analyte_name(str(column).removesuffix(ending), names)
                found[str(column)] = (f"{name}{suffix}", "pg/mL" if "pg_ml" in ending else "")
    return found


def labelled(frame: pd.DataFrame, results: Results) -> pd.DataFrame:
    """`frame` with the config's labels for cells, and each endpoint with its scale."""
    changed = frame.copy()
    for column in (name for name in _LABELLED if name in changed):
        changed[column] = [
            with_labels(text, results) if isinstance(text, str) else text
            for text in changed[column]
        ]
    if "endpoint" in changed:
        names = analyte_names(results)
        changed["endpoint"] = [endpoint_label(str(one), names) for one in changed["endpoint"]]
    return changed


def labelled_table(name: str, results: Results) -> pd.DataFrame:
    """The result table `name`, labelled; texts that the user wrote are not changed."""
    frame = results.table(name)
    if name.startswith(_UNCHANGED):
        return frame
    return labelled(with_ratios(frame) if name == TESTS else frame, results)


def with_ratios(tests: pd.DataFrame) -> pd.DataFrame:
    """comparison/finding_tests.csv with a ratio for each estimate and limit that is a logarithm."""
    if tests.empty or not {"endpoint", *RATIOS.values()} <= set(tests.columns):
        return tests
    on_logarithms = tests["endpoint"].str.startswith(LOGARITHM)
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
