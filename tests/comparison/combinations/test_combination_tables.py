"""Crossed doses against an implementation of the published formulas of its own."""

from collections.abc import Callable, Mapping
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import bisect

from coculture.comparison.combinations.crossed import crossed_drugs
from coculture.comparison.combinations.expected import loewe
from coculture.comparison.combinations.tables import synergy_tables
from coculture.comparison.doses.dose_curve import DoseCurve, dose_curve
from tests.comparison.combinations.crossed_studies import (
    BTZ,
    EFFECTS,
    LEN,
    crossed_study,
    kept,
)
from tests.comparison.doses.dose_studies import DoseStudy


@cache
def _tables(excess: float = 0.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    found = kept(excess)
    return synergy_tables(found.arms, found.design, found.settings)


def _means(found: DoseStudy) -> Mapping[tuple[str, float, float], float]:
    """Experiment, doses -> mean percent of the wells."""
    cultures = found.cultures
    keys = ["experiment", "btz_nM", "len_uM"]
    means = cultures.groupby(keys)["percent_apoptotic"].mean().reset_index()
    return {
        (str(one), float(btz), float(len_)): float(mean)
        for one, btz, len_, mean in means.itertuples(index=False)
    }


def _references(
    means: Mapping[tuple[str, float, float], float],
) -> dict[str, Callable[[str, float, float], float]]:
    """Bliss and HSA by formulas of the test's own, from the means of wells."""
    experiments = sorted({one for one, _, _ in means})

    def part(experiment: str, btz: float, len_: float) -> float:
        untreated = means[experiment, 0.0, 0.0]
        return (means[experiment, btz, len_] - untreated) / (100 - untreated)

    def bliss(experiment: str, btz: float, len_: float) -> float:
        return 1 - (1 - part(experiment, btz, 0)) * (1 - part(experiment, 0, len_))

    def hsa(experiment: str, btz: float, len_: float) -> float:
        first = sum(part(one, btz, 0) for one in experiments)
        second = sum(part(one, 0, len_) for one in experiments)
        return part(experiment, *((btz, 0) if first >= second else (0, len_)))

    return {"Bliss": bliss, "HSA": hsa, "observed": part}


@pytest.mark.parametrize("reference", ["Bliss", "HSA"])
def test_expected_effects_are_those_of_the_published_formulas(reference: str) -> None:
    pairs, _ = _tables()
    formulas = _references(_means(kept()))
    rows = pairs[(pairs["reference"] == reference) & (pairs["experiment"] != "all")]
    assert len(rows) == 4 * 16
    for row in rows.to_dict("records"):
        place = row["experiment"], float(row["dose"]), float(row["second_dose"])
        assert row["observed"] == pytest.approx(100 * formulas["observed"](*place), abs=1e-9)
        assert row["expected"] == pytest.approx(100 * formulas[reference](*place), abs=1e-9)


def _inverse(curve: DoseCurve, effect: float) -> float:
    ratio = (effect - curve.plateau_at_zero) / (curve.plateau - effect)
    return float(curve.midpoint * ratio ** (1 / curve.slope))


def test_loewe_is_that_of_its_equation_for_the_same_curves() -> None:
    def of(top: float, slope: float, middle: float, doses: tuple[int, ...]) -> DoseCurve:
        effects = [top * dose**slope / (dose**slope + middle**slope) for dose in doses[1:]]
        return dose_curve(doses[1:], effects, 0.0, 1, (0.0, 1.0))

    first, second = of(*EFFECTS["btz_nM"], BTZ), of(*EFFECTS["len_uM"], LEN)
    known = 0
    for btz, len_ in product(BTZ[1:], LEN[1:]):
        found = loewe(btz, len_, first, second)

        def excess(effect: float, btz: float = btz, len_: float = len_) -> float:
            return btz / _inverse(first, effect) + len_ / _inverse(second, effect) - 1

        if first.response(btz) >= second.plateau:
            assert np.isnan(found)
            continue
        top = min(first.plateau, second.plateau)
        assert found == pytest.approx(bisect(excess, 1e-9, top * (1 - 1e-12)), abs=1e-6)
        known += 1
    assert 8 <= known < 16


def test_a_drug_combined_with_itself_has_the_effect_of_its_whole_dose() -> None:
    curve = dose_curve([1, 3, 10, 30, 100], [0.1, 0.3, 0.55, 0.7, 0.75], 0.0, 1, (0.0, 1.0))
    for dose in (0.5, 2.0, 9.0):
        assert loewe(dose, dose, curve, curve) == pytest.approx(curve.response(2 * dose), abs=1e-9)


def test_without_an_excess_none_is_found_and_a_true_one_is() -> None:
    for true in (0.0, 0.06):
        _, summary = _tables(true)
        bliss = summary.set_index("reference").loc["Bliss"]
        assert bliss["lower"] <= 100 * true <= bliss["upper"]
        assert (bliss["n"], bliss["pairs"]) == (4, 16)
        assert (bliss["p"] < 0.001) == (true > 0)


def test_the_interval_of_a_pair_is_over_experiments() -> None:
    pairs, _ = _tables()
    is_pair = (pairs["reference"] == "Bliss") & (pairs["dose"] == 3) & (pairs["second_dose"] == 16)
    of_pair = pairs[is_pair].set_index("experiment")
    over_all, each = of_pair.loc[["all"]], of_pair.drop("all")["excess"]
    mean, upper = (float(over_all[name].iloc[0]) for name in ("excess", "upper"))
    assert mean == pytest.approx(each.mean(), abs=1e-12)
    half = 3.182446305 * each.std(ddof=1) / 2
    assert upper - mean == pytest.approx(half, rel=1e-8)


def test_one_pair_of_doses_is_no_matrix() -> None:
    found = crossed_study(0.0, (0, 3), (0, 4))
    assert crossed_drugs(found.design) == []
    pairs, summary = synergy_tables(found.arms, found.design, found.settings)
    assert pairs.empty
    assert summary.empty


def test_an_experiment_without_a_pair_is_named() -> None:
    found = kept()
    label = found.design.label(crossed_drugs(found.design)[0].pairs[5].both)
    lacks = (found.arms["experiment"] == "E2") & (found.arms["arm"] == label)
    pairs, summary = synergy_tables(found.arms[~lacks], found.design, found.settings)
    bliss = summary.set_index("reference").loc["Bliss"]
    assert (bliss["n"], bliss["note"]) == (3, "without all pairs of doses: E2")
    assert len(pairs[(pairs["reference"] == "Bliss") & (pairs["experiment"] == "E2")]) == 15
