"""Verdicts on studies with known truth, and on studies that cannot be decided."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture import simulate
from coculture.comparison import ComparisonSettings, compare

JoinedStudy = Callable[..., pd.DataFrame]
SURE = replace(
    simulate.EXAMPLE,
    design=replace(simulate.EXAMPLE.design, experiments=6, wells=3, mishaps=simulate.Mishaps()),
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
        (2, "only 2 experiments have all arms of the claim, and a claim needs 3"),
        (1, "only 1 experiment has all arms of the claim, and a claim needs 3"),
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
    own = findings["p"] / findings["level"]
    assert findings["holm_ratio"].min() == pytest.approx(7 * own.min())
    assert (findings["holm_ratio"] >= own).all()
    assert set(findings["corrected_by"]) == {"Holm"}


@pytest.mark.parametrize(
    ("subject", "nothing"),
    [
        ("IL-6", {"il6_pg_ml": np.nan, "il6_state": "missing"}),
        (
            "apoptosis",
            {
                "percent_apoptotic": np.nan,
                "n_events": np.nan,
                "n_apoptotic": np.nan,
                "apoptosis_state": "missing",
            },
        ),
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


def test_what_was_measured_without_a_value_says_why(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    reason = "IL-6: not determined (IL-6 on plate P1 failed: no standard curve)"
    cultures = joined_study(parameters=SURE).assign(
        il6_pg_ml=np.nan, il6_state="not_determined", il6_reason=reason
    )
    findings = compare(cultures, settings).findings
    about = findings[findings["endpoint"] == "IL-6"]
    assert set(about["verdict"]) == {"not testable"}
    assert about["reason"].str.contains("plate P1 failed: no standard curve").all()
    assert not about["reason"].str.contains("was not measured").any()


def test_excluded_readings_count_as_measured(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    lost = {"percent_apoptotic": np.nan, "n_events": np.nan, "n_apoptotic": np.nan}
    cultures = joined_study(parameters=SURE).assign(**lost, apoptosis_state="excluded")
    finding = compare(cultures, settings).findings.set_index("id").loc["1b"]
    assert str(finding["reason"]).startswith("no experiment has all arms of the claim")


def test_a_reason_of_the_other_assay_is_no_reading(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    lost = {"percent_apoptotic": np.nan, "n_events": np.nan, "n_apoptotic": np.nan}
    reason = "IL-6: excluded (slow flow: pipette)"
    cultures = joined_study(parameters=SURE).assign(
        **lost, apoptosis_state="missing", excluded=reason
    )
    finding = compare(cultures, settings).findings.set_index("id").loc["1b"]
    assert finding["reason"] == "apoptosis was not measured"


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
    assert finding["sentence"].endswith(
        " The pooled-error analysis disagrees: shown. It assumes that all arms vary equally "
        "between experiments; the verdict is that of the analysis inside experiments, which does "
        "not."
    )


def test_a_bound_decides_where_the_lower_arm_is_below_the_limit(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    combination = cultures["arm"] == "il1b DEX + IL-1Ra"
    censored = _below(cultures, combination, 100.0)
    comparison = compare(censored, settings)
    finding = comparison.findings.set_index("id").loc["3a"]
    assert finding["verdict"] == "shown"
    assert finding["relation"] == "<="
    assert "at most" in finding["sentence"]
    assert "one-sided 97.5 % upper limit" in finding["sentence"]
    assert "CI" not in finding["sentence"]
    assert (np.isnan(finding["lower"]), finding["confidence_percent"]) == (True, 97.5)
    assert finding["upper"] > finding["estimate"]
    row = _il6_contrast(comparison.contrasts, "il1b: DEX + IL-1Ra against IL-1Ra")
    assert row["relation"] == "<="
    assert np.isnan(row["p"])
    assert np.isnan(row["se"])


def test_both_sides_below_the_limit_cannot_be_tested(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    rows = cultures["arm"].isin(["il1b DEX + IL-1Ra", "il1b IL-1Ra"])
    finding = compare(_below(cultures, rows, 1_000.0), settings).findings.set_index("id").loc["3a"]
    assert finding["verdict"] == "not testable"
    assert finding["reason"].startswith("both below LLOQ: IL-1β DEX + IL-1Ra and IL-1β IL-1Ra")
    assert finding["advice"] == (
        "Measure these cultures again at a lower dilution, or with a more sensitive assay if they "
        "were not diluted."
    )
    assert np.isnan(finding["p"])


def test_where_both_sides_are_below_the_limit_is_told(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """The arm is below the limit everywhere, the comparator in E6 only."""
    cultures = joined_study(parameters=SURE)
    comparator = (cultures["arm"] == "il1b IL-1Ra") & (cultures["experiment"] == "E6")
    rows = (cultures["arm"] == "il1b DEX + IL-1Ra") | comparator
    finding = compare(_below(cultures, rows, 100.0), settings).findings.set_index("id").loc["3a"]
    assert finding["reason"] == "both below LLOQ: IL-1β DEX + IL-1Ra and IL-1β IL-1Ra in E6"


def test_a_comparator_below_the_limit_settles_that_the_arm_is_not_lower(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    censored = _below(cultures, cultures["arm"] == "il1b DEX", 50.0)
    finding = compare(censored, settings).findings.set_index("id").loc["1a"]
    assert finding["verdict"] == "not shown"
    assert finding["relation"] == ">="


@pytest.mark.parametrize("limit", [10_000.0, 1_000_000.0])
def test_a_higher_arm_with_all_wells_of_an_experiment_below_the_limit_decides_nothing(
    joined_study: JoinedStudy, settings: ComparisonSettings, limit: float
) -> None:
    """Its truth may be lower than the other arm's, whatever is put in the wells' place."""
    cultures = joined_study(parameters=SURE)
    rows = (cultures["arm"] == "il1b IL-1Ra") & (cultures["experiment"] == "E1")
    finding = compare(_below(cultures, rows, limit), settings).findings.set_index("id").loc["3a"]
    assert finding["verdict"] == "not testable"
    assert finding["reason"] == "below LLOQ: IL-1β IL-1Ra in E1"
    assert np.isnan(finding["estimate"])
    assert finding["n"] == 6


def test_one_well_of_the_higher_arm_below_the_limit_leaves_the_claim_testable(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """Its two fellows have numbers; a bound far above them says nothing, and changes nothing."""
    cultures = joined_study(parameters=SURE)
    comparator = (cultures["arm"] == "il1b IL-1Ra") & (cultures["experiment"] == "E1")
    row = comparator & (cultures["replicate"] == 1)
    found = compare(_below(cultures, row, 1e6), settings).findings.set_index("id").loc["3a"]
    without = compare(cultures[~row], settings).findings.set_index("id").loc["3a"]
    assert found["verdict"] == "shown"
    assert found["estimate"] == pytest.approx(without["estimate"], rel=1e-3)
    assert "estimated from the wells inside the range" in found["reason"]


def test_limits_of_the_range_are_not_called_copied_values(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    cultures = _below(cultures, cultures["arm"] == "il1b IL-1Ra", 1_000.0)
    cultures = _outside(cultures, cultures["arm"] == "il1b DEX", 2_000.0, "above_uloq")
    finding = compare(cultures, settings).findings.set_index("id").loc["1a"]
    assert finding["verdict"] == "not testable"
    assert "have the same limits of the quantifiable range" in finding["reason"]
    assert (finding["relation"], finding["estimate"]) == ("<=", pytest.approx(0.5))
    assert finding["advice"].startswith("Measure the cultures outside the quantifiable range")


def _below(cultures: pd.DataFrame, rows: "pd.Series[bool]", limit: float) -> pd.DataFrame:
    """`cultures` with the IL-6 of `rows` known only to lie below `limit`."""
    return _outside(cultures, rows, limit, "below_lloq")


def _outside(
    cultures: pd.DataFrame, rows: "pd.Series[bool]", limit: float, state: str
) -> pd.DataFrame:
    """`cultures` with only a limit known of the IL-6 of `rows`."""
    return cultures.assign(
        il6_pg_ml=cultures["il6_pg_ml"].mask(rows),
        il6_state=cultures["il6_state"].mask(rows, state),
        il6_bound_pg_ml=cultures["il6_bound_pg_ml"].mask(rows, limit),
    )


def _il6_contrast(contrasts: pd.DataFrame, name: str) -> "pd.Series[Any]":
    """The primary analysis of one contrast of ln IL-6."""
    rows = contrasts[
        (contrasts["endpoint"] == "ln_il6")
        & (contrasts["analysis"] == "per_experiment")
        & (contrasts["contrast"] == name)
    ]
    assert len(rows) == 1
    return rows.iloc[0]
