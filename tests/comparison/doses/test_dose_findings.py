"""Findings about doses: dose_trend, ec50_lower; and equivalent."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import compare
from coculture.comparison.findings.protocol import doubts
from coculture.comparison.validation import check_arms
from tests.comparison.doses.dose_studies import SHIFT, SIX, dose_study

ON, OFF = {"stroma": "HS-5"}, {"stroma": ""}


def _finding(kind: str, arm: dict[str, Any], other: dict[str, Any], **more: Any) -> dict[str, Any]:
    entry = {"id": more.pop("id", "1"), "kind": kind, "endpoint": "apoptosis", "statement": "So"}
    return {**entry, "arm": arm, "compared_with": other, **more}


def _result(doses: tuple[float, ...], *findings: dict[str, Any], **more: Any) -> pd.DataFrame:
    return dose_study(doses, findings=findings, **more).findings


def test_findings_about_doses_end_to_end() -> None:
    found = _result(
        SIX,
        _finding("ec50_lower", OFF, ON, dose="btz_nM"),
        _finding("ec50_lower", ON, OFF, id="2"),
        _finding("dose_trend", {**ON, "btz_nM": 50}, ON, id="3", direction="rise"),
        _finding("dose_trend", {**ON, "btz_nM": 50}, ON, id="4", direction="fall"),
        _finding("equivalent", OFF, ON, id="5", margin_points=5),
        _finding("equivalent", {**OFF, "btz_nM": 5}, {**ON, "btz_nM": 5}, id="6"),
    )
    assert found["verdict"].to_dict() == {
        "1": "shown",
        "2": "not shown",
        "3": "shown",
        "4": "not shown",
        "5": "shown",
        "6": "not shown",
    }
    shift = found.loc["1"]
    assert shift["lower"] < 1 / SHIFT < shift["upper"]
    assert shift["unit"] == "ratio of EC50"
    assert shift["sentence"].startswith(
        "The EC50 of BTZ (apoptosis) in MM cells without stroma was 3"
    )
    assert "rose with the dose from untreated to BTZ 50 nM, by 9.6" in str(
        found.loc["3", "sentence"]
    )
    assert "apoptosis with no treatment was equivalent to that in MM" in str(
        found.loc["5", "sentence"]
    )
    assert ", within 5 points: " in str(found.loc["5", "sentence"])
    assert "a difference of 5 points or more" in str(found.loc["6", "sentence"])


def test_an_experiment_that_does_not_reach_its_ec50_enters_where_it_favours_the_claim() -> None:
    """On stroma the EC50 (12 nM) is beyond the second highest dose, without stroma it is 4 nM."""
    doses = (1.0, 2.5, 5.0, 8.0, 13.0)
    found = _result(doses, _finding("ec50_lower", OFF, ON), _finding("ec50_lower", ON, OFF, id="2"))
    lower = found.loc["1"]
    assert (lower["verdict"], lower["relation"]) == ("shown", "<=")
    assert lower["estimate"] == pytest.approx(4 / 6.1, rel=0.2)
    assert np.isnan(lower["lower"])
    assert "at most" in lower["sentence"]
    assert found.loc["2", "verdict"] == "not shown"


def test_an_ec50_that_argues_against_the_claim_makes_it_untestable() -> None:
    found = _result((0.5, 1.0, 2.0, 5.0), _finding("ec50_lower", OFF, ON))
    assert found.loc["1", "verdict"] == "not testable"
    assert "the doses do not reach the EC50 of BTZ in MM" in str(found.loc["1", "reason"])
    assert "with higher doses" in str(found.loc["1", "advice"])


def test_without_a_dose_effect_no_ec50_is_compared() -> None:
    found = _result(SIX, _finding("ec50_lower", OFF, ON), flat=True)
    assert found.loc["1", "verdict"] == "not testable"


def test_the_check_refuses_what_is_no_series() -> None:
    inputs = dose_study((2.0, 5.0))

    def problems(*entries: dict[str, Any]) -> list[str]:
        settings = dose_study((2.0, 5.0), findings=entries).settings
        return [one.message for one in check_arms(inputs.cultures, settings)]

    (few, also_few) = problems(_finding("ec50_lower", OFF, ON))
    assert "2 doses of BTZ, and an EC50 needs 4" in few
    assert "use dose_trend" in also_few
    (no_series,) = problems(_finding("dose_trend", {**ON, "btz_nM": 2}, ON, direction="rise"))
    assert "at least one more dose between them" in no_series
    (unknown, _) = problems(_finding("ec50_lower", OFF, ON, dose="len_nM"))
    assert '"len_nM" is no drug with doses; those with doses: btz_nM' in unknown


def test_a_statement_may_name_the_drug_whose_ec50_is_compared() -> None:
    entry = _finding("ec50_lower", OFF, ON) | {"statement": "HS-5 protects from BTZ, not from TCZ"}
    study = dose_study(findings=[entry])
    assert doubts(study.settings, study.design) == []


def test_flags_of_an_unreached_ec50_speak_of_doses_and_not_of_wells() -> None:
    study = dose_study((1.0, 5.0, 8.0, 13.0), findings=[_finding("ec50_lower", OFF, ON)])
    found = compare(study.cultures, study.settings)
    assert found.findings["relation"].to_list() == ["<="]
    sentences = [flag.sentence for flag in found.flags if flag.concerns.finding == "1"]
    assert any("whose doses do not reach the EC50 count at their limit" in one for one in sentences)
    assert not any("wells of" in one or "quantifiable range" in one for one in sentences)
