"""The tables that only the workbook has: arms by experiment, thresholds, curves."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from coculture.report import Results, write_spreadsheet
from coculture.report.workbook_tables import thresholds

MakeResults = Callable[..., Results]


def test_tables_that_only_the_workbook_has(results: MakeResults, tmp_path: Path) -> None:
    arms = pd.DataFrame(
        [
            ("percent_apoptotic", "E10", "untreated", 8.25, ""),
            ("percent_apoptotic", "E2", "untreated", 7.5, ""),
            ("ln_il6", "E2", "untreated", math.log(5000), ""),
            ("ln_il6", "E10", "DEX", math.log(200), "<="),
            ("ln_viable", "E2", "untreated", -0.1, ""),
        ],
        columns=["endpoint", "experiment", "arm", "mean", "relation"],
    )
    analytes = pd.DataFrame({"analyte": ["IL-6"], "flags": ""})
    gate: dict[str, Any] = {
        "source": "live_peak",
        "rule": "median",
        "note": "2.4 SD",
        "channels": ["R660-A"],
    }
    gate |= {"threshold": 178.25}
    curve: dict[str, Any] = {
        "verdict": "pass",
        "limits": {"lloq": 9.375, "uloq": 600.0},
        "reasons": [],
    }
    curve |= {"fit": {"model": "4PL", "r_squared": 0.99, "parameters": {"A": 0.05, "c": 217.5}}}
    study = results(
        tables={"comparison/arms.csv": arms, "elisa/cultures.csv": analytes},
        gates={"E2": {"populations": {"myeloma": {"annexin": gate}}}},
        curves={"P1": {"IL-6": curve}},
    )
    write_spreadsheet(study, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    rows = list(book["arms by experiment"].iter_rows(values_only=True))
    assert rows[:2] == [
        ("endpoint", "arm", "E2", "E10"),
        ("Apoptotic cells (%)", "untreated", 7.5, 8.25),
    ]
    assert rows[2][:2] == ("IL-6, pg/mL", "untreated")
    assert rows[2][2] == pytest.approx(5000)
    assert rows[3] == ("IL-6, pg/mL", "DEX", None, "<= 200")
    assert len(rows) == 4
    thresholds = list(book["gates and thresholds"].iter_rows(values_only=True))
    assert dict(zip(*thresholds, strict=True)) == {
        "experiment": "E2",
        "population": "myeloma",
        "gate": "annexin",
        "channel": "R660-A",
        "threshold": 178.25,
        "source": "live peak",
        "rule": "median",
        "note": "2.4 SD",
        "files": None,
    }
    curves = list(book["standard curves"].iter_rows(values_only=True))
    assert dict(zip(*curves, strict=True))["c"] == 217.5
    noted = {(row[0], row[1]) for row in book["notes"].iter_rows(values_only=True)}
    assert ("standard curves", "lloq_pg_ml") in noted


def test_a_gate_set_by_hand_keeps_its_columns_beside_automatic_gates() -> None:
    gate = {"source": "live_peak", "rule": "median", "channels": ["R660-A"], "threshold": 178.25}
    moved = gate | {"source": "manual", "threshold": 200.0, "automatic": 178.25}
    table = thresholds({"E1": {"populations": {"myeloma": {"annexin": gate, "dye": moved}}}})
    assert table.set_index("gate")["automatic"].dropna().to_dict() == {"dye": 178.25}
