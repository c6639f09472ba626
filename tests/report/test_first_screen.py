"""The first screen: the answer, how much was measured, and the design."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from coculture.exchange.flags import Concerns, Flag
from coculture.report import Results
from coculture.report.first_screen import answer, counts, design, missing_arms, stated

MakeResults = Callable[..., Results]


def test_the_design_names_what_was_added_and_cultures_without_stroma(
    results: MakeResults, config: Callable[..., Any]
) -> None:
    dex = {"name": "DEX", "column": "dex_nM", "unit": "nM", "untreated": 0}
    il6 = {"name": "IL-6", "column": "il6_ng_ml", "unit": "ng/mL", "untreated": 0}
    factors = [dex, il6 | {"adds_analyte": "IL-6"}]
    cultures = pd.DataFrame(
        {
            "cells": ["MM", "MM", "MM", "MM"],
            "dex_nM": [0.0, 1e6, 0.0, 0.5],
            "il6_ng_ml": [0.0, 0.0, 10.0, 0.0],
            "hours": [48.0, 48.0, 72.0, 48.0],
            "stroma": ["HS-5", "HS-5", None, "HS-5"],
        }
    )
    study = results(config=config(factors=factors), tables={"cultures.csv": cultures})
    assert design(study) == (
        "DEX 0.5 and 1000000 nM, added IL-6 10 ng/mL; 48 and 72 h without stroma and on HS-5."
    )
    assert design(results(config=config(factors=factors))) == ""


def test_a_study_without_claims_says_that_nothing_was_tested() -> None:
    assert "nothing was tested" in answer(pd.DataFrame())


def test_claims_are_counted_with_what_they_were_corrected_for() -> None:
    def counted(*rows: tuple[str, str, str]) -> str:
        return answer(pd.DataFrame(rows, columns=["verdict", "family", "corrected_by"]))

    holm, alone = "Holm", "alone in its family"
    assert counted(("shown", "", holm), ("shown by its own test", "", holm)) == (
        "The config states 2 claims: 1 shown, also after correction for all 2; 1 shown by its own "
        "test, not after that correction."
    )
    assert counted(("shown", "A", alone), ("shown", "B", alone), ("not shown", "B", holm)) == (
        "The config states 3 claims: 2 shown, alone in its family and so not corrected; "
        "1 not shown."
    )
    assert "for the others of its family" in counted(("shown", "A", holm), ("shown", "B", holm))


def test_one_claim_is_counted_in_the_singular() -> None:
    assert answer(pd.DataFrame({"verdict": ["not shown"]})) == (
        "The config states 1 claim: 1 not shown."
    )


def test_a_culture_without_a_donor_adds_no_donor(results: MakeResults) -> None:
    cultures = pd.DataFrame(
        {
            "culture": list("abcd"),
            "experiment": "E1",
            "arm": "DEX",
            "donor": ["D1", "", "D1", ""],
        }
    )
    found = counts(results(tables={"cultures.csv": cultures}))
    assert found == {"donor": 1, "experiment": 1, "arm": 1, "cultures": 4}


def test_files_and_listed_wells_are_counted_and_zeros_are_not(
    results: MakeResults, awkward_elisa: pd.DataFrame
) -> None:
    """A file has a row for each population; a well that elisa.csv does not list is not counted."""
    files = pd.DataFrame({"fcs": ["a.fcs", "a.fcs", "b.fcs"]})
    study = results(tables={"elisa/wells.csv": awkward_elisa, "flow/wells.csv": files})
    assert counts(study) == {
        "experiments": 3,
        "arm": 1,
        "cultures": 3,
        "FCS files": 2,
        "ELISA wells": 4,
    }


def test_an_experiment_made_for_other_arms_lacks_none() -> None:
    cultures = pd.DataFrame(
        {
            "experiment": ["E1", "E1", "E2", "E3", "E3"],
            "arm": ["a", "b", "a", "c", "d"],
        }
    )
    assert missing_arms(cultures) == ["b (not in E2)"]


def test_when_the_findings_were_stated() -> None:
    findings = pd.DataFrame({"id": ["1"]})
    pinned = Flag(
        Concerns("comparison/findings.csv", "study"), "findings_pinned", "note", "Pinned."
    )
    assert stated(findings, [pinned]) == "Pinned."
    assert "is not recorded" in stated(findings, [])
    assert stated(findings.iloc[:0], []) == ""
