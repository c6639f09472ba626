"""Verdicts on studies whose truth is known, and on tables made to be undecidable."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coculture import simulate
from coculture.comparison import ComparisonSettings, check_arms, compare
from coculture.comparison.statistics.fieller import fieller_interval

JoinedStudy = Callable[..., pd.DataFrame]

SURE = replace(
    simulate.EXAMPLE,
    design=replace(simulate.EXAMPLE.design, experiments=6, mishaps=simulate.Mishaps()),
)
NO_DEX_APOPTOSIS = replace(
    SURE, apoptosis=replace(SURE.apoptosis, with_dex=SURE.apoptosis.untreated, sd_dex_slope=0.0)
)


def _verdicts(cultures: pd.DataFrame, settings: ComparisonSettings) -> "pd.Series[str]":
    return compare(cultures, settings).findings.set_index("id")["verdict"]


def test_every_finding_is_shown_where_it_is_true(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    findings = compare(joined_study(parameters=SURE), settings).findings
    assert findings["id"].to_list() == ["1a", "1b", "2a", "2b", "2c", "3a", "3b"]
    assert set(findings["verdict"]) == {"shown"}
    assert (findings["p"] <= findings["level"]).all()
    assert set(findings["n"]) == {6}
    assert findings.loc[findings["id"] == "2b", "caveat"].item().startswith("The two cell types")


def test_findings_about_apoptosis_fall_with_the_effect_of_dex(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    verdicts = _verdicts(joined_study(parameters=NO_DEX_APOPTOSIS), settings)
    assert set(verdicts[["2a", "2b", "2c", "3b"]]) == {"not shown"}
    assert set(verdicts[["1a", "1b", "3a"]]) == {"shown"}


def test_the_same_difference_everywhere_is_not_testable(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    exact = cultures["arm"].map({"il1b IL-1Ra": 10.0, "il1b untreated": 9.0})
    cultures["percent_apoptotic"] = exact.fillna(cultures["percent_apoptotic"])
    finding = compare(cultures, settings).findings.set_index("id").loc["1b"]
    assert finding["verdict"] == "not testable"
    assert "no variation" in finding["reason"]
    assert np.isnan(finding["p"])


def test_an_effect_that_is_the_same_everywhere_has_no_interval_to_tell(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    exact = cultures["arm"].map({"control DEX": 0.0, "control untreated": 0.0})
    cultures["percent_apoptotic"] = exact.fillna(cultures["percent_apoptotic"])
    finding = compare(cultures, settings).findings.set_index("id").loc["2a"]
    assert finding["verdict"] == "not shown"
    assert "by 0.0 points (the same in every experiment) in control cells" in finding["sentence"]
    assert "not known" not in finding["sentence"]


def test_experiments_that_several_tests_lack_are_asked_for_once(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    three = replace(SURE, design=replace(SURE.design, experiments=3))
    cultures = joined_study(parameters=three)
    lost = (cultures["arm"] == "control DEX") | (
        (cultures["arm"] == "control added IL-6") & (cultures["experiment"] == "E1")
    )
    cultures.loc[lost, "percent_apoptotic"] = np.nan
    advice = compare(cultures, settings).findings.set_index("id")["advice"]
    assert advice["2a"] == "Repeat these arms in 3 more experiments."


@pytest.mark.parametrize(
    ("experiments", "reason"),
    [
        (2, "only 2 experiments have every arm it needs, and a claim needs 3"),
        (1, "only 1 experiment has every arm it needs, and a claim needs 3"),
    ],
)
def test_fewer_than_three_experiments_claim_nothing(
    joined_study: JoinedStudy, settings: ComparisonSettings, experiments: int, reason: str
) -> None:
    design = replace(SURE.design, experiments=experiments)
    comparison = compare(joined_study(parameters=replace(SURE, design=design)), settings)
    assert set(comparison.findings["verdict"]) == {"not testable"}
    assert set(comparison.findings["reason"]) == {reason}
    assert comparison.contrasts["p"].isna().all()
    assert comparison.contrasts["estimate"].notna().any()


def test_holm_counts_every_finding_that_was_stated(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    findings = compare(joined_study(parameters=SURE), settings).findings
    first = findings.sort_values("p").iloc[0]
    assert first["p"] / first["level"] == (findings["p"] / findings["level"]).min()
    assert first["p_holm"] == pytest.approx(7 * first["p"])
    assert (findings["p_holm"] >= findings["p"]).all()


def test_a_finding_whose_arm_is_not_there_is_told_before_and_after(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    without = cultures[cultures["arm"] != "control DEX + added IL-6"]
    (problem,) = check_arms(without, settings)
    assert problem.column == "comparison, findings, 2a"
    told = (
        'no culture belongs to the arm "control DEX + added IL-6" (cells "control", stroma "HS-5", '
        "hours 48, dex_nM 1000, il1ra_ng_ml 0, il6_ng_ml 10), though each of these values "
        "occurs"
    )
    assert problem.message == f"{told}."
    finding = compare(without, settings).findings.set_index("id").loc["2a"]
    assert finding["verdict"] == "not testable"
    assert finding["reason"] == told


def test_a_dose_that_no_culture_has_is_told_with_the_doses_there_are(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    (difference,) = settings.findings[0].differences
    typed = replace(difference, arm={**difference.arm, "il1ra_ng_ml": 50})
    changed = replace(settings, findings=(replace(settings.findings[0], differences=(typed,)),))
    (problem,) = check_arms(joined_study(parameters=SURE), changed)
    assert problem.message == (
        "no culture has 50 in column il1ra_ng_ml, where the values are 0, 500."
    )


def test_misspelt_cells_are_told_with_the_nearest(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    changed = replace(settings, reference_cells="contrl", cell_labels={"IL1B-x": "IL-1β"})
    reference, label = check_arms(joined_study(parameters=SURE), changed)
    assert (reference.column, reference.value) == ("cells.reference", "contrl")
    assert reference.message == (
        'is not among the cells of cultures.csv, which are control, il1b; did you mean "control"?'
    )
    assert (label.column, label.value) == ("cells.labels.IL1B-x", "IL1B-x")


@pytest.mark.parametrize(("subject", "table"), [("IL-6", "elisa.csv"), ("apoptosis", "flow.csv")])
def test_findings_on_what_no_table_measures_are_told_before(
    joined_study: JoinedStudy, settings: ComparisonSettings, subject: str, table: str
) -> None:
    (other,) = {"IL-6", "apoptosis"} - {subject}
    cultures = joined_study(parameters=SURE)
    assert check_arms(cultures, settings, measured=["apoptosis", "IL-6"]) == []
    problems = check_arms(cultures, settings, measured=[other])
    about = [finding.id for finding in settings.findings if finding.endpoint == subject]
    assert [problem.column for problem in problems] == [f"comparison, findings, {i}" for i in about]
    assert {problem.value for problem in problems} == {subject}
    assert {problem.message for problem in problems} == {
        f"{subject} is not measured in this study (measured: {other}); add it to {table}, or take "
        "this out of the config."
    }


@pytest.mark.parametrize(
    ("subject", "nothing"),
    [
        ("IL-6", {"il6_pg_ml": np.nan, "il6_state": "missing"}),
        ("apoptosis", {"percent_apoptotic": np.nan, "n_events": np.nan, "n_apoptotic": np.nan}),
    ],
)
def test_findings_on_what_was_not_measured_say_so(
    joined_study: JoinedStudy,
    settings: ComparisonSettings,
    subject: str,
    nothing: dict[str, float | str],
) -> None:
    findings = compare(joined_study(parameters=SURE).assign(**nothing), settings).findings
    about = findings[findings["endpoint"] == subject]
    assert set(about["reason"]) == {f"{subject} was not measured"}
    said = f". {subject[0].upper()}{subject[1:]} was not measured."
    assert about["sentence"].str.endswith(said).all()
    assert about["advice"].str.startswith(f"Measure {subject} by ").all()
    assert set(findings.loc[findings["endpoint"] != subject, "verdict"]) == {"shown"}


def test_excluded_readings_count_as_measured(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    lost = {"percent_apoptotic": np.nan, "n_events": np.nan, "n_apoptotic": np.nan}
    cultures = joined_study(parameters=SURE).assign(**lost, excluded="flow: too few events")
    finding = compare(cultures, settings).findings.set_index("id").loc["1b"]
    assert str(finding["reason"]).startswith("no experiment has every arm it needs")


def test_a_reason_of_the_other_assay_is_no_reading(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    lost = {"percent_apoptotic": np.nan, "n_events": np.nan, "n_apoptotic": np.nan}
    reason = "IL-6: excluded (slow flow: pipette)"
    cultures = joined_study(parameters=SURE).assign(**lost, excluded=reason)
    finding = compare(cultures, settings).findings.set_index("id").loc["1b"]
    assert finding["reason"] == "apoptosis was not measured"


def test_cultures_that_could_not_be_read_are_not_blamed_on_the_findings(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    assert check_arms(pd.DataFrame(), settings) == []
    assert check_arms(cultures.head(0), settings) == []
    assert check_arms(cultures.assign(dex_nM=np.nan), settings) == []
    one_empty = cultures.assign(dex_nM=cultures["dex_nM"].where(cultures.index > 0))
    assert check_arms(one_empty, settings) == []


def test_a_clear_rise_is_called_one(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    (difference,) = settings.findings[1].differences
    changed = replace(difference, arm={"cells": "control", "dex_nM": 1000},
                      compared_with={"cells": "control"})  # fmt: skip
    raised = replace(settings, findings=(replace(settings.findings[1], differences=(changed,)),))
    finding = compare(joined_study(parameters=SURE), raised).findings.iloc[0]
    assert finding["verdict"] == "not shown"
    assert "In control cells DEX raised apoptosis by " in finding["sentence"]
    assert " points (90 % CI " in finding["sentence"]
    assert "not excluded" not in finding["sentence"]


def test_an_effect_that_grew_was_not_eliminated_at_all(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    treated = cultures["arm"] == "control DEX + added IL-6"
    # Doubles the effect: of that of DEX alone, nothing is gone.
    cultures["percent_apoptotic"] += np.where(treated, 40.0, 0.0)
    sentence = compare(cultures, settings).findings.set_index("id")["sentence"]["2a"]
    assert "nothing of the effect was eliminated (−" in sentence
    assert "% of the effect was eliminated" not in sentence


def test_arms_left_open_or_unknown_are_refused_with_the_cure(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    two_stromas = cultures.assign(
        stroma=np.where(cultures["experiment"] == "E1", "primary", cultures["stroma"])
    )
    messages = {problem.message for problem in check_arms(two_stromas, settings)}
    assert messages == {
        "the arm leaves stroma open, and the study has several (HS-5, primary); name one."
    }
    two_times = cultures.assign(hours=np.where(cultures["experiment"] == "E1", 72.0, 48.0))
    messages = {problem.message for problem in check_arms(two_times, settings)}
    assert messages == {"the arm leaves hours open, and the study has several (48, 72); name one."}


def test_il6_findings_in_arms_to_which_il6_was_added_are_refused(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    added = replace(
        settings.findings[0],
        differences=tuple(
            replace(d, arm={**d.arm, "il6_ng_ml": 10}) for d in settings.findings[0].differences
        ),
    )
    changed = replace(settings, findings=(added,))
    cultures = joined_study(parameters=SURE)
    (problem,) = check_arms(cultures, changed)
    assert problem.message.startswith("IL-6 was added to this arm")
    finding = compare(cultures, changed).findings.iloc[0]
    assert finding["verdict"] == "not testable"
    assert finding["reason"] == "IL-6 was added to IL-1β IL-1Ra + added IL-6"
    assert finding["advice"] == "Compare IL-6 only in arms to which none was added."


def test_sentences_can_be_quoted(joined_study: JoinedStudy, settings: ComparisonSettings) -> None:
    sentences = compare(joined_study(seed=4), settings).findings.set_index("id")["sentence"]
    assert sentences["1a"].startswith("In IL-1β cells IL-1Ra lowered IL-6 more than DEX did, to ")
    assert " % of the level with DEX (95 % CI " in sentences["1a"]
    assert sentences["1b"].startswith(
        "In IL-1β cells IL-1Ra did not raise apoptosis by 5 points or more: "
    )
    assert sentences["2a"].startswith("DEX raised apoptosis by ")
    assert "in control cells with added IL-6: " in sentences["2a"]
    assert sentences["3a"].startswith("In IL-1β cells IL-6 was lowest with DEX + IL-1Ra, at ")
    assert " % of the untreated level" in sentences["3a"]
    assert sentences["3b"].startswith("In IL-1β cells apoptosis was highest with DEX + IL-1Ra: ")
    assert " points above the level with " in sentences["3b"]
    assert not sentences.str.contains("nan").any()
    reasons = compare(joined_study(seed=4), settings).findings["reason"]
    assert reasons.str.contains("IL-1β DEX").any()
    assert not reasons.str.contains("il1b").any()


def test_inhibitions_are_told_also_where_neither_is_shown_to_be_the_larger(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    secretion = replace(SURE.secretion, transduced_with_il1ra=SURE.secretion.transduced_with_dex)
    cultures = joined_study(parameters=replace(SURE, secretion=secretion))
    finding = compare(cultures, settings).findings.set_index("id").loc["1a"]
    assert finding["verdict"] == "not shown"
    assert "inhibition against untreated 4" in finding["sentence"]
    assert finding["sentence"].endswith("% (DEX).")


def test_fieller_is_not_bounded_where_there_is_no_effect() -> None:
    assert np.isnan(fieller_interval([1.0, 2.0, 0.5], [3.0, -2.0, 1.0])).all()


def test_copied_experiments_bound_nothing(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    one = cultures[cultures["experiment"] == "E1"]
    copies = pd.concat(
        [one.assign(experiment=name, culture=one["culture"] + name) for name in ("E1", "E2", "E3")],
        ignore_index=True,
    )
    finding = compare(copies, settings).findings.set_index("id").loc["2a"]
    assert finding["verdict"] == "not testable"
    assert finding[["lower", "upper"]].isna().all()


def test_fieller_limits_are_where_the_t_test_turns() -> None:
    """The limits are those ratios r at which numerator - r x denominator has two-sided p = .05."""
    from scipy import stats

    top, bottom = np.array([1.0, 2.0, 1.4, 0.8]), np.array([10.0, 11.0, 9.0, 12.0])
    for limit in fieller_interval(top, bottom):
        assert stats.ttest_1samp(top - limit * bottom, 0).pvalue == pytest.approx(0.05)


def test_the_pooled_error_analysis_is_named_where_it_disagrees(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """Three experiments, in one of which IL-1Ra raises apoptosis: the other arms are calm."""
    design = replace(SURE.design, experiments=3)
    cultures = joined_study(parameters=replace(SURE, design=design))
    raised = (cultures["arm"] == "il1b IL-1Ra") & (cultures["experiment"] == "E1")
    cultures["percent_apoptotic"] = np.where(raised, 16.0, 10.0)
    finding = compare(cultures, settings).findings.set_index("id").loc["1b"]
    assert finding["verdict"] == "not shown"
    assert finding["pooled_error_verdict"] == "shown"
    assert str(finding["reason"]).endswith("; by the pooled-error analysis: shown")
    assert finding["sentence"].endswith(" The pooled-error analysis disagrees: shown.")


@pytest.mark.parametrize(("percent", "verdict"), [(93.0, "shown"), (96.0, "not testable")])
def test_where_no_cells_are_left_to_die_it_is_not_shown_that_none_did(
    joined_study: JoinedStudy, settings: ComparisonSettings, percent: float, verdict: str
) -> None:
    cultures = joined_study(parameters=SURE)
    # Wells spread over half a point, in a margin of five.
    spread = cultures["percent_apoptotic"].rank(pct=True) / 2
    cultures["percent_apoptotic"] = percent - 0.25 + spread
    finding = compare(cultures, settings).findings.set_index("id").loc["1b"]
    assert finding["verdict"] == verdict
    if verdict == "not testable":
        assert "no room for a rise: IL-1β untreated has 96" in finding["reason"]
        assert "a rise by 5 points cannot occur" in finding["reason"]
        assert "stay viable" in finding["advice"]
