"""The tables of all contrasts, compared with R, and with wells outside the range."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture import simulate
from coculture.comparison import ComparisonSettings, compare
from coculture.comparison.design.arms import Design

JoinedStudy = Callable[..., pd.DataFrame]
NAMES = {
    "dex_in_il1b": "IL1B: A against untreated",
    "ra_in_il1b": "IL1B: B against untreated",
    "combo_in_il1b": "IL1B: A + B against untreated",
    "combo_vs_dex_il1b": "IL1B: A + B against A",
    "combo_vs_ra_il1b": "IL1B: A + B against B",
    "dexXra_il1b": "IL1B: A × B",
    "dex_in_ctrl": "CTRL: A against untreated",
    "dexXra_ctrl": "CTRL: A × B",
    "cell_untreated": "untreated: IL1B against CTRL",
    "dexXcell": "A against untreated: IL1B against CTRL",
    "dexXraXcell": "A × B: IL1B against CTRL",
    "dex_main_8": "A, mean of both cell types",
    "dex_with_il6_ctrl": "CTRL with added C: A against untreated",
    "il6_rescue_ctrl": "CTRL: A × added C",
    "il6_rescue_il1b_combo": "IL1B with B: A × added C",
}
SURE = replace(
    simulate.EXAMPLE,
    design=replace(simulate.EXAMPLE.design, experiments=6, wells=3, mishaps=simulate.Mishaps()),
)


def _reference_study(path: Path) -> tuple[pd.DataFrame, ComparisonSettings]:
    """A reference data set as joined cultures, with its own names for everything."""
    wells = pd.read_csv(path)
    cultures = pd.DataFrame(
        {
            "culture": [f"w{i}" for i in range(len(wells))],
            "experiment": wells["experiment"],
            "cells": wells["cell"],
            "stroma": "",
            "dose_a": wells["dex"],
            "dose_b": wells["il1ra"],
            "dose_c": wells["il6_added"],
            "hours": 48.0,
            "replicate": wells.groupby(
                ["experiment", "cell", "dex", "il1ra", "il6_added"]
            ).cumcount()
            + 1.0,
            "percent_apoptotic": 100 * wells["n_apoptotic"] / wells["n_events"],
            "n_events": wells["n_events"],
            "n_apoptotic": wells["n_apoptotic"],
            "il6_pg_ml": wells["il6_pg_ml"],
            "il6_state": "ok",
            "il6_bound_pg_ml": np.nan,
            "flags": "",
            "excluded": "",
            "apoptosis_state": "ok",
            "apoptosis_reason": "",
            "il6_reason": "",
        }
    )
    factors: list[dict[str, Any]] = [
        {"name": "A", "column": "dose_a", "unit": "nM", "untreated": 0},
        {"name": "B", "column": "dose_b", "unit": "nM", "untreated": 0},
        {"name": "C", "column": "dose_c", "unit": "nM", "untreated": 0, "adds_analyte": "IL-6"},
    ]
    section = {
        "analytes": ["IL-6"],
        "findings": [],
        "contrasts": [
            {
                "name": "A, mean of both cell types",
                "endpoint": "apoptosis",
                "weights": [
                    {"arm": {"cells": cell, "dose_a": a, "dose_b": b}, "weight": (2 * a - 1) / 4}
                    for cell in ("CTRL", "IL1B")
                    for a in (0, 1)
                    for b in (0, 1)
                ],
            }
        ],
    }
    settings = ComparisonSettings.from_config(section, factors, {"reference": "CTRL"})
    design = Design.of(cultures, settings)
    treated = cultures[["dose_a", "dose_b", "dose_c"]].to_numpy().tolist()
    by_levels = {(arm.cells, *arm.levels): design.label(arm) for arm in design.arms}
    cultures["arm"] = [
        by_levels[(cells, *levels)]
        for cells, levels in zip(cultures["cells"], treated, strict=True)
    ]
    return cultures, settings


@pytest.mark.reference
@pytest.mark.parametrize("name", ["ds1_balanced_n3", "ds2_missing_n4"])
def test_the_families_hold_the_reference_contrasts(reference: Path, name: str) -> None:
    cultures, settings = _reference_study(reference / f"comparison/{name}.csv")
    table = compare(cultures, settings).contrasts.set_index(["endpoint", "analysis", "contrast"])
    answers = json.loads((reference / f"comparison/{name}.json").read_text())
    scales = {
        "apo_pct": "percent_apoptotic",
        "apo_logit": "logit_apoptotic",
        "apo_logviable": "ln_viable",
        "il6_ln": "ln_il6",
    }
    checked = 0
    for answer_name, endpoint in scales.items():
        found = table.loc[endpoint]
        blocks = {
            "per_experiment": answers[answer_name]["per_experiment"],
            "pooled_error": answers[answer_name]["rcb"]["contrasts"],
        }
        for analysis, block in blocks.items():
            rows = found.loc[analysis]
            for short, answer in block.items():
                if short not in NAMES or NAMES[short] not in rows.index:
                    continue
                row = rows.loc[NAMES[short]]
                numbers = [row[key] for key in ("estimate", "se", "df", "t", "p", "lower_90")]
                expected = [answer[key] for key in ("estimate", "se", "df", "t", "p")]
                assert numbers == pytest.approx([*expected, answer["ci90"][0]], rel=1e-9)
                checked += 1
    assert (
        checked == {"ds1_balanced_n3": 2 * (3 * 12 + 11), "ds2_missing_n4": 2 * (3 * 15 + 11)}[name]
    )


@pytest.mark.reference
@pytest.mark.parametrize("name", ["ds1_balanced_n3", "ds2_missing_n4"])
def test_bliss_and_specific_apoptosis_equal_r(reference: Path, name: str) -> None:
    cultures, settings = _reference_study(reference / f"comparison/{name}.csv")
    table = compare(cultures, settings).combination
    answers = json.loads((reference / f"comparison/{name}.json").read_text())
    bliss = answers["apo_logviable"]["bliss"]
    rows = table[table["combination"] == "IL1B A + B"].set_index(["measure", "experiment"])
    ratio = rows.loc[[("observed over expected viability", "all")]].iloc[0]
    expected = bliss["per_experiment"]
    assert ratio["value"] == pytest.approx(expected["viability_ratio_obs_over_expected"], rel=1e-9)
    assert [ratio["lower"], ratio["upper"]] == pytest.approx(expected["ratio_ci95"], rel=1e-9)
    assert ratio["p"] == pytest.approx(expected["p"], rel=1e-9)
    for measure, answer in (
        ("specific apoptosis, A", "specific_dex"),
        ("specific apoptosis, B", "specific_ra"),
        ("specific apoptosis, A + B", "specific_combo"),
        ("excess over Bliss", "excess_per_experiment"),
        # In both data sets A is the higher one in every experiment.
        ("excess over the highest single agent, A", "hsa_excess_per_experiment"),
    ):
        values = rows.loc[measure]["value"].drop("all")
        given = [100 * value for value in bliss["abbott"][answer] if value is not None]
        assert list(values) == pytest.approx(given, rel=1e-9), measure


def test_a_missing_arm_is_left_out_by_name(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    gone = (cultures["arm"] == "il1b DEX") & (cultures["experiment"] == "E2")
    table = compare(cultures[~gone], settings).contrasts
    row = table[
        (table["contrast"] == "il1b: DEX against untreated")
        & (table["endpoint"] == "percent_apoptotic")
        & (table["analysis"] == "per_experiment")
    ].iloc[0]
    assert row["n"] == 3
    assert row["left_out"] == "E2 lacks il1b DEX"


def test_both_analyses_count_the_experiments_that_have_every_arm(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    lacking = (cultures["experiment"] == "E2") & (cultures["arm"] == "control DEX")
    contrasts = compare(cultures[~lacking], settings).contrasts
    by_dex = contrasts[contrasts["contrast"] == "control: DEX against untreated"]
    assert set(by_dex["analysis"]) == {"per_experiment", "pooled_error"}
    assert set(by_dex["n"]) == {cultures["experiment"].nunique() - 1}


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


def test_some_wells_below_the_limit_leave_an_estimate_with_a_test_for_each_side(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    one_each = (cultures["arm"] == "il1b DEX + IL-1Ra") & (cultures["replicate"] == 1)
    comparison = compare(_below(cultures, one_each, 150.0), settings)
    row = _il6_contrast(comparison.contrasts, "il1b: DEX + IL-1Ra against untreated")
    assert row["relation"] == ""
    assert row["estimate"] < row["estimate_at_limit"]
    arms = comparison.arms[comparison.arms["endpoint"] == "ln_il6"]
    means = {
        column: arms.pivot_table(column, "experiment", "arm")
        for column in ("mean", "mean_at_limit")
    }
    combined, untreated = "il1b DEX + IL-1Ra", "il1b untreated"
    for column, side, name in (("mean", -1, "lower"), ("mean_at_limit", 1, "upper")):
        values = means[column][combined] - means["mean"][untreated]
        # The 97.5 % quantile of t with five degrees of freedom is 2.5706.
        limit = values.mean() + side * 2.5706 * values.std(ddof=1) / np.sqrt(6)
        assert row[name] == pytest.approx(limit, abs=1e-4)
    assert row["p"] == pytest.approx(2 * min(row["p_less"], row["p_greater"]))
    assert row[["t", "se"]].isna().all()


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
    assert "cannot use" in bounded["note"]
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
    assert row["upper"] > row["estimate"]
    assert row[["lower", "ratio_lower", "p", "p_greater"]].isna().all()
    assert row["p_less"] < 0.05


def test_a_bound_has_the_likelihood_mean_where_a_cell_pulls_the_other_way(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    of_arm = (cultures["arm"] == "il1b DEX + IL-1Ra") & (cultures["experiment"] == "E1")
    untreated = (cultures["arm"] == "il1b untreated") & (cultures["experiment"] == "E2")
    censored = _below(cultures, of_arm | (untreated & (cultures["replicate"] == 1)), 400.0)
    comparison = compare(censored, settings)
    row = _il6_contrast(comparison.contrasts, "il1b: DEX + IL-1Ra against untreated")
    arms = comparison.arms[comparison.arms["endpoint"] == "ln_il6"]
    at_limit, mean = (
        arms.pivot_table(column, "experiment", "arm") for column in ("mean_at_limit", "mean")
    )
    expected = (at_limit["il1b DEX + IL-1Ra"] - mean["il1b untreated"]).mean()
    assert (mean["il1b untreated"] < at_limit["il1b untreated"])["E2"]
    assert row["relation"] == "<="
    assert row["estimate"] == pytest.approx(expected, abs=1e-12)


def _below(cultures: pd.DataFrame, rows: "pd.Series[bool]", limit: float) -> pd.DataFrame:
    """`cultures` with the IL-6 of `rows` known only to lie below `limit`."""
    return cultures.assign(
        il6_pg_ml=cultures["il6_pg_ml"].mask(rows),
        il6_state=cultures["il6_state"].mask(rows, "below_lloq"),
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
