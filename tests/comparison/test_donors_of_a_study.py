"""A study with donors: its verdicts, tables and words."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from coculture.comparison import Comparison, ComparisonSettings, compare, join_cultures
from coculture.comparison.independence.unclear_donors import unclear_donors
from coculture.study.schema import schema, with_defaults
from tests.comparison.conftest import elisa_cultures, flow_wells
from tests.comparison.small_studies import DEX

FINDING = {
    "id": "1",
    "kind": "lower",
    "endpoint": "IL-6",
    "statement": "DEX lowers IL-6",
    "arm": {"cells": "MM", "dex_nM": 1000},
    "compared_with": {"cells": "MM"},
}


def _study(donors: Sequence[str], ratios: Sequence[float]) -> Comparison:
    """One experiment for each donor named, in which DEX leaves this part of the IL-6.

    One with "D1+D2" has a well of each donor in each arm.
    """
    rows = [
        {
            "culture": f"E{number}-{dex}-{replicate}",
            "experiment": f"E{number}",
            "donor": donor.split("+")[replicate - 1],
            "cells": "MM",
            "stroma": "",
            "hours": 48.0,
            "replicate": replicate,
            "dex_nM": dex,
            "percent_apoptotic": 20.0,
            "il6_pg_ml": 200.0 * (ratio if dex else 1.0),
        }
        for number, (donor, ratio) in enumerate(zip(donors, ratios, strict=True), start=1)
        for dex in (0, 1000)
        for replicate in range(1, 2 + donor.count("+"))
    ]
    table = pd.DataFrame(rows)
    settings = ComparisonSettings.from_config(
        with_defaults({"findings": [FINDING]}, schema("comparison")), [DEX], {"reference": "MM"}
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


def test_three_donors_are_tested_and_named() -> None:
    ratios = [0.5, 0.6, 0.4, 0.7, 0.3]
    found = _study(["D1", "D1", "D2", "D3", "D3"], ratios)
    logs = np.log(ratios)
    means = [logs[:2].mean(), logs[2], logs[3:].mean()]
    p = scipy.stats.ttest_1samp(means, 0.0, alternative="less").pvalue
    (finding,) = found.findings.to_dict("records")
    assert finding["p"] == pytest.approx(p)
    assert finding["estimate"] == pytest.approx(np.exp(np.mean(means)))
    assert (finding["n"], finding["donors"], finding["tested"]) == (5, 3, "donors")
    assert (finding["verdict"], finding["condition"]) == ("shown", "")
    assert "n = 3 donors, 5 experiments" in finding["sentence"]
    rows = found.contrasts[found.contrasts["contrast"] == "MM: DEX against untreated"]
    inside = rows[(rows["endpoint"] == "ln_il6") & (rows["analysis"] == "per_experiment")]
    assert inside[["df", "n", "donors", "tested"]].to_numpy().tolist() == [[2, 5, 3, "donors"]]


def test_with_two_donors_the_result_holds_for_these() -> None:
    found = _study(["D1", "D1", "D2", "D2"], [0.5, 0.6, 0.4, 0.55])
    (finding,) = found.findings.to_dict("records")
    assert (finding["verdict"], finding["condition"]) == ("shown", "for these 2 donors")
    assert finding["tested"] == "experiments"
    assert "n = 2 donors, 4 experiments" in finding["sentence"]
    assert finding["sentence"].endswith("This holds for these 2 donors.")


def test_without_donors_nothing_is_said_of_them() -> None:
    found = _study([""] * 4, [0.5, 0.6, 0.4, 0.55])
    (finding,) = found.findings.to_dict("records")
    assert finding["condition"] == ""
    assert "donor" not in finding["sentence"]
    assert np.isnan(finding["donors"])


@pytest.mark.parametrize(
    ("donors", "said"),
    [
        (["D1", "D1", "", "D3"], "E3 has no donor, and other experiments have. Findings that use "),
        (["D1", "D1", "D2+D4", "D3"], "E3 has cultures of several donors. Findings that use it "),
    ],
)
def test_donors_that_cannot_be_tested_are_a_caution(donors: list[str], said: str) -> None:
    """Three donors are named, but not one for each experiment: nothing is said of donors."""
    found = _study(donors, [0.5, 0.6, 0.4, 0.55])
    (flag,) = (one for one in found.flags if one.code == "donors_not_tested")
    assert flag.severity == "caution"
    assert flag.sentence.startswith(said)
    (finding,) = found.findings.to_dict("records")
    assert (finding["tested"], finding["verdict"]) == ("experiments", "shown")
    assert finding["condition"] == "for the donors of these experiments"


def test_experiments_of_cells_that_have_no_donor_are_no_caution() -> None:
    """A line without stroma in an experiment of its own: its arm never has a donor."""
    cultures = pd.DataFrame(
        [("E1", "MM", ""), ("E1", "MM on stroma", "D1"), ("E2", "MM", "")],
        columns=["experiment", "arm", "donor"],
    )
    assert not list(unclear_donors(cultures))
