"""Findings about arms that share no experiment: compared between experiments, and said so."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from coculture import simulate
from coculture.comparison import Comparison, ComparisonSettings, compare
from coculture.comparison.design.arms import Design
from coculture.comparison.findings.claims import Side
from coculture.comparison.findings.evaluation import claims_of
from coculture.comparison.planning import assumptions_of, block_of, needs, power, sentences
from coculture.comparison.settings import ArmPattern, Difference, Finding

JoinedStudy = Callable[..., pd.DataFrame]
NINE = replace(
    simulate.EXAMPLE,
    design=replace(simulate.EXAMPLE.design, experiments=9, wells=3, mishaps=simulate.Mishaps()),
)
CONTROL: ArmPattern = {"cells": "control"}
CONTROL_DEX: ArmPattern = {"cells": "control", "dex_nM": 1000}
IL1B: ArmPattern = {"cells": "il1b"}
IL1B_DEX: ArmPattern = {"cells": "il1b", "dex_nM": 1000}
BETWEEN = "between experiments (Welch)"


@pytest.fixture
def apart(joined_study: JoinedStudy) -> pd.DataFrame:
    """IL-1β cells in E1 to E4, control cells in E5 to E9."""
    cultures = joined_study(parameters=NINE)
    early = cultures["experiment"].isin(["E1", "E2", "E3", "E4"])
    return cultures[early == (cultures["cells"] == "il1b")]


def _finding(
    settings: ComparisonSettings, kind: str, endpoint: str, *pairs: tuple[ArmPattern, ArmPattern]
) -> Finding:
    given = next(one for one in settings.findings if one.kind == kind)
    parts = ("effect", "residual") if kind == "eliminated" else ("comparison",) * len(pairs)
    differences = tuple(
        Difference(arm, other, part) for part, (arm, other) in zip(parts, pairs, strict=True)
    )
    # The example's statement is about other arms.
    return replace(given, id="F", endpoint=endpoint, differences=differences, statement="It is so")


def _compared(cultures: pd.DataFrame, settings: ComparisonSettings, finding: Finding) -> Comparison:
    return compare(cultures, replace(settings, findings=(finding,)))


@pytest.mark.parametrize(
    ("kind", "endpoint", "arm", "other"),
    [
        ("lower", "IL-6", CONTROL, IL1B),
        ("higher", "apoptosis", CONTROL_DEX, IL1B_DEX),
        ("not_raised", "apoptosis", IL1B_DEX, CONTROL_DEX),
    ],
)
def test_two_arms_are_compared_by_welchs_test(
    apart: pd.DataFrame,
    settings: ComparisonSettings,
    kind: str,
    endpoint: str,
    arm: ArmPattern,
    other: ArmPattern,
) -> None:
    finding = _finding(settings, kind, endpoint, (arm, other))
    tables = _compared(apart, settings, finding)
    row, test = tables.findings.iloc[0], tables.finding_tests.iloc[0]
    scale = "percent_apoptotic" if endpoint == "apoptosis" else "ln_il6"
    means = tables.arms[tables.arms["endpoint"] == scale].set_index("arm")["mean"]
    name, against = str(test["test"]).split(":")[0].split(" against ")
    side: Side = "greater" if kind == "higher" else "less"
    expected = scipy.stats.ttest_ind(
        means[name] - test["margin"], means[against], equal_var=False, alternative=side
    )
    assert test["p"] == pytest.approx(expected.pvalue, rel=1e-9)
    assert row["verdict"] == "shown"
    assert (row["compared"], test["compared"]) == (BETWEEN, BETWEEN)
    each = " and ".join(str(len(means[label])) for label in (name, against))
    assert (row["n"], row["n_each"], test["n_each"]) == (9, each, each)
    assert f"n = {each} experiments)" in row["sentence"]
    assert row["sentence"].endswith(
        " Compared between experiments (Welch), because the arms share none."
    )
    # Arms that are in other experiments by design are not lacking, and blocks cannot compare them.
    assert test["left_out"] == ""
    assert np.isnan(test["pooled_error_p"])
    assert row["pooled_error_verdict"] == ""
    assert [(flag.code, flag.severity) for flag in tables.flags] == [
        ("days_unknown", "note"),
        ("between_experiments", "note"),
    ]


def test_an_effect_eliminated_in_other_experiments(
    apart: pd.DataFrame, settings: ComparisonSettings
) -> None:
    """Fieller's limits are where Welch's test of residual - r x effect has two-sided p = .05."""
    pairs = ((CONTROL_DEX, CONTROL), (IL1B_DEX, IL1B))
    tables = _compared(apart, settings, _finding(settings, "eliminated", "apoptosis", *pairs))
    row = tables.findings.iloc[0]
    by_part = tables.finding_tests.set_index("part")
    assert by_part["compared"].to_dict() == {
        "effect": "", "residual": "", "reduction": BETWEEN, "residual_fraction": BETWEEN,
        "rescue": BETWEEN,
    }  # fmt: skip
    assert set(by_part["left_out"]) == {""}
    percent = tables.arms[tables.arms["endpoint"] == "percent_apoptotic"]
    table = percent.pivot_table(index="experiment", columns="arm", values="mean")
    effect = (table["control DEX"] - table["control untreated"]).dropna()
    residual = (table["il1b DEX"] - table["il1b untreated"]).dropna()
    assert row["estimate"] == pytest.approx(100 * (1 - residual.mean() / effect.mean()))
    for limit in (row["lower"], row["upper"]):
        ratio = 1 - limit / 100
        test = scipy.stats.ttest_ind(residual, ratio * effect, equal_var=False)
        assert test.pvalue == pytest.approx(0.05, rel=1e-6)
    assert ", n = 4 and 5 experiments." in row["sentence"]
    assert "because the arms share none: “" in row["sentence"]


def test_a_finding_with_tests_of_both_kinds_says_which(
    apart: pd.DataFrame, settings: ComparisonSettings
) -> None:
    pairs = ((CONTROL_DEX, IL1B_DEX), (CONTROL_DEX, CONTROL))
    tables = _compared(apart, settings, _finding(settings, "higher", "apoptosis", *pairs))
    assert list(tables.finding_tests["compared"]) == [BETWEEN, ""]
    assert list(tables.finding_tests["n"]) == [9, 5]
    told = str(tables.findings["sentence"].item())
    assert told.endswith("because the arms share none: “control DEX against IL-1β DEX: higher”.")


def test_too_few_experiments_of_an_arm_are_the_reason(
    apart: pd.DataFrame, settings: ComparisonSettings
) -> None:
    finding = _finding(settings, "higher", "apoptosis", (CONTROL_DEX, IL1B_DEX))
    few = apart[~apart["experiment"].isin(["E8", "E9"])]
    row = _compared(few, settings, finding).findings.iloc[0]
    assert row["verdict"] == "not testable"
    assert row["reason"] == (
        "only 3 experiments have control DEX, and arms that share no experiment need "
        "4 experiments each"
    )
    assert row["advice"] == "Repeat control DEX in 1 more experiment."
    assert "Compared" not in row["sentence"]


def test_too_few_shared_experiments_are_not_replaced_by_a_comparison_between_them(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=NINE)
    shared = cultures["experiment"].isin(["E1", "E2"])
    early = cultures["experiment"].isin(["E3", "E4", "E5"])
    some = cultures[shared | (early == (cultures["cells"] == "il1b"))]
    finding = _finding(settings, "higher", "apoptosis", (CONTROL_DEX, IL1B_DEX))
    row = _compared(some, settings, finding).findings.iloc[0]
    assert row["verdict"] == "not testable"
    assert row["reason"].startswith("only 2 experiments have all arms of the claim")
    assert row["advice"] == "Repeat these arms in 1 more experiment."


@pytest.mark.parametrize(
    ("arm", "side", "verdict", "relation"),
    [
        # At the limit control cells have too much IL-6: they have less, so it argues against.
        ("control untreated", "below_lloq", "shown", "<="),
        # The arm that should be the higher one is below a limit: nothing argues against.
        ("il1b untreated", "below_lloq", "not testable", ""),
        ("il1b untreated", "above_uloq", "shown", "<="),
    ],
)
def test_wells_outside_the_range_are_bounds(
    apart: pd.DataFrame,
    settings: ComparisonSettings,
    arm: str,
    side: str,
    verdict: str,
    relation: str,
) -> None:
    rows = (apart["arm"] == arm) & apart["experiment"].isin(["E1", "E2", "E5", "E6"])
    bounded = apart.assign(
        il6_pg_ml=apart["il6_pg_ml"].mask(rows),
        il6_state=apart["il6_state"].mask(rows, side),
        il6_bound_pg_ml=apart["il6_bound_pg_ml"].mask(rows, apart["il6_pg_ml"]),
    )
    tables = _compared(bounded, settings, _finding(settings, "lower", "IL-6", (CONTROL, IL1B)))
    row = tables.findings.iloc[0]
    assert (row["verdict"], row["relation"]) == (verdict, relation)
    assert row["n_each"] == "5 and 4"
    if verdict == "not testable":
        assert row["reason"] == "below LLOQ: IL-1β untreated in E1 and E2"
    contrasts = tables.contrasts.set_index(["endpoint", "contrast"])
    # The exploratory difference is il1b minus control.
    opposite = {"control untreated": ">=", "il1b untreated": "<=" if side == "below_lloq" else ">="}
    found = contrasts.loc["ln_il6"].loc["untreated: il1b against control"]
    assert [found["relation"], found["compared"]] == [opposite[arm], BETWEEN]


def test_the_mean_is_made_from_the_values_of_the_parts(
    apart: pd.DataFrame, settings: ComparisonSettings
) -> None:
    tables = compare(apart, settings)
    name = "DEX against untreated: il1b against control"
    of_contrast = {"endpoint": "percent_apoptotic", "contrast": name}
    values, row = (
        table[(table[list(of_contrast)] == pd.Series(of_contrast)).all(axis=1)]
        for table in (tables.contrast_values, tables.contrasts)
    )
    means = values.groupby("part")["value"].mean() * values.groupby("part")["part_weight"].first()
    inside = row[row["analysis"] == "per_experiment"].iloc[0]
    assert means.sum() == pytest.approx(inside["estimate"])
    assert (inside["compared"], inside["n_each"], inside["left_out"]) == (BETWEEN, "4 and 5", "")
    assert set(values["part"]) == {
        "il1b DEX minus il1b untreated", "control DEX minus control untreated",
    }  # fmt: skip
    assert inside["values"].startswith("il1b DEX minus il1b untreated: E1: ")
    assert "; minus (control DEX minus control untreated): E5: " in inside["values"]
    pooled = row[row["analysis"] == "pooled_error"].iloc[0]
    assert pooled["compared"] == ""


def test_the_plan_gives_each_group_its_own_experiments(
    apart: pd.DataFrame, settings: ComparisonSettings
) -> None:
    """The power of Welch's test with n in each group, by a simulation of its own."""
    finding = _finding(settings, "lower", "IL-6", (CONTROL, {**CONTROL_DEX}))
    unpaired = replace(
        _finding(settings, "higher", "IL-6", (IL1B, CONTROL)), id="U", alpha_difference=1e-5
    )
    stating = replace(settings, findings=(finding, unpaired))
    design = Design.of(apart, settings)
    given = {"IL-6": assumptions_of(apart, settings)["IL-6"]}
    table = power(given, design, stating, (3, 5), (2,), 4000, progress=lambda _: None)
    found = table.set_index(["id", "experiments"])
    assert found["compared"].to_dict() == {
        (name, n): "" if name == "F" else BETWEEN for name in ("F", "U", "all") for n in (3, 5)
    }
    # Three experiments of each arm are too few for the test.
    assert found.loc[("U", 3), "power"] == 0
    il6 = given["IL-6"]
    sd = np.sqrt(il6.sd_experiment**2 + il6.sd_arm**2 + il6.sd_well**2 / 2)
    shift = il6.location["il1b untreated"] - il6.location["control untreated"]
    rng = np.random.default_rng(5)
    one, other = rng.normal(shift, sd, (4000, 5)), rng.normal(0, sd, (4000, 5))
    p = scipy.stats.ttest_ind(one, other, axis=1, equal_var=False, alternative="greater").pvalue
    assert 0.05 < (p <= 1e-5).mean() < 0.95
    assert found.loc[("U", 5), "power"] == pytest.approx((p <= 1e-5).mean(), abs=0.04)
    of_unpaired = next(one for one in needs(apart, design, stating, given) if one.id == "U")
    assert (
        " experiments of each arm that shares none with the others " in sentences([of_unpaired])[0]
    )
    assert of_unpaired.range is not None
    assert of_unpaired.range.least is None or of_unpaired.range.least >= 4


