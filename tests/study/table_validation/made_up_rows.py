"""Rows of tables made by hand, for the tests of what the tables may and may not say."""

from typing import Any

import pandas as pd

FACTORS: list[dict[str, Any]] = [
    {"name": "DEX", "column": "dex_nM", "untreated": 0.0},
    {"name": "IL-6", "column": "il6_ng_ml", "untreated": 0.0},
]

CULTURE = {
    "experiment": "E1",
    "donor": "D1",
    "cells": "control",
    "stroma": "HS-5",
    "medium": "RPMI",
    "hours": 48.0,
    "replicate": 1.0,
    "dex_nM": 1000.0,
    "il6_ng_ml": 0.0,
}

WELL = {
    "plate": "P1",
    "file": "both.txt",
    "path": "elisa/both.txt",
    "plate_in_file": "Plate1",
    "well": "A1",
    "role": "sample",
    "analyte": "IL-6",
    "concentration_pg_ml": float("nan"),
}

FILE = {
    "fcs": "a.fcs",
    "path": "flow/a.fcs",
    "data_set": float("nan"),
    "experiment": "E1",
    "role": "unstained",
    "culture": "",
    "channel": "",
    "plate": "",
    "well": "",
}


def numbered(*rows: dict[str, Any]) -> pd.DataFrame:
    """The rows under the numbers that a spreadsheet gives them."""
    return pd.DataFrame(rows, index=range(2, 2 + len(rows)))
