"""A study with donors: its verdicts, tables and words."""

from collections.abc import Hashable, Sequence
from typing import Any

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


IL6 = "il6_pg_ml"


def _study(donors: Sequence[str], ratios: Sequence[float], date: str = "") -> Comparison:
    """One experiment for each donor named, in which DEX leaves this part of the IL-6.

    One with "D1+D2" has a well of each donor in each arm. The ratio of a shared experiment is that
    of its first donor, with 0.1 less for each other.
    """
    rows = [
        (f"E{number}", donor, dex, replicate, 200.0 * (ratio - 0.1 * replicate if dex else 1.0))
        for number, (named, ratio) in enumerate(zip(donors, ratios, strict=True), start=1)
        for dex in (0, 1000)
        for replicate, donor in enumerate(named.split("+"))
    ]
    cultures = pd.DataFrame(rows, columns=["experiment", "donor", "dex_nM", "replicate", IL6])
    return _compared(cultures.assign(date=date))


def _compared(cultures: pd.DataFrame) -> Comparison:
    """Cultures of MM cells with their IL-6, compared."""
    names = [f"w{number}" for number in range(len(cultures))]
    table = cultures.assign(culture=names, cells="MM", stroma="", hours=48.0, percent_apoptotic=20)
    settings = ComparisonSettings.from_config(
        with_defaults({"analytes": ["IL-6"], "findings": [FINDING]}, schema("comparison")),
        [DEX],
        {"reference": "MM"},
    )
    joined = join_cultures(
        cultures=table.drop(columns=["percent_apoptotic", IL6]),
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
        (["D1", "D1", "D1+D2", "D1"], "E3 has cultures of several donors. Findings that use it "),
        (["D1", "D1", "D2++D4", "D3"], "E3 has cultures of several donors. Findings that use it "),
    ],
)
def test_donors_that_cannot_be_tested_are_a_caution(donors: list[str], said: str) -> None:
    """One is not named, there are only two, or a culture of a shared experiment has none."""
    found = _study(donors, [0.5, 0.6, 0.4, 0.55])
    (flag,) = (one for one in found.flags if one.code == "donors_not_tested")
    assert flag.severity == "caution"
    assert flag.sentence.startswith(said)
    (finding,) = found.findings.to_dict("records")
    assert (finding["tested"], finding["verdict"]) == ("experiments", "shown")
    assert finding["condition"] == "for the donors of these experiments"


SHARED = ["D1+D2", "D2+D3", "D1+D3"]
RATIOS = [0.7, 0.6, 0.5]


def test_donors_that_share_experiments_are_tested_inside_them() -> None:
    found = _study(SHARED, RATIOS)
    logs = np.log([[0.7, 0.6], [0.6, 0.5], [0.5, 0.4]])  # experiments x their two donors
    donors = [(logs[0, 0] + logs[2, 0]) / 2, (logs[0, 1] + logs[1, 0]) / 2, logs[1:, 1].mean()]
    parts = [np.var(donors, ddof=1) / 3, np.var(logs.mean(axis=1), ddof=1) / 3]
    df = sum(parts) ** 2 / sum(one**2 / 2 for one in parts)
    t = np.mean(donors) / np.sqrt(sum(parts))
    (finding,) = found.findings.to_dict("records")
    assert finding["p"] == pytest.approx(scipy.stats.t.cdf(t, df))
    assert finding["estimate"] == pytest.approx(np.exp(np.mean(donors)))
    assert (finding["n"], finding["donors"], finding["tested"]) == (3, 3, "donors")
    assert (finding["verdict"], finding["condition"]) == ("shown", "")
    assert "n = 3 donors, 3 experiments" in finding["sentence"]
    assert not [flag for flag in found.flags if flag.code == "donors_not_tested"]
    assert "E1 (D1)" in set(found.arms["experiment"])
    flips = found.robustness.set_index("alternative").loc["the sign-flip test"]
    assert not flips["counted"]
    assert flips["reason"] == "it needs independent values, and donors share experiments"


def _left_out(found: Comparison) -> dict[str, dict[Hashable, Any]]:
    rows = found.robustness[found.robustness["choice"] == "experiment_left_out"]
    return {str(row["alternative"]): row for row in rows.to_dict("records")}


