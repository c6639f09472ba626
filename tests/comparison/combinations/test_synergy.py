"""Findings "synergy": more than Bliss independence expects, and more than the better drug."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from coculture.comparison.combinations.tables import synergy_tables
from coculture.comparison.validation import check_arms
from tests.comparison.combinations.crossed_studies import BTZ, LEN, crossed_study, kept

BOTH = {"btz_nM": 3, "len_uM": 4}


def _finding(**changed: Any) -> dict[str, Any]:
    entry = {"id": "1", "kind": "synergy", "endpoint": "apoptosis", "statement": "They help"}
    return {**entry, "arm": BOTH, "compared_with": {}, **changed}


def _result(excess: float, **changed: Any) -> dict[str, Any]:
    (row,) = crossed_study(excess, findings=[_finding(**changed)]).findings.to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_a_synergy_is_shown_with_its_excess() -> None:
    row = _result(0.06)
    assert row["verdict"] == "shown"
    assert row["lower"] < 6 < row["upper"]
    assert row["unit"] == "points of effect"
    same = kept(0.06)
    _, summary = synergy_tables(same.arms, same.design, same.settings)
    by_reference = summary.set_index("reference")["excess"]
    assert row["estimate"] == pytest.approx(by_reference["Bliss"], abs=1e-12)
    assert row["second_estimate"] == pytest.approx(by_reference["HSA"], abs=1e-12)
    assert row["sentence"].startswith(
        "In MM cells the effect of BTZ and LEN together on apoptosis, the mean of 16 pairs of "
        "doses, was "
    )
    assert "above what Bliss independence expects, and " in row["sentence"]
    assert "(n = 4 experiments)" in row["sentence"]


@pytest.mark.parametrize("excess", [0.0, -0.06])
def test_no_excess_is_no_synergy_although_the_better_drug_is_exceeded(excess: float) -> None:
    row = _result(excess)
    assert row["verdict"] == "not shown"
    assert row["second_estimate"] > 0
    assert row["lower"] < 100 * excess < row["upper"]
    if excess:
        assert "points (95 % CI" in row["sentence"]
        assert "below what Bliss independence expects" in row["sentence"]


def test_of_an_endpoint_that_the_drugs_lower() -> None:
    """IL-6 falls by 0.9 of what is killed, so that both drugs together stay below Bliss."""
    row = _result(0.0, endpoint="IL-6", endpoint_is="lowered")
    assert row["verdict"] == "not shown"
    assert row["estimate"] != row["estimate"] or row["estimate"] < 5


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"compared_with": {"len_uM": 4}}, "they differ in BTZ"),
        ({"arm": {"btz_nM": 3}}, "they differ in BTZ"),
        ({"endpoint": "IL-6"}, "endpoint_is: lowered"),
    ],
)
def test_what_names_no_synergy_is_refused(changed: dict[str, Any], message: str) -> None:
    found = crossed_study(findings=[_finding(**changed)])
    problems = check_arms(found.cultures, found.settings)
    assert any(message in one.message for one in problems)


def test_one_pair_of_doses_is_refused() -> None:
    found = crossed_study(0.0, (0, 3), (0, 4), [_finding()])
    (problem,) = check_arms(found.cultures, found.settings)
    assert "at one pair of doses only" in problem.message


def test_the_tables_hold_the_endpoint_of_a_finding_too() -> None:
    """An effect on IL-6 is the fraction by which it is lower than in untreated cells."""
    found = crossed_study(0.06, findings=[_finding(endpoint="IL-6", endpoint_is="lowered")])
    pairs, summary = synergy_tables(found.arms, found.design, found.settings)
    assert set(pairs["endpoint"]) == set(summary["endpoint"]) == {"apoptosis", "IL-6"}
    by_arm = found.cultures.assign(ln=np.log(found.cultures["il6_pg_ml"])).groupby(
        ["experiment", "btz_nM", "len_uM"]
    )
    il6 = np.exp(by_arm["ln"].mean())
    left = il6 / il6.xs((0, 0), level=("btz_nM", "len_uM"))
    excess = [
        left[one, btz, 0] * left[one, 0, len_] - left[one, btz, len_]
        for one, btz, len_ in product(("E1", "E2", "E3", "E4"), BTZ[1:], LEN[1:])
    ]
    of_il6 = summary[summary["endpoint"] == "IL-6"].set_index("reference")
    assert of_il6.loc["Bliss", "excess"] == pytest.approx(100 * np.mean(excess), abs=1e-9)
