"""Families and tables built from what a study has, and not from names in the code."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coculture.comparison import Comparison, ComparisonSettings, compare, read_tables
from coculture.comparison.design.arms import Design
from coculture.comparison.design.families import contrasts_of
from coculture.comparison.statistics.censoring import cell_mean
from coculture.exchange import result_tables

JoinedStudy = Callable[..., pd.DataFrame]

TABLES = ("arms", "contrasts", "findings", "finding_tests", "combination")


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
            "percent_apoptotic": 100 * wells["n_apoptotic"] / wells["n_events"],
            "n_events": wells["n_events"],
            "n_apoptotic": wells["n_apoptotic"],
            "il6_pg_ml": wells["il6_pg_ml"],
            "il6_state": "ok",
            "il6_bound_pg_ml": np.nan,
            "flags": "",
            "excluded": "",
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
        ("excess over the highest single agent", "hsa_excess_per_experiment"),
    ):
        values = rows.loc[measure]["value"].drop("all")
        given = [100 * value for value in bliss["abbott"][answer] if value is not None]
        assert list(values) == pytest.approx(given, rel=1e-9), measure


def test_arms_are_ordered_and_named_by_the_factors(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    design = Design.of(joined_study(), settings)
    assert [design.label(arm) for arm in design.arms] == [
        "control untreated",
        "control DEX",
        "control IL-1Ra",
        "control DEX + IL-1Ra",
        "control added IL-6",
        "control DEX + added IL-6",
        "il1b untreated",
        "il1b DEX",
        "il1b IL-1Ra",
        "il1b DEX + IL-1Ra",
        "il1b IL-1Ra + added IL-6",
        "il1b DEX + IL-1Ra + added IL-6",
    ]


def test_a_second_dose_is_an_arm_of_its_own(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    more = cultures[cultures["arm"] == "control DEX"].assign(dex_nM=100.0)
    design = Design.of(pd.concat([cultures, more]), settings)
    labels = [design.label(arm) for arm in design.arms]
    assert labels[1:3] == ["control DEX 100 nM", "control DEX 1000 nM"]
    names = {contrast.name for contrast in contrasts_of(design, "control")}
    assert {
        "control: DEX 100 nM against untreated",
        "control: DEX 1000 nM against untreated",
    } <= names


def test_an_added_analyte_is_compared_with_none_in_the_same_arm(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    contrasts = compare(cultures, settings).contrasts
    added = contrasts[contrasts["family"] == "added analyte against none"]
    assert set(added["endpoint"]) == {"percent_apoptotic", "logit_apoptotic", "ln_viable"}
    rows = added[
        (added["endpoint"] == "percent_apoptotic") & (added["analysis"] == "per_experiment")
    ].set_index("contrast")
    assert rows.index.to_list() == [
        "control: added IL-6 against none",
        "control with DEX: added IL-6 against none",
        "il1b with IL-1Ra: added IL-6 against none",
        "il1b with DEX + IL-1Ra: added IL-6 against none",
    ]
    means = cultures.groupby(["arm", "experiment"])["percent_apoptotic"].mean()
    expected = (means["control DEX + added IL-6"] - means["control DEX"]).mean()
    assert rows["estimate"].iloc[1] == pytest.approx(expected)


def test_no_contrast_is_made_twice_or_across_stroma(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    both = pd.concat([cultures, cultures.assign(stroma="primary")])
    design = Design.of(both, settings)
    contrasts = contrasts_of(design, "control")
    assert len({contrast.name for contrast in contrasts}) == len(contrasts)
    for contrast in contrasts:
        assert len({design.by_label[arm].stroma for arm in contrast.weights}) == 1
        assert sum(contrast.weights.values()) == 0


def test_every_contrast_of_a_full_factorial_has_a_name_of_its_own(
    settings: ComparisonSettings,
) -> None:
    levels = product(("control", "il1b"), (0.0, 1000.0), (0.0, 500.0), (0.0, 10.0))
    full = pd.DataFrame(levels, columns=["cells", "dex_nM", "il1ra_ng_ml", "il6_ng_ml"])
    full = full.assign(stroma="HS-5", hours=48.0)
    contrasts = contrasts_of(Design.of(full, settings), "control")
    names = [contrast.name for contrast in contrasts]
    assert len(set(names)) == len(names)
    assert "DEX against untreated with added IL-6: il1b against control" in names
    assert "DEX × IL-1Ra with added IL-6: il1b against control" in names


def test_arms_with_added_il6_are_kept_out_with_the_reason(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    comparison = compare(joined_study(), settings)
    rows = comparison.arms[
        (comparison.arms["endpoint"] == "ln_il6") & comparison.arms["arm"].str.contains("added")
    ]
    assert len(rows) == 4 * 4
    assert set(rows["note"]) == {"IL-6 was added"}
    assert rows["mean"].isna().all()
    il6 = comparison.contrasts[comparison.contrasts["endpoint"] == "ln_il6"]
    assert not il6["contrast"].str.contains("added").any()


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


def test_tables_come_back_from_disk_as_they_were(
    joined_study: JoinedStudy, settings: ComparisonSettings, tmp_path: Path
) -> None:
    comparison = compare(joined_study(), settings)
    paths = [tmp_path / f"{name}.csv" for name in TABLES]
    for name, path in zip(TABLES, paths, strict=True):
        result_tables.write(getattr(comparison, name), path, f"comparison/{name}.csv")
    back = read_tables(paths)
    assert isinstance(back, Comparison)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(back, name), getattr(comparison, name))


def test_the_order_of_rows_changes_nothing(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    ordered = compare(cultures, settings)
    shuffled = compare(cultures.sample(frac=1, random_state=5), settings)
    for name in TABLES:
        pd.testing.assert_frame_equal(
            getattr(shuffled, name), getattr(ordered, name), check_exact=True
        )


def test_findings_may_have_limits_of_their_own(settings: ComparisonSettings) -> None:
    section = {
        "analytes": ["IL-6"],
        "margin_points": 5,
        "residual_fraction": 0.25,
        "alpha_difference": 0.025,
        "alpha_margin": 0.05,
        "contrasts": [],
        "findings": [
            {
                "id": "x",
                "kind": "not_raised",
                "endpoint": "apoptosis",
                "statement": "x",
                "arm": {"cells": "il1b", "dex_nM": 1000},
                "compared_with": [{"cells": "il1b"}],
                "margin_points": 3,
            }
        ],
    }
    made = ComparisonSettings.from_config(section, [], {"reference": "control"})
    assert made.findings[0].margin_points == 3
    assert made.findings[0].alpha_margin == 0.05
    assert replace(made, findings=settings.findings).findings[0].margin_points == 5


def test_a_cell_mean_with_censored_wells_is_an_interval() -> None:
    values, side = np.log([40.0, 50.0, 20.0]), np.array([0, 0, -1])
    minority = cell_mean(values, side, well_sd=0.1)
    assert minority.mean == pytest.approx(np.log([40, 50, 20 / np.sqrt(2)]).mean())
    assert minority.relation == ""
    assert minority.low == -np.inf
    assert minority.high == pytest.approx(values.mean())
    majority = cell_mean(values, np.array([-1, 0, -1]))
    assert majority.relation == "<="
    assert majority.mean == pytest.approx(values.mean())
    above = cell_mean(values, np.array([0, 1, 0]))
    assert above.mean == pytest.approx(np.log([40, 50 * np.sqrt(2), 20]).mean())
    assert above.high == np.inf
    both = cell_mean(values, np.array([-1, 1, 0]))
    assert np.isnan(both.mean)


def test_the_censored_fit_is_where_the_likelihood_is_flat() -> None:
    """The score at the fit is zero: sum of (x - m)/s - phi/Phi of the censored well."""
    from scipy import stats

    values, side, sd = np.array([1.0, 1.4, 0.9]), np.array([0, 0, -1]), 0.3
    fitted = cell_mean(values, side, sd).fitted
    z = (values[2] - fitted) / sd
    score = ((values[:2] - fitted) / sd).sum() - stats.norm.pdf(z) / stats.norm.cdf(z)
    assert score == pytest.approx(0, abs=1e-6)


def test_cells_whose_name_has_a_colon_keep_their_contrasts_names(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    cultures["cells"] = cultures["cells"].replace("il1b", "il1b: clone 2")
    named = contrasts_of(Design.of(cultures, settings), "control")
    between = [one.name for one in named if one.family == "between cell types"]
    assert "DEX against untreated: il1b: clone 2 against control" in between
    assert all(name.endswith(": il1b: clone 2 against control") for name in between)


def test_where_cells_were_counted_analytes_are_also_compared_per_viable_cell(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """DEX leaves half as many cells: half of its fall in IL-6 is theirs."""
    cultures = joined_study()
    counted = 4e5 * np.where(cultures["dex_nM"] > 0, 0.5, 1.0)
    tables = compare(cultures.assign(viable_cells_per_ml=counted), settings)
    contrasts = tables.contrasts[tables.contrasts["analysis"] == "per_experiment"]
    by_dex = contrasts[contrasts["contrast"] == "control: DEX against untreated"]
    for column in ("estimate", "lower", "upper"):
        by_volume, by_cell = _by_volume_and_cell(by_dex, column)
        np.testing.assert_allclose(by_cell, by_volume + np.log(2), atol=1e-12)
    untreated = tables.arms[tables.arms["arm"] == "control untreated"]
    by_volume, by_cell = _by_volume_and_cell(untreated, "mean")
    np.testing.assert_allclose(by_cell, by_volume - np.log(0.4), atol=1e-12)


def _by_volume_and_cell(
    rows: pd.DataFrame, column: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    by_volume, by_cell = (
        rows.loc[rows["endpoint"] == endpoint, column].to_numpy(float)
        for endpoint in ("ln_il6", "ln_il6_per_viable_cell")
    )
    assert len(by_volume) > 0
    return by_volume, by_cell


def test_a_culture_without_a_cell_count_is_left_out_and_named(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study().assign(viable_cells_per_ml=4e5)
    cultures.loc[0, "viable_cells_per_ml"] = np.nan
    arms = compare(cultures, settings).arms
    first = arms[(arms["arm"] == cultures["arm"][0]) & (arms["experiment"] == "E1")]
    by_volume, by_cell = (
        first[first["endpoint"] == endpoint].to_dict("records")[0]
        for endpoint in ("ln_il6", "ln_il6_per_viable_cell")
    )
    assert by_volume["wells"] == by_cell["wells"] + 1
    assert by_volume["note"] == ""
    assert by_cell["note"] == f"{cultures['culture'][0]}: no cell count"


def test_without_cell_counts_nothing_is_said_per_cell(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    assert not compare(cultures, settings).arms["endpoint"].str.contains("per_viable").any()
    assert "viable_cells_per_ml" not in cultures


def test_both_analyses_count_the_experiments_that_have_every_arm(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    lacking = (cultures["experiment"] == "E2") & (cultures["arm"] == "control DEX")
    contrasts = compare(cultures[~lacking], settings).contrasts
    by_dex = contrasts[contrasts["contrast"] == "control: DEX against untreated"]
    assert set(by_dex["analysis"]) == {"per_experiment", "pooled_error"}
    assert set(by_dex["n"]) == {cultures["experiment"].nunique() - 1}
