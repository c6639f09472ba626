"""Excluded finished numbers are put back, each culture's and all together."""

from typing import Any

import pandas as pd

from coculture.comparison import AlternativeTables, ComparisonSettings, compare, join_cultures
from coculture.comparison.comparison import Comparison
from coculture.study.schema import schema, with_defaults

FINDING = {
    "id": "1",
    "kind": "lower",
    "endpoint": "viability",
    "statement": "LEN lowers the viability",
    "arm": {"cells": "MM1S", "len_uM": 10},
    "compared_with": [{"cells": "MM1S"}],
}
FACTORS = [{"name": "LEN", "column": "len_uM", "unit": "µM", "untreated": 0}]


def _compared(numbers: pd.DataFrame) -> Comparison:
    cultures = pd.DataFrame(
        [
            {
                "culture": f"E{e}-{dose}-{replicate}",
                "experiment": f"E{e}",
                "cells": "MM1S",
                "stroma": "",
                "hours": 48.0,
                "replicate": float(replicate),
                "len_uM": float(dose),
            }
            for e in range(1, 5)
            for dose in (0, 10)
            for replicate in (1, 2)
        ]
    )
    measured: dict[str, Any] = {
        "flow": None,
        "populations": [],
        "analytes": [],
        "values": {"viability": "%"},
    }
    settings = ComparisonSettings.from_config(
        with_defaults({"findings": [FINDING]}, schema("comparison")),
        *(FACTORS, {"reference": "MM1S", "labels": {}}, measured),
    )
    joined = join_cultures(
        *(cultures, pd.DataFrame(), pd.DataFrame(), "", []), settings, values=numbers
    )
    return compare(joined, settings, alternatives=AlternativeTables(numbers=numbers))


def _numbers(**excluded: str) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for e in range(1, 5):
        for dose, level in ((0, 90 + e), (10, 78 + e % 3)):
            for replicate in (1, 2):
                name = f"E{e}-{dose}-{replicate}"
                rows.append(
                    {
                        "culture": name,
                        "endpoint": "viability",
                        "value": level + replicate / 2,
                        "unit": "%",
                        "relation": "",
                        "count": float("nan"),
                        "note": "",
                        "exclude": excluded.get(name.replace("-", "_"), ""),
                        "table": "reader.csv",
                        "row": str(len(rows) + 2),
                    }
                )
    return pd.DataFrame(rows)


def test_each_culture_and_all_together_are_put_back() -> None:
    numbers = _numbers(E1_10_2="spilt", E3_10_1="edge")
    # With the two, whose treated wells are as viable as untreated ones, nothing is shown.
    odd = numbers["exclude"] != ""
    numbers["value"] = numbers["value"].mask(odd, 140.0)
    table = _compared(numbers).robustness
    put_back = table[table["choice"] == "put_back"].set_index("alternative")
    assert list(put_back.index) == [
        "row 5 of reader.csv (E1-10-2) put back",
        "row 12 of reader.csv (E3-10-1) put back",
        "all excluded numbers put back",
    ]
    assert set(put_back["source"]) == {"values.csv"}
    assert put_back["counted"].all()
    assert table["verdict"].iloc[0] == "shown"
    together = put_back.loc["all excluded numbers put back"]
    of_all = _compared(numbers.assign(exclude="")).robustness.iloc[0]
    assert together["estimate"] == of_all["estimate"]
    assert together["verdict"] == of_all["verdict"] == "not shown"


def test_what_has_no_number_or_no_culture_is_not_put_back() -> None:
    numbers = _numbers(E1_10_2="lost")
    numbers["value"] = numbers["value"].mask(numbers["exclude"] != "")
    control = {**numbers.iloc[0].to_dict(), "culture": "", "exclude": "a control tube"}
    table = _compared(pd.concat([numbers, pd.DataFrame([control])])).robustness
    assert "put_back" not in set(table["choice"])