def test_a_donor_and_an_experiment_are_left_out_where_donors_share_experiments() -> None:
    days = ["D1+D2", "D2+D3", "D3+D4", "D1+D4"]
    ratios = [0.7, 0.65, 0.5, 0.35]
    found = _left_out(_study(days, ratios))
    assert len(found) == 2
    (donor,) = [name for name in found if name.startswith("donor")]
    (experiment,) = [name for name in found if name.startswith("experiment")]
    gone = experiment.split()[1]
    kept = [place for place in range(4) if f"E{place + 1}" != gone]
    without = _study([days[place] for place in kept], [ratios[place] for place in kept])
    assert found[experiment]["p"] == pytest.approx(without.findings["p"].iloc[0])
    assert found[experiment]["verdict"] in ("shown", "not shown")
    # Without a donor the wells of the others stay, and so do all days.
    gone = donor.split()[1]
    rows = [
        (f"E{day}", who, dex, place, 200.0 * (ratio - 0.1 * place if dex else 1.0))
        for day, (named, ratio) in enumerate(zip(days, ratios, strict=True), start=1)
        for dex in (0, 1000)
        for place, who in enumerate(named.split("+"))
        if who != gone
    ]
    cultures = pd.DataFrame(rows, columns=["experiment", "donor", "dex_nM", "replicate", IL6])
    assert found[donor]["p"] == pytest.approx(_compared(cultures).findings["p"].iloc[0])


def test_why_nothing_is_left_out_of_three_donors_that_share_days() -> None:
    found = _left_out(_study(SHARED, RATIOS))
    assert {name: row["reason"] for name, row in found.items()} == {
        "one of the experiments left out": "with 3 experiments, 2 would remain, of which nothing "
        "is claimed",
        "one of the donors left out": "with 3 donors, 2 would remain, of which nothing is claimed",
    }
    assert not any(row["counted"] for row in found.values())


def test_two_donors_that_share_days_have_the_tests_of_experiments() -> None:
    """The means of experiments are tested, which are independent."""
    ratios = [0.6, 0.5, 0.7, 0.4, 0.55, 0.5]
    found = _study(["D1+D2"] * 6, ratios)
    (left_out,) = _left_out(found).values()
    assert str(left_out["alternative"]).startswith("experiment E")
    means = np.log(ratios) / 2 + np.log(np.array(ratios) - 0.1) / 2
    p = max(
        scipy.stats.ttest_1samp(np.delete(means, place), 0.0, alternative="less").pvalue
        for place in range(6)
    )
    assert left_out["p"] == pytest.approx(p)
    flips = found.robustness.set_index("alternative").loc["the sign-flip test"]
    assert flips["counted"]
    assert flips["p"] == pytest.approx(1 / 64)


def test_wells_of_one_donor_more_in_one_arm_do_not_move_the_difference() -> None:
    """Donors differ tenfold in IL-6. Averaged over wells, an arm would be mostly one donor's."""
    rows = [
        (f"E{day}", donor, dex, well, 200.0 * level * (0.5 + 0.02 * day if dex else 1.0))
        for day in (1, 2, 3)
        for donor, level in (("D1", 1.0), ("D2", 10.0), ("D3", 1.0))
        for dex in (0, 1000)
        for well in range(3 if (donor == "D2") == bool(dex) else 1)
    ]
    cultures = pd.DataFrame(rows, columns=["experiment", "donor", "dex_nM", "replicate", IL6])
    (finding,) = _compared(cultures).findings.to_dict("records")
    assert finding["estimate"] == pytest.approx(np.exp(np.log([0.52, 0.54, 0.56]).mean()))


@pytest.mark.parametrize(("days", "verdict"), [(1, "not testable"), (2, "not testable")])
def test_three_donors_need_three_experiments(days: int, verdict: str) -> None:
    """What a day does to all of its donors cannot be told from what the drug does."""
    found = _study(["D1+D2+D3"] * days, [0.8, 0.7, 0.75][:days])
    (finding,) = found.findings.to_dict("records")
    assert (finding["n"], finding["donors"]) == (days, 3)
    assert finding["verdict"] == verdict
    assert "Descriptive" in finding["sentence"]


def test_donors_of_one_day_are_a_note() -> None:
    found = _study(["D1", "D2", "D3"], RATIOS, date="2024-03-05")
    (flag,) = (one for one in found.flags if one.code == "donors_of_one_day")
    assert flag.severity == "note"
    assert flag.sentence.startswith("E1, E2 and E3, of different donors, share a day (2024-03-05)")
    assert not [one for one in found.flags if one.code == "experiments_of_one_day"]
    # The test of donors that share experiments allows for their days.
    shared = _study(["D1+D2+D3"], [0.6], date="2024-03-05")
    assert not [one for one in shared.flags if one.code == "donors_of_one_day"]


def test_experiments_of_cells_that_have_no_donor_are_no_caution() -> None:
    """A line without stroma in an experiment of its own: its arm never has a donor."""
    cultures = pd.DataFrame(
        [("E1", "MM", ""), ("E1", "MM on stroma", "D1"), ("E2", "MM", "")],
        columns=["experiment", "arm", "donor"],
    )
    assert not list(unclear_donors(cultures))