def test_the_plan_takes_an_arm_of_every_finding_from_the_same_experiments(
    apart: pd.DataFrame, settings: ComparisonSettings
) -> None:
    given = assumptions_of(apart, settings)["apoptosis"]
    design = Design.of(apart, settings)
    pairs = [(CONTROL_DEX, CONTROL), (IL1B_DEX, IL1B), (IL1B_DEX, CONTROL_DEX)]
    blocks = [
        block_of(claim, given)
        for pair in pairs
        for claim in claims_of(_finding(settings, "higher", "apoptosis", pair), design)
    ]
    control, il1b = (given.home[f"{cells} DEX"] for cells in ("control", "il1b"))
    assert control != il1b
    assert blocks == [
        {"control DEX": control, "control untreated": control},
        {"il1b DEX": il1b, "il1b untreated": il1b},
        {"il1b DEX": il1b, "control DEX": control},
    ]


def test_the_spread_between_experiments_is_that_inside_each_group(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """Groups that share no experiment have no common level. Truth: .35 (ln IL-6)."""
    squares = []
    for seed in range(8):
        cultures = joined_study(seed=seed, parameters=NINE)
        early = cultures["experiment"].isin(["E1", "E2", "E3", "E4"])
        apart = cultures[early == (cultures["cells"] == "il1b")]
        squares.append(assumptions_of(apart, settings)["IL-6"].sd_experiment ** 2)
    # The SD of a mean of 8 variances with 7 degrees of freedom is 19 % of it.
    assert np.sqrt(np.mean(squares)) == pytest.approx(0.35, rel=0.25)
