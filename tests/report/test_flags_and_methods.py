"""Every flag is listed once with its place; the methods say what the config and gates say."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from coculture.report import Results
from coculture.report.flags import Flag, flagged_cultures, flags
from coculture.report.methods import methods
from coculture.report.provenance import computed_by, versions

Make = Callable[..., Any]
MakeResults = Callable[..., Results]


def test_flags_of_wells_files_controls_and_cultures_are_listed_once(
    results: MakeResults, awkward_elisa: pd.DataFrame, evil: str
) -> None:
    files = pd.DataFrame(
        {
            "experiment": ["E1", "E1"],
            "fcs": ["a.fcs", "fmo.fcs"],
            "role": ["sample", "fmo_annexin"],
            "culture": ["a", ""],
            "flags": ["few events", "odd; bent"],
        }
    )
    drift = pd.DataFrame(
        {"experiment": ["E2"], "fcs": "beads.fcs", "channel": "R660-A", "flags": "drift"}
    )
    cultures = pd.DataFrame(
        {
            "culture": ["a", evil],
            "plates": ["P1; P2", "P1"],
            "flags": ["not parallel", "outlier <b>"],
        }
    )
    found = flags(
        results(
            tables={
                "flow/wells.csv": files,
                "flow/drift.csv": drift,
                "elisa/wells.csv": awkward_elisa,
                "elisa/cultures.csv": cultures,
            }
        )
    )
    assert found == [
        Flag("flow", "E1", "a.fcs", "a", "few events", "contact_sheet"),
        Flag("flow", "E1", "fmo.fcs", "", "odd", "control_histograms"),
        Flag("flow", "E1", "fmo.fcs", "", "bent", "control_histograms"),
        Flag("flow", "E2", "beads.fcs R660-A", "", "drift", "control_histograms"),
        Flag("ELISA", "P1", "well A1", "", "replicates differ (30 %, limit 20 %)", "plate"),
        Flag("ELISA", "P1", "well A2", evil, "outlier <b>", "plate"),
        Flag("ELISA", "P1", "well A2", evil, "odd", "plate"),
        Flag("ELISA", "P1", "culture", "a", "not parallel", "plate"),
    ]
    assert flagged_cultures(found)["a"] == ["flow: few events", "ELISA: not parallel"]


@pytest.mark.parametrize(
    ("plates", "told"),
    [
        (["P1", "P1", "P2", "P2"], "arms on different plates (P1, P2)"),
        (["P10", "P10", "P2", "P2"], "arms on different plates (P2, P10)"),
        (["P1; P2", "P1; P2", "P1", "P1"], "arms on different plates (P1, P2)"),
        (["P1", "P2", "P1", "P2"], ""),
        (["P1", "P1", "P1", "P1"], ""),
    ],
)
def test_arms_of_one_experiment_on_different_plates_are_flagged(
    results: MakeResults, plates: list[str], told: str
) -> None:
    """Two arms of two cultures each; where each arm lies on both plates nothing is confounded."""
    names = ["a1", "a2", "b1", "b2"]
    cultures = pd.DataFrame({"culture": names, "experiment": "E1", "arm": ["a", "a", "b", "b"]})
    elisa = pd.DataFrame({"culture": names, "analyte": "IL-6", "plates": plates, "flags": ""})
    study = results(tables={"cultures.csv": cultures, "elisa/cultures.csv": elisa})
    found = [one.flag for one in flags(study) if one.item == "IL-6 of E1"]
    assert found == [told] * bool(told)


def test_what_a_curve_stands_in_spite_of_is_listed(results: MakeResults) -> None:
    hook = {"check": "high-dose hook", "verdict": "warning", "explanation": "the top reads low"}
    passed = {"check": "order of standards", "verdict": "pass", "explanation": "in order"}
    fit = {"flags": ["high-dose hook", "slope at bound"]}
    entry = {"verdict": "pass", "checks": [passed, hook], "fit": fit, "limits": {}}
    found = flags(replace(results(), curves={"P1": {"IL-6": entry}}))
    of_curve = [one for one in found if one.item == "curve of IL-6"]
    assert of_curve == [
        Flag("ELISA", "P1", "curve of IL-6", "", words, "standard_curve")
        for words in ("high-dose hook: the top reads low", "slope at bound")
    ]


def test_methods_cite_in_the_order_of_the_reference_list(config: Make) -> None:
    found = methods(config(), {}, {"numpy": "2.4"})
    text = " ".join(found.paragraphs)
    numbers = [text.index(f"[{i}]") for i in range(1, len(found.references) + 1)]
    assert numbers == sorted(numbers)
    assert found.references[0].text.startswith("Spidlen")
    assert "Computed with numpy 2.4." in text


def test_methods_tell_only_what_was_done(config: Make) -> None:
    settings = config()
    elisa_only = config(tables={"cultures": "c.csv", "flow": None, "elisa": "e.csv"})
    assert "FCS" not in " ".join(methods(elisa_only, {}, {}).paragraphs)
    assert "Fieller" not in " ".join(methods(settings, {}, {}).paragraphs)
    comparison = {
        **settings["comparison"],
        "margin_points": 7,
        "findings": [{"kind": "not_raised"}],
    }
    told = " ".join(methods(config(comparison=comparison), {}, {}).paragraphs)
    assert "by a rise below 7 percentage points" in told
    assert "LLOQ/√2" in told


def test_the_commit_is_told_and_what_it_does_not_cover() -> None:
    known = {"version": "1.2", "commit": "abc123", "uncommitted_changes": False}
    assert computed_by({"workflow": known}) == "Computed by coculture 1.2, git commit abc123."
    changed = computed_by({"workflow": {**known, "uncommitted_changes": True}})
    assert "not committed" in changed
    unknown = computed_by({"workflow": {"version": "1.2", "commit": None}})
    assert "the commit is not known" in unknown
    assert computed_by({}) == ""


def test_versions_are_those_that_were_recorded_with_the_results() -> None:
    software = {
        "workflow": {"version": "9.9"},
        "python": "3.99",
        "packages": {"numpy": "99.0", "flowcytometrytools": "0.0.1", "scipy": None, "attrs": "1"},
    }
    assert versions(software) == {
        "coculture": "9.9",
        "Python": "3.99",
        "FlowCytometryTools": "0.0.1",
        "numpy": "99.0",
    }
    assert versions({}) == {}
