"""The limitations on the first screen, each from records or counts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from coculture.exchange.flags import Flag
from coculture.report import Results
from coculture.report.limitations import Limitation, limitations, without_measurement

Make = Callable[..., Any]
MakeFlag = Callable[..., Flag]
MakeResults = Callable[..., Results]


def _about(study: Results, words: str) -> list[Limitation]:
    """The limitations whose sentences contain these words."""
    return [one for one in limitations(study) if words in one.sentence]


def _sentences(study: Results, words: str) -> list[str]:
    return [one.sentence for one in _about(study, words)]


def test_a_good_study_has_no_limitations(results: MakeResults) -> None:
    assert limitations(results()) == []


def test_findings_compared_between_experiments_are_named_once(
    results: MakeResults, flag: MakeFlag
) -> None:
    found = [
        flag(kind="finding", code="between_experiments", severity="note", finding=name)
        for name in ("1a", "1a", "2b")
    ]
    (one,) = _sentences(results(flags=found), "between experiments (Welch)")
    assert one.startswith("Findings 1a and 2b are compared between experiments (Welch), because ")
    (one,) = _sentences(results(flags=found[:1]), "between experiments (Welch)")
    assert one.startswith("Finding 1a is compared between experiments (Welch), because its arms ")


def test_every_limitation_says_what_to_do_and_where_to_look(
    results: MakeResults,
    config: Make,
    flag: MakeFlag,
    awkward_flags: tuple[Flag, ...],
    awkward_cultures: pd.DataFrame,
) -> None:
    failed = flag(kind="curve", code="plate_failed", severity="failure", plate="P1", analyte="IL-6")
    study = results(config=config(simulated=True), tables={"cultures.csv": awkward_cultures})
    found = limitations(replace(study, flags=[*awkward_flags, failed]))
    assert all(one.action.endswith(".") for one in found)
    assert [one.section for one in found] == [
        *("methods", "elisa", "excluded", "excluded", "elisa"),
        *["quality"] * 5,
    ]


def test_a_failed_plate_is_a_limitation_with_its_own_sentence(
    results: MakeResults, flag: MakeFlag
) -> None:
    sentence = "IL-6 on plate P2 failed: only 3 standards pass; R² 0.5, limit 0.9."
    failed = flag(
        kind="curve",
        code="plate_failed",
        sentence=sentence,
        severity="failure",
        plate="P2",
        analyte="IL-6",
    )
    (found,) = limitations(replace(results(), flags=[failed]))[:1]
    assert found.sentence == sentence
    assert "repeat the plate" in found.action
    assert found.section == "elisa"


@pytest.mark.parametrize("kind", ["study", "experiment", "finding"])
def test_cautions_about_the_whole_study_come_before_those_about_one_measurement(
    results: MakeResults, flag: MakeFlag, kind: str
) -> None:
    one = flag("elisa/wells.csv", "well", sentence="outlier", plate="P1", well="A1")
    study = replace(results(), flags=[one, flag(kind=kind, sentence="something is wrong")])
    assert [found.sentence for found in limitations(study)] == [
        "Something is wrong.",
        "P1, well A1: outlier.",
    ]


def test_a_failed_file_is_named(results: MakeResults, flag: MakeFlag) -> None:
    failed = flag(
        *("flow/wells.csv", "tube", "no_events", "No event is left."),
        severity="failure",
        experiment="E1",
        fcs="a.fcs",
    )
    (found,) = limitations(replace(results(), flags=[failed]))[:1]
    assert found.sentence == "E1, a.fcs: No event is left."
    assert "Exclude the file" in found.action


def test_what_to_do_depends_on_what_was_found(results: MakeResults, flag: MakeFlag) -> None:
    table = "comparison/findings.csv"
    flags = [
        flag(table, "study", "few_experiments", "Only 2 experiments."),
        flag(table, "finding", "pooled_error_disagrees", 'Finding 1b is "shown".', finding="1b"),
    ]
    few, disagrees = limitations(replace(results(), flags=flags))
    assert "Repeat the experiment" in few.action
    assert "primary verdict" in disagrees.action
    assert few.section == disagrees.section == "comparison"


def test_the_same_flag_of_many_experiments_is_one_line(
    results: MakeResults, flag: MakeFlag
) -> None:
    flags = [
        flag("flow/wells.csv", "experiment", "odd", f"E{i}: odd.", experiment=f"E{i}")
        for i in range(10)
    ]
    assert _sentences(replace(results(), flags=flags[:2]), "odd") == ["E0: odd.", "E1: odd."]
    assert _sentences(replace(results(), flags=flags), "odd") == [
        "E0: odd. Similarly in E1; E2; E3; E4; E5; E6 and 3 more."
    ]


@pytest.mark.parametrize(("dilutions", "sensitive"), [("1", True), ("1; 10", True), ("10", False)])
def test_undiluted_cultures_need_a_more_sensitive_assay(
    results: MakeResults, flag: MakeFlag, dilutions: str, sensitive: bool
) -> None:
    below = flag("elisa/cultures.csv", "culture", "below_lloq", severity="note", culture="c1")
    tables = {"elisa/cultures.csv": pd.DataFrame({"culture": ["c1"], "dilutions": [dilutions]})}
    (found,) = [
        one
        for one in limitations(replace(results(tables=tables), flags=[below]))
        if "outside the range" in one.sentence
    ]
    assert ("more sensitive assay" in found.action) == sensitive


def test_missing_experiments_are_named_once_with_their_findings(
    results: MakeResults, flag: MakeFlag
) -> None:
    """Findings that lack the same arms of the same experiments are named together."""
    lacking = {
        "1a": [("E3", "control DEX; IL-6"), ("E3", "control DEX"), ("E10", "control DEX")],
        "2b": [("E3", "control DEX; IL-6"), ("E3", "control DEX"), ("E10", "control DEX")],
        "3": [("E3", "control DEX; IL-6")],
    }
    flags = [
        flag(
            *("comparison/findings.csv", "finding", "left_out", "lacks something"),
            severity="note",
            finding=finding,
            experiment=experiment,
            arm=arm,
        )
        for finding, arms in lacking.items()
        for experiment, arm in arms
    ]
    other = flag(code="excluded", severity="note", experiment="E4", finding="4", arm="control")
    (found,) = _sentences(results(flags=[*flags, other]), "without some experiments")
    assert found == (
        "Some findings are tested without some experiments: E3 lacks control DEX; IL-6, "
        "control DEX; E10 lacks control DEX (1a and 2b); E3 lacks control DEX; IL-6 (3)."
    )
    assert _sentences(results(flags=[other]), "without some experiments") == []


def test_a_gate_is_manual_by_its_source_whatever_its_rule_says(results: MakeResults) -> None:
    def gates(source: str, rule: str) -> dict[str, Any]:
        block = {"source": source, "rule": rule, "channels": ["R660-A"], "threshold": 178.2}
        return {"populations": {"myeloma": {"viability_dye": block}}}

    study = results(
        gates={"E1": gates("manual", "read from a plot"), "E2": gates("fmo", "manual of the dye")}
    )
    assert _sentences(study, "by hand") == ["Gates set by hand: E1 myeloma viability dye."]


def test_how_far_a_gate_was_moved_and_whether_that_changed_a_verdict(results: MakeResults) -> None:
    block = {"source": "manual", "rule": "r", "channels": ["R660-A"]}
    moved = block | {"threshold": 500.0, "automatic": 178.2}
    own = {"fcs": "a.fcs", "threshold": 9.0, "reason": "dim", "by": "RK"}
    some = block | {"source": "live_peak", "threshold": 5.0, "exceptions": [own]}
    gates = {"E1": {"populations": {"mono": {"annexin": moved, "viability_dye": some}}}}
    robustness = pd.DataFrame(
        [
            ("1a", "as_configured", "shown"),
            ("1a", "automatic_gates", "not shown"),
            ("2", "as_configured", "shown"),
            ("2", "automatic_gates", "shown"),
        ],
        columns=["id", "choice", "verdict"],
    )
    tables = {"comparison/robustness.csv": robustness}
    said = (
        "Gates set by hand: E1 mono annexin (500 instead of 178), E1 mono viability dye only for "
    )
    assert _sentences(results(gates=gates, tables=tables), "by hand") == [
        f"{said}a.fcs. With the automatic gates finding 1a would have another verdict."
    ]
    tables = {"comparison/robustness.csv": robustness[2:]}
    assert _sentences(results(gates=gates, tables=tables), "by hand") == [
        f"{said}a.fcs. With the automatic gates every finding has the same verdict."
    ]


def test_thresholds_that_not_all_wells_share_are_said(results: MakeResults) -> None:
    def gates(**own: dict[str, float]) -> dict[str, Any]:
        block = {"source": "live_peak", "rule": "r", "channels": ["A"], "threshold": 1.0, **own}
        return {"populations": {"myeloma": {"annexin": block}}}

    study = results(gates={"E1": gates(of_cells={"A": 2.0}), "E2": gates(of_files={"f": 2.0})})
    assert _sentences(study, "Thresholds are set") == [
        "Thresholds are set for each cell line, because their live cells differ: E1.",
        "Thresholds are set for each well or arm, as the config or an unstained control of "
        "treated cells asks: E2.",
    ]
    assert _sentences(results(gates={"E1": gates()}), "Thresholds are set") == []


def test_excluded_files_and_wells_are_counted_once_each(
    results: MakeResults, flag: MakeFlag
) -> None:
    def excluded(kind: str, reason: str, **key: str) -> Flag:
        return flag(kind=kind, code="excluded", sentence=reason, severity="note", **key)

    flags = [
        excluded("tube", "clogged", fcs="a.fcs", population="myeloma"),
        excluded("tube", "clogged", fcs="a.fcs", population="stroma"),
        excluded("well", "bubble", plate="P1", well="A1", analyte="IL-6"),
        excluded("well", "spilt", plate="P2", well="A1", analyte="IL-6"),
        excluded("culture", "bubble", culture="a", analyte="IL-6"),
    ]
    study = replace(results(), flags=flags)
    assert _sentences(study, "Excluded") == ["Excluded: 1 FCS file and 2 ELISA wells."]


def _cultures(count: int) -> pd.DataFrame:
    """One measured culture, and `count` cultures without percent apoptotic, with the reason."""
    return pd.DataFrame(
        {
            "culture": ["measured", *(f"c{number}" for number in range(count))],
            "experiment": "E1",
            "arm": "DEX",
            "donor": "",
            "apoptosis_state": ["ok", *["excluded"] * count],
            "percent_apoptotic": [12.5, *[float("nan")] * count],
            "excluded": ["", *["flow: clogged"] * count],
        }
    )


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "1 culture without a measurement: c0."),
        (6, "6 cultures without a measurement: c0, c1, c2, c3, c4, c5."),
        (7, "7 cultures without a measurement."),
    ],
)
def test_up_to_six_cultures_without_a_measurement_are_named(
    results: MakeResults, count: int, sentence: str
) -> None:
    study = results(tables={"cultures.csv": _cultures(count)})
    assert _sentences(study, "without a measurement") == [sentence]


def test_a_culture_of_which_a_bound_is_known_is_measured(results: MakeResults) -> None:
    """All have a reason, for a well that was excluded; only the last has no measurement."""
    missing = float("nan")
    cultures = _cultures(2).assign(
        percent_apoptotic=10.0,
        excluded="IL-6: bubble",
        il6_pg_ml=[250.0, missing, missing],
        il6_bound_pg_ml=[missing, 46.9, missing],
        il6_state=["ok", "below_lloq", "excluded"],
    )
    assert without_measurement(results(tables={"cultures.csv": cultures}))["culture"].tolist() == [
        "c1"
    ]


def test_cultures_with_one_assay_by_design_lack_nothing(results: MakeResults) -> None:
    """c0 was in no plate and c1 in no tube; only the excluded reading of c2 is missing."""
    missing = float("nan")
    cultures = _cultures(3).assign(
        percent_apoptotic=[12.5, 30.0, missing, missing],
        apoptosis_state=["ok", "ok", "missing", "excluded"],
        excluded=["", "", "", "flow: clogged"],
        il6_pg_ml=[250.0, missing, 90.0, missing],
        il6_bound_pg_ml=missing,
        il6_state=["ok", "missing", "ok", "missing"],
    )
    study = results(tables={"cultures.csv": cultures})
    assert _sentences(study, "without a measurement") == ["1 culture without a measurement: c2."]


def test_an_assay_that_was_not_made_is_not_missing(
    results: MakeResults, awkward_cultures: pd.DataFrame
) -> None:
    elisa_alone = awkward_cultures.assign(percent_apoptotic=float("nan"), apoptosis_state="missing")
    assert without_measurement(results(tables={"cultures.csv": elisa_alone})).empty


def test_cultures_are_listed_also_if_every_measurement_is_excluded(
    results: MakeResults,
    awkward_cultures: pd.DataFrame,
) -> None:
    excluded = awkward_cultures.assign(
        percent_apoptotic=float("nan"), excluded="flow: clog", apoptosis_state="excluded"
    )
    assert len(without_measurement(results(tables={"cultures.csv": excluded}))) == len(excluded)


def test_cultures_outside_the_range_are_counted_by_side(
    results: MakeResults, flag: MakeFlag
) -> None:
    codes = ["below_lloq", "above_uloq", "below_lloq"]
    flags = [flag("elisa/cultures.csv", "culture", code, severity="note") for code in codes]
    flags += [flag(code="below_lloq", severity="note")]
    (found,) = _sentences(replace(results(), flags=flags), "outside the range")
    assert "1 above ULOQ and 2 below LLOQ." in found


def test_cautions_about_single_files_and_wells_name_them(
    results: MakeResults, awkward_flags: tuple[Flag, ...]
) -> None:
    found = [one.sentence for one in limitations(replace(results(), flags=awkward_flags))]
    assert "E1, fmo.fcs: few events (400, limit 500)." in found
    assert "E2, c.fcs: many doublets (30 %, limit 25 %)." in found
    assert "P1, well A2: odd." in found


def test_a_caution_of_many_files_is_said_once_with_their_names(
    results: MakeResults, flag: MakeFlag
) -> None:
    flags = [
        flag("flow/wells.csv", "tube", "blank", f"blank {i}.", experiment="E1", fcs=f"{i}.fcs")
        for i in range(9)
    ]
    (found,) = _sentences(replace(results(), flags=flags), "blank")
    assert found == (
        "E1, 0.fcs: blank 0. Similarly in E1, 1.fcs; E1, 2.fcs; E1, 3.fcs; E1, 4.fcs; E1, 5.fcs; "
        "E1, 6.fcs and 2 more."
    )


def test_cautions_of_many_kinds_are_counted_after_the_first(
    results: MakeResults, flag: MakeFlag
) -> None:
    flags = [
        flag("flow/wells.csv", "tube", f"kind_{i}", f"Fault {i}", experiment="E1", fcs="a.fcs")
        for i in range(10)
    ]
    study = replace(results(), flags=flags)
    assert len(_sentences(study, "Fault")) == 7
    assert _sentences(study, "further") == ["3 further cautions: kind 7, kind 8 and kind 9."]
    assert len(_sentences(replace(study, flags=flags[:8]), "Fault")) == 8


def test_a_culture_is_named_with_its_analyte(results: MakeResults, flag: MakeFlag) -> None:
    flags = [
        flag("elisa/cultures.csv", "culture", "odd", "Odd", plate="P1", culture="X", analyte="IL-6")
    ]
    assert _sentences(replace(results(), flags=flags), "Odd") == ["P1, X IL-6: Odd."]


def test_a_caution_about_a_curve_names_its_plate(results: MakeResults, flag: MakeFlag) -> None:
    unnamed = flag(
        kind="curve",
        sentence="The standards do not determine the mid-point",
        code="mid_point_not_identified",
        plate="P3",
        analyte="IL-6",
    )
    named = replace(unnamed, code="plate_failed", sentence="IL-6 on plate P3 failed")
    sentences = [one.sentence for one in limitations(replace(results(), flags=[unnamed, named]))]
    (mid_point,) = (one for one in sentences if "mid-point" in one)
    assert mid_point.startswith("P3, curve of IL-6: The standards")
    assert [one for one in sentences if "failed" in one] == ["IL-6 on plate P3 failed."]
