"""Cultures outside the quantifiable range: bounds decide, or nothing does."""

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
    design=replace(simulate.EXAMPLE.design, experiments=6, mishaps=simulate.Mishaps()),
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
    assert finding["advice"] == "Measure these cultures again at a lower dilution."
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


def test_two_limits_of_one_experiment_are_no_value_of_it(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    rows = cultures["arm"].isin(["il1b IL-1Ra", "il1b DEX"]) & (cultures["experiment"] == "E1")
    row = _il6_contrast(
        compare(_below(cultures, rows, 100.0), settings).contrasts,
        "il1b: IL-1Ra against untreated",
    )
    assert row["values"].startswith("E1: ")
    both = rows | ((cultures["arm"] == "il1b untreated") & (cultures["experiment"] == "E1"))
    row = _il6_contrast(
        compare(_below(cultures, both, 100.0), settings).contrasts,
        "il1b: IL-1Ra against untreated",
    )
    assert np.isnan(row["estimate"])
    assert row["values"].startswith("E2: ")
    assert len(row["values"].split("; ")) == 5


def test_a_comparator_below_the_limit_settles_that_the_arm_is_not_lower(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    censored = _below(cultures, cultures["arm"] == "il1b DEX", 50.0)
    finding = compare(censored, settings).findings.set_index("id").loc["1a"]
    assert finding["verdict"] == "not shown"
    assert finding["relation"] == ">="


def test_up_to_half_of_the_wells_below_the_limit_leave_an_estimate_with_sensitivity(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    one_each = (cultures["arm"] == "il1b DEX + IL-1Ra") & (cultures["replicate"] == 1)
    comparison = compare(_below(cultures, one_each, 150.0), settings)
    row = _il6_contrast(comparison.contrasts, "il1b: DEX + IL-1Ra against untreated")
    assert row["relation"] == ""
    # One of three wells a cell moves from the limit to the limit over the root of two.
    assert row["estimate_at_limit"] - row["estimate"] == pytest.approx(np.log(2) / 6)
    assert row["estimate_censored_fit"] < row["estimate_at_limit"]


@pytest.mark.parametrize("limit", [10_000.0, 1_000_000.0])
@pytest.mark.parametrize("wells", [1, 3])
def test_a_higher_arm_with_a_well_below_the_limit_decides_nothing(
    joined_study: JoinedStudy, settings: ComparisonSettings, wells: int, limit: float
) -> None:
    """Its truth may be lower than the other arm's, whatever is put in the well's place."""
    cultures = joined_study(parameters=SURE)
    comparator = (cultures["arm"] == "il1b IL-1Ra") & (cultures["experiment"] == "E1")
    rows = comparator & (cultures["replicate"] <= wells)
    finding = compare(_below(cultures, rows, limit), settings).findings.set_index("id").loc["3a"]
    assert finding["verdict"] == "not testable"
    assert finding["reason"] == "below LLOQ: IL-1β IL-1Ra in E1"
    assert np.isnan(finding["estimate"])
    assert finding["n"] == 6


def test_limits_of_the_range_are_not_called_copied_values(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    cultures = _below(cultures, cultures["arm"] == "il1b IL-1Ra", 1_000.0)
    cultures = _outside(cultures, cultures["arm"] == "il1b DEX", 2_000.0, "above_uloq")
    finding = compare(cultures, settings).findings.set_index("id").loc["1a"]
    assert finding["verdict"] == "not testable"
    assert "known by the same limits of the quantifiable range" in finding["reason"]
    assert (finding["relation"], finding["estimate"]) == ("<=", pytest.approx(0.5))
    assert finding["advice"].startswith("Measure the cultures outside the quantifiable range")


def test_inhibition_is_bounded_on_the_side_that_is_known(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    for arm, limit, said in (
        ("il1b DEX", 2_000.0, "94.8 % (IL-1Ra) and at most 83 % (DEX)"),
        ("il1b untreated", 10_000.0, "inhibition against untreated at least 94"),
    ):
        outside = _outside(cultures, cultures["arm"] == arm, limit, "above_uloq")
        findings = compare(outside, settings).findings.set_index("id")
        assert said in str(findings.loc["1a", "sentence"])


def test_the_pooled_analysis_gives_no_number_for_arms_of_which_cells_are_bounds(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """Left out as if they were missing, the lowest cells would raise the arm's mean."""
    cultures = joined_study(parameters=SURE)
    rows = (cultures["arm"] == "il1b DEX + IL-1Ra") & (cultures["experiment"] == "E1")
    contrasts = compare(_below(cultures, rows, 100.0), settings).contrasts
    pooled = contrasts[
        (contrasts["endpoint"] == "ln_il6") & (contrasts["analysis"] == "pooled_error")
    ].set_index("contrast")
    numbers = ["estimate", "se", "t", "p", "p_holm", "p_dunnett", "lower"]
    bounded = pooled.loc["il1b: DEX + IL-1Ra against untreated"]
    assert bounded[numbers].isna().all()
    assert "takes no bounds" in bounded["note"]
    assert pooled.loc["il1b: DEX against untreated", numbers].notna().all()


def test_a_bound_of_a_contrast_holds_where_other_cells_are_half_censored(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """E1 is a bound, E2 half censored: the bound has both at their limits, by hand."""
    cultures = joined_study(parameters=SURE)
    of_arm = cultures["arm"] == "il1b DEX + IL-1Ra"
    in_e2 = of_arm & (cultures["experiment"] == "E2")
    one_well = in_e2 & (cultures["replicate"] == 1)
    limit = 400.0
    censored = _below(cultures, (of_arm & (cultures["experiment"] == "E1")) | one_well, limit)
    row = _il6_contrast(
        compare(censored, settings).contrasts, "il1b: DEX + IL-1Ra against untreated"
    )
    values = cultures["il6_pg_ml"].where(censored["il6_bound_pg_ml"].isna(), limit)
    means = cultures.assign(ln=np.log(values)).pivot_table("ln", "experiment", "arm")
    expected = (means["il1b DEX + IL-1Ra"] - means["il1b untreated"]).mean()
    assert row["relation"] == "<="
    assert row["estimate"] == pytest.approx(expected, abs=1e-12)


def test_no_bound_is_told_where_a_half_censored_cell_pulls_the_other_way(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    of_arm = (cultures["arm"] == "il1b DEX + IL-1Ra") & (cultures["experiment"] == "E1")
    untreated = (cultures["arm"] == "il1b untreated") & (cultures["experiment"] == "E2")
    censored = _below(cultures, of_arm | (untreated & (cultures["replicate"] == 1)), 400.0)
    row = _il6_contrast(
        compare(censored, settings).contrasts, "il1b: DEX + IL-1Ra against untreated"
    )
    assert np.isnan(row["estimate"])


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
