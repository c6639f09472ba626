"""The flags of the comparison, each on a study made to have it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from coculture import simulate
from coculture.comparison import ComparisonSettings, compare
from coculture.exchange import flags
from coculture.exchange.flags import Flag

JoinedStudy = Callable[..., pd.DataFrame]

SURE = replace(
    simulate.EXAMPLE,
    design=replace(simulate.EXAMPLE.design, experiments=6, wells=3, mishaps=simulate.Mishaps()),
)


def _flags(cultures: pd.DataFrame, settings: ComparisonSettings, code: str) -> list[Flag]:
    return [flag for flag in compare(cultures, settings).flags if flag.code == code]


def _dated(cultures: pd.DataFrame) -> pd.DataFrame:
    """Each experiment on a day of its own."""
    return cultures.assign(date="2024-03-0" + cultures["experiment"].str[1:])


def _but_skewness(found: Sequence[Flag]) -> list[Flag]:
    """Without skewed differences, of which one sound difference in twenty has a caution."""
    return [flag for flag in found if flag.code != "skewed_differences"]


def _below_lloq(cultures: pd.DataFrame, arm: str, limit: float) -> pd.DataFrame:
    return _below(cultures, cultures["arm"] == arm, limit)


def _below(cultures: pd.DataFrame, rows: "pd.Series[bool]", limit: float) -> pd.DataFrame:
    return cultures.assign(
        il6_pg_ml=cultures["il6_pg_ml"].mask(rows),
        il6_state=cultures["il6_state"].mask(rows, "below_lloq"),
        il6_bound_pg_ml=cultures["il6_bound_pg_ml"].mask(rows, limit),
    )


def test_a_complete_study_has_no_flags(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    assert _but_skewness(compare(_dated(cultures), settings).flags) == []
    (flag,) = _but_skewness(compare(cultures, settings).flags)
    assert (flag.code, flag.severity) == ("days_unknown", "note")
    half = _dated(cultures).assign(date=lambda rows: rows["date"].mask(rows["experiment"] == "E2"))
    (flag,) = _but_skewness(compare(half, settings).flags)
    assert flag.sentence.startswith("Of E2 no day is known")


def test_fewer_than_three_experiments_are_a_caution(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    for experiments, expected in ((2, 1), (3, 0)):
        kept = cultures["experiment"].isin(["E1", "E2", "E3"][:experiments])
        found = _flags(cultures[kept], settings, "few_experiments")
        assert len(found) == expected
    (flag,) = _flags(cultures[cultures["experiment"] == "E1"], settings, "few_experiments")
    assert (flag.severity, flag.concerns.kind, flag.value, flag.limit) == ("caution", "study", 1, 3)


def test_another_verdict_of_the_pooled_analysis_is_a_caution(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """IL-1Ra raises apoptosis in one of three experiments; the other arms do not vary."""
    design = replace(SURE.design, experiments=3)
    cultures = joined_study(parameters=replace(SURE, design=design))
    raised = (cultures["arm"] == "il1b IL-1Ra") & (cultures["experiment"] == "E1")
    cultures["percent_apoptotic"] = np.where(raised, 16.0, 10.0)
    found = _flags(cultures, settings, "pooled_error_disagrees")
    flag = next(flag for flag in found if flag.concerns.finding == "1b")
    assert (flag.severity, flag.concerns.table) == ("caution", "comparison/findings.csv")
    assert '"not shown", but "shown"' in flag.sentence


def test_findings_that_rest_on_bounds_are_noted(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    low = _below_lloq(cultures, "il1b DEX + IL-1Ra", 100.0)
    (bound,) = _flags(low, settings, "estimate_is_bound")
    findings = compare(low, settings).findings.set_index("id")
    assert (bound.concerns.finding, bound.unit) == ("3a", "ratio")
    assert bound.value == findings.loc["3a", "estimate"]
    assert _flags(low, settings, "undecided_by_range") == []
    # At a limit above IL-1Ra alone it cannot be shown to be lower, and may be all the same.
    high = _below_lloq(cultures, "il1b DEX + IL-1Ra", 5_000.0)
    (undecided,) = _flags(high, settings, "undecided_by_range")
    assert (undecided.concerns.finding, undecided.severity) == ("3a", "note")


def test_an_experiment_that_lacks_an_arm_is_noted_with_the_finding(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    lacking = (cultures["experiment"] == "E2") & (cultures["arm"] == "il1b IL-1Ra")
    found = _flags(cultures[~lacking], settings, "left_out")
    with_it = ["1a", "1b", "2c", "3a", "3b"]
    assert [(flag.concerns.finding, flag.concerns.experiment) for flag in found] == [
        (finding, "E2") for finding in with_it
    ]
    assert {flag.concerns.arm for flag in found} == {"il1b IL-1Ra"}
    assert all(flag.sentence.endswith("it lacks IL-1β IL-1Ra.") for flag in found)


def test_every_arm_that_an_experiment_lacks_is_noted_once_for_a_finding(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    arms = cultures["arm"].isin(["il1b IL-1Ra", "il1b DEX + IL-1Ra"])
    lacking = (cultures["experiment"] == "E2") & arms
    found = _flags(cultures[~lacking], settings, "left_out")
    noted = [one.concerns.arm for one in found if one.concerns.finding == "3a"]
    assert sorted(noted) == ["il1b DEX + IL-1Ra", "il1b IL-1Ra"]


def test_excluded_readings_are_noted_with_their_own_reason(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    first, second = cultures["culture"].head(2)
    cultures.loc[0, ["percent_apoptotic", "n_events", "n_apoptotic"]] = np.nan
    cultures.loc[0, ["apoptosis_state", "apoptosis_reason"]] = ["excluded", "flow: clogged"]
    cultures.loc[1, "il6_pg_ml"] = np.nan
    cultures.loc[1, ["il6_state", "il6_reason"]] = ["excluded", "IL-6: excluded (spilled)"]
    apoptosis, il6 = _flags(cultures, settings, "reading_excluded")
    assert (apoptosis.concerns.culture, apoptosis.concerns.analyte) == (first, "")
    assert (il6.concerns.culture, il6.concerns.analyte) == (second, "IL-6")
    assert "flow: clogged" in apoptosis.sentence
    assert "spilled" in il6.sentence


def test_arms_on_different_plates_are_noted(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = _dated(joined_study(parameters=SURE))
    wells = pd.DataFrame(
        {
            "culture": cultures["culture"],
            "analyte": "IL-6",
            "role": "sample",
            "state": cultures["il6_state"],
            "plate": cultures["experiment"].replace({"E1": "P1"}),
            "well": "D4",
        }
    )
    assert _but_skewness(compare(cultures, settings, wells).flags) == []
    moved = (cultures["experiment"] == "E1") & (cultures["arm"] == "control DEX")
    apart = wells.assign(plate=wells["plate"].mask(moved, "P2"))
    (flag,) = _but_skewness(compare(cultures, settings, apart).flags)
    assert (flag.code, flag.severity) == ("arms_on_different_plates", "note")
    assert (flag.concerns.experiment, flag.concerns.analyte) == ("E1", "IL-6")
    assert "P1 and P2" in flag.sentence
    # A plate that was read in vain is not one of the arm's.
    both = pd.concat([wells, wells[moved].assign(plate="P2", state="excluded")])
    assert _but_skewness(compare(cultures, settings, both).flags) == []


def test_flags_are_written_and_read_back(
    joined_study: JoinedStudy, settings: ComparisonSettings, tmp_path: Path
) -> None:
    cultures = joined_study(parameters=SURE)
    few = cultures[cultures["experiment"].isin(["E1", "E2"])]
    found = compare(few, settings).flags
    flags.write(found, tmp_path / "flags.csv")
    back = flags.read(tmp_path / "flags.csv")
    assert [(one.code, one.concerns, one.sentence) for one in back] == [
        (one.code, one.concerns, one.sentence) for one in found
    ]


def test_a_comparator_with_wells_below_the_limit_is_a_caution(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """One of three wells of DEX in E2, which finding 1a says to be the higher arm."""
    cultures = joined_study(parameters=SURE)
    one = (
        (cultures["arm"] == "il1b DEX")
        & (cultures["experiment"] == "E2")
        & (cultures["replicate"] == 1)
    )
    limit = float(cultures.loc[one, "il6_pg_ml"].iloc[0]) * 1.05
    low = _below(cultures, one, limit)
    comparison = compare(low, settings)
    assert comparison.findings.set_index("id").loc["1a", "verdict"] == "shown"
    found = {
        flag.concerns.finding: flag
        for flag in comparison.flags
        if flag.code == "comparator_outside_range"
    }
    assert set(found) == {"1a", "3a"}
    flag = found["1a"]
    assert (flag.severity, flag.concerns.arm, flag.unit) == ("caution", "il1b DEX", "%")
    assert -30 < flag.value < 0
    assert "In E2 its mean is estimated" in flag.sentence
    assert "lower dilution" in flag.sentence
    whole = (cultures["arm"] == "il1b DEX") & (cultures["experiment"] == "E2")
    (flag,) = (
        flag
        for flag in _flags(_below(cultures, whole, 1e5), settings, "comparator_outside_range")
        if flag.concerns.finding == "1a"
    )
    assert "In E2 no well is inside the range, so there is no test." in flag.sentence


def test_an_experiment_that_makes_the_differences_skewed_is_a_caution(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    far = (cultures["arm"] == "il1b IL-1Ra") & (cultures["experiment"] == "E5")
    cultures["il6_pg_ml"] *= np.where(far, 0.02, 1.0)
    found = _flags(cultures, settings, "skewed_differences")
    (flag,) = (
        one for one in found if one.concerns.finding == "1a" and one.concerns.experiment == "E5"
    )
    assert (flag.severity, flag.limit) == ("caution", 1.24)
    assert flag.value < -1.24
    assert "most by E5" in flag.sentence


def test_two_experiments_give_a_descriptive_estimate(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    two = cultures[cultures["experiment"].isin(["E1", "E2"])]
    comparison = compare(two, settings)
    row = comparison.findings.set_index("id").loc["1a"]
    assert row["verdict"] == "not testable"
    ratio = f"{100 * row['estimate']:.0f} %"
    assert (
        f"Descriptive, not tested: IL-6 in IL-1β IL-1Ra was {ratio} of the level with DEX "
        "(n = 2 experiments)." in row["sentence"]
    )
