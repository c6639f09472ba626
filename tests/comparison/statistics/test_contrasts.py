"""Contrasts compared with R, and contrasts without evidence."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import ComparisonError
from coculture.comparison.statistics.contrasts import PooledError, per_experiment_contrast
from coculture.comparison.statistics.dunnett import dunnett_p

DATA_SETS = ("ds1_balanced_n3", "ds2_missing_n4")
ENDPOINTS = ("apo_pct", "apo_logit", "apo_logviable", "il6_ln")
DEX = {"DEX": 1.0, "untreated": -1.0}


def _weights() -> dict[str, dict[str, float]]:
    """The reference's contrasts as weights of its arms."""
    weights: dict[str, dict[str, float]] = {}
    for cell, name in (("IL1B.", "il1b"), ("CTRL.", "ctrl")):
        none, ra, dex, both = (cell + arm for arm in ("NONE", "RA", "DEX", "DEX+RA"))
        weights |= {
            f"dex_in_{name}": {dex: 1, none: -1},
            f"ra_in_{name}": {ra: 1, none: -1},
            f"combo_in_{name}": {both: 1, none: -1},
            f"combo_vs_dex_{name}": {both: 1, dex: -1},
            f"combo_vs_ra_{name}": {both: 1, ra: -1},
            f"ra_vs_dex_{name}": {ra: 1, dex: -1},
            f"dexXra_{name}": {both: 1, dex: -1, ra: -1, none: 1},
        }
    three_way = {arm: -weight for arm, weight in weights["dexXra_ctrl"].items()}
    return weights | {
        "cell_untreated": {"IL1B.NONE": 1, "CTRL.NONE": -1},
        "dexXcell": {"IL1B.DEX": 1, "IL1B.NONE": -1, "CTRL.DEX": -1, "CTRL.NONE": 1},
        "dexXraXcell": {**weights["dexXra_il1b"], **three_way},
        "dex_main_8": {
            cell + arm: sign / 4
            for cell in ("IL1B.", "CTRL.")
            for arm, sign in (("DEX", 1), ("NONE", -1), ("DEX+RA", 1), ("RA", -1))
        },
        "dex_with_il6_ctrl": {"CTRL.DEX+IL6": 1, "CTRL.IL6": -1},
        "il6_rescue_ctrl": {
            "CTRL.DEX+IL6": 1, "CTRL.IL6": -1, "CTRL.DEX": -1, "CTRL.NONE": 1,
        },
        "il6_rescue_il1b_combo": {
            "IL1B.DEX+RA+IL6": 1, "IL1B.RA+IL6": -1, "IL1B.DEX+RA": -1, "IL1B.RA": 1,
        },
    }  # fmt: skip


def group_means(path: Path, endpoint: str) -> pd.DataFrame:
    """Experiments x arms of a reference data set on one scale."""
    wells = pd.read_csv(path)
    a, n = wells["n_apoptotic"], wells["n_events"]
    wells["apo_pct"] = 100 * a / n
    wells["apo_logit"] = np.log((a + 0.5) / (n - a + 0.5))
    wells["apo_logviable"] = np.log((n - a + 0.5) / (n + 1))
    wells["il6_ln"] = np.log(wells["il6_pg_ml"])
    if endpoint == "il6_ln":
        wells = wells[wells["il6_added"] == 0]
    return wells.pivot_table(index="experiment", columns="condition", values=endpoint)


def _answers(reference: Path, name: str) -> dict[str, Any]:
    answers: dict[str, Any] = json.loads((reference / f"comparison/{name}.json").read_text())
    return answers


