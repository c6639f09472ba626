"""A study whose experiments share a day: its verdicts, sentences and flags."""

import pandas as pd

from coculture.comparison import Comparison, ComparisonSettings, compare, join_cultures
from coculture.study.schema import schema, with_defaults
from tests.comparison.conftest import elisa_cultures, flow_wells
from tests.comparison.small_studies import DEX
from tests.comparison.test_donors_of_a_study import FINDING

RATIOS = (0.5, 0.55, 0.45, 0.52)


def _study(dates: tuple[str, ...], donors: tuple[str, ...] = ("",) * 4) -> Comparison:
    """One experiment for each day named, in which DEX about halves IL-6."""
    rows = [
        {
            "culture": f"E{number}-{dex}",
            "experiment": f"E{number}",
            "donor": donor,
            "date": date,
            "cells": "MM",
            "stroma": "",
            "hours": 48.0,
            "replicate": 1,
            "dex_nM": dex,
            "percent_apoptotic": 20.0 + number,
            "il6_pg_ml": 200.0 * (ratio if dex else 1.0),
        }
        for number, (date, donor, ratio) in enumerate(
            zip(dates, donors, RATIOS, strict=True), start=1
        )
        for dex in (0, 1000)
    ]
    table = pd.DataFrame(rows)
    settings = ComparisonSettings.from_config(
        with_defaults({"analytes": ["IL-6"], "findings": [FINDING]}, schema("comparison")),
        [DEX],
        {"reference": "MM"},
    )
    joined = join_cultures(
        cultures=table.drop(columns=["percent_apoptotic", "il6_pg_ml"]),
        flow_wells=flow_wells(table),
        elisa_cultures=elisa_cultures(table),
        population="myeloma",
        analytes=["IL-6"],
        settings=settings,
    )
    return compare(joined, settings)


def _codes(found: Comparison) -> list[str]:
    return [flag.code for flag in found.flags]


def test_wells_of_one_day_are_shown_only_if_they_are_independent() -> None:
    found = _study(("2024-03-01",) * 3 + ("2024-03-08",))
    (finding,) = found.findings.to_dict("records")
    assert finding["verdict"] == "shown"
    assert finding["condition"] == "if these are independent experiments"
    assert finding["sentence"].endswith(
        " This holds only if E1, E2 and E3, which share a day, are independent experiments."
    )
    assert "experiments_of_one_day" in _codes(found)


def test_experiments_of_four_days_are_shown() -> None:
    found = _study(tuple(f"2024-03-0{day}" for day in range(1, 5)))
    (finding,) = found.findings.to_dict("records")
    assert (finding["verdict"], finding["condition"]) == ("shown", "")
    assert "experiments_of_one_day" not in _codes(found)


def test_two_experiments_of_one_donor_on_one_day_are_averaged_with_three_donors() -> None:
    """The caution stays, but the test does not count them twice."""
    dates = ("2024-03-01", "2024-03-01", "2024-03-08", "2024-03-15")
    found = _study(dates, ("D1", "D1", "D2", "D3"))
    (finding,) = found.findings.to_dict("records")
    assert (finding["tested"], finding["condition"]) == ("donors", "")
    assert "experiments_of_one_day" in _codes(found)
    found = _study(dates, ("D1", "D1", "D2", "D2"))
    (finding,) = found.findings.to_dict("records")
    assert finding["condition"] == "for these 2 donors, if these are independent experiments"