@pytest.mark.reference
@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("name", DATA_SETS)
def test_per_experiment_contrasts_equal_r(reference: Path, name: str, endpoint: str) -> None:
    means = group_means(reference / f"comparison/{name}.csv", endpoint)
    for contrast, answer in _answers(reference, name)[endpoint]["per_experiment"].items():
        found = per_experiment_contrast(means, _weights()[contrast])
        assert found.n == answer["n"]
        for number in ("estimate", "se", "df", "t", "p", "p_greater", "p_less"):
            assert getattr(found, number) == pytest.approx(answer[number], rel=1e-9), number
        assert found.ci95 == pytest.approx(answer["ci95"], rel=1e-9)
        assert found.ci90 == pytest.approx(answer["ci90"], rel=1e-9)
        assert list(found.values) == pytest.approx(answer["values"], rel=1e-9)


@pytest.mark.reference
@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("name", DATA_SETS)
def test_pooled_error_contrasts_equal_r(reference: Path, name: str, endpoint: str) -> None:
    fit = PooledError.fit(group_means(reference / f"comparison/{name}.csv", endpoint))
    for contrast, answer in _answers(reference, name)[endpoint]["rcb"]["contrasts"].items():
        found = fit.contrast(_weights()[contrast])
        assert found is not None
        for number in ("estimate", "se", "df", "t", "p", "p_greater", "p_less"):
            assert getattr(found, number) == pytest.approx(answer[number], rel=1e-9), number
        assert found.ci95 == pytest.approx(answer["ci95"], rel=1e-9)


@pytest.mark.reference
@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("name", DATA_SETS)
def test_dunnett_equals_r(reference: Path, name: str, endpoint: str) -> None:
    fit = PooledError.fit(group_means(reference / f"comparison/{name}.csv", endpoint))
    answer = _answers(reference, name)[endpoint]["rcb"]["dunnett_vs_untreated_il1b"]
    family = [_weights()[contrast] for contrast in answer["p"]]
    correlation = fit.correlation(family)
    assert correlation is not None
    np.testing.assert_allclose(correlation, answer["corr"], rtol=1e-9)
    contrasts = [fit.contrast(weights) for weights in family]
    p = dunnett_p([c.t for c in contrasts if c is not None], correlation, fit.df)
    np.testing.assert_allclose(p, list(answer["p"].values()), atol=1e-5)


@pytest.mark.reference
@pytest.mark.parametrize("endpoint", ["apo_pct", "apo_logit"])
def test_claims_on_the_boundary_of_a_margin_equal_r(reference: Path, endpoint: str) -> None:
    means = group_means(reference / "comparison/ds2_missing_n4.csv", endpoint)
    answer = _answers(reference, "ds2_missing_n4")[endpoint]["claims"]["per_experiment"]
    weights = _weights()
    against_margin = per_experiment_contrast(means, weights["ra_in_il1b"]).shifted(answer["margin"])
    assert against_margin.p_less == pytest.approx(answer["ra_no_increase_p_one_sided"], rel=1e-9)
    highest = max(
        per_experiment_contrast(means, weights[contrast]).p_greater
        for contrast in ("combo_in_il1b", "combo_vs_dex_il1b", "combo_vs_ra_il1b")
    )
    assert highest == pytest.approx(answer["combo_max_apoptosis_IUT_p"], rel=1e-9)
    residual = per_experiment_contrast(means, weights["dex_with_il6_ctrl"])
    rescue = answer["rescue"]
    assert residual.shifted(answer["margin"]).p_less == pytest.approx(
        rescue["residual_no_increase_p"], rel=1e-9
    )
    assert per_experiment_contrast(means, weights["il6_rescue_ctrl"]).p_less == pytest.approx(
        rescue["interaction_p_less"], rel=1e-9
    )


def _means(*rows: tuple[float, float]) -> pd.DataFrame:
    names = [f"E{i}" for i in range(1, len(rows) + 1)]
    return pd.DataFrame(list(rows), columns=["untreated", "DEX"], index=names)


def test_no_variation_is_never_evidence() -> None:
    same = per_experiment_contrast(_means((0.1, 10.1), (0.3, 10.3), (0.7, 10.7)), DEX)
    assert same.estimate == pytest.approx(10)
    assert not same.varies
    assert np.isnan([same.t, same.p, same.p_less, same.p_greater, *same.ci95]).all()


def test_differences_that_only_rounding_tells_apart_have_no_p() -> None:
    """In decimals each is 0.001; as floats of large terms they differ in the tenth digit."""
    rows = [(1000.1, 1000.101), (2000.3, 2000.301), (4000.7, 4000.701)]
    assert np.std([b - a for a, b in rows]) > 0
    rounded = per_experiment_contrast(_means(*rows), DEX)
    assert not rounded.varies
    assert np.isnan([rounded.t, rounded.p, rounded.p_greater, *rounded.ci95]).all()


def test_small_differences_that_are_no_rounding_have_a_p() -> None:
    """By hand 1e-9, 2e-9 and 3e-9: t = 2 sqrt(3), and with 2 df p = 1 - t / sqrt(t^2 + 2)."""
    small = per_experiment_contrast(_means((1, 1 + 1e-9), (1, 1 + 2e-9), (1, 1 + 3e-9)), DEX)
    assert small.t == pytest.approx(2 * np.sqrt(3), rel=1e-5)
    assert small.p == pytest.approx(1 - np.sqrt(12 / 14), rel=1e-5)


def test_pooled_error_of_cells_that_add_up_exactly_has_no_p() -> None:
    """Arms 0.1, 0.4 and 0.8 on experiments 0, 0.2 and 0.5: what is left over is rounding."""
    blocks = np.array([0.0, 0.2, 0.5])
    means = _means(*((0.1 + block, 0.4 + block) for block in blocks)).assign(RA=0.8 + blocks)
    contrast = PooledError.fit(means).contrast(DEX)
    assert contrast is not None
    assert contrast.estimate == pytest.approx(0.3)
    assert not contrast.varies
    assert np.isnan([contrast.t, contrast.p, *contrast.ci95]).all()


def test_one_experiment_gives_its_value_only() -> None:
    one = per_experiment_contrast(_means((1, 3)), DEX)
    assert one.known_values() == {"E1": 2.0}
    assert np.isnan([one.se, one.p, *one.ci95]).all()


def test_experiments_without_an_arm_are_left_out_by_name() -> None:
    contrast = per_experiment_contrast(_means((1, 3), (1, np.nan), (2, 5), (1, 2)), DEX)
    assert contrast.n == 3
    assert dict(contrast.left_out) == {"E2": ("DEX",)}


def test_an_unknown_arm_is_named() -> None:
    with pytest.raises(
        ComparisonError, match='no means for the arm "RA"; there are means for: untreat'
    ):
        per_experiment_contrast(_means((1, 3), (2, 3)), {"RA": 1.0})


def test_pooled_error_uses_experiments_that_lack_an_arm() -> None:
    means = _means((1, 3), (2, 5), (1.5, np.nan))
    means["RA"] = [1.2, 2.1, 1.4]
    fit = PooledError.fit(means)
    contrast = fit.contrast(DEX)
    assert fit.df == 8 - (3 + 2)
    assert contrast is not None
    assert contrast.estimate == pytest.approx(2.5, abs=0.2)


def test_pooled_error_does_not_answer_what_the_cells_cannot() -> None:
    unconnected = pd.DataFrame(
        {"a": [1.0, np.nan], "b": [2.0, np.nan], "c": [np.nan, 3.0], "d": [np.nan, 4.0]},
        index=["E1", "E2"],
    )
    assert PooledError.fit(unconnected).contrast({"a": 1, "c": -1}) is None


def test_weights_of_zero_make_no_contrast() -> None:
    means = pd.DataFrame({"DEX": [1.0, 2.0, 3.0]}, index=["E1", "E2", "E3"])
    contrast = per_experiment_contrast(means, {"DEX": 0.0})
    assert (contrast.estimate, contrast.se) == (0.0, 0.0)
    assert np.isnan(contrast.p)
