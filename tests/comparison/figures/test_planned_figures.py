"""Which figures a study has is known before anything is measured."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from coculture.comparison import ComparisonSettings, figures
from coculture.comparison.figures import PlannedStudy

ENDPOINTS = {"apoptosis": "apoptosis", "IL-6": "il6"}
TOGETHER = ("control untreated", "control DEX", "control IL-1Ra", "control DEX + IL-1Ra")
OF_TWO = {"combination", "interaction_apoptosis", "interaction_il6"}
JoinedStudy = Callable[..., pd.DataFrame]


@pytest.fixture
def study(joined_study: JoinedStudy, settings: ComparisonSettings) -> PlannedStudy:
    """The example, of which every culture was measured by both assays."""
    cultures = joined_study()
    return PlannedStudy(
        cultures,
        settings,
        dict.fromkeys(ENDPOINTS, frozenset(cultures["culture"])),
        has_positions=True,
    )


def names(study: PlannedStudy) -> list[str]:
    return [one.name for one in figures.of_study(study, ENDPOINTS)]


def only(study: PlannedStudy, *arms: str) -> PlannedStudy:
    is_among = study.cultures["arm"].isin(arms)
    assert set(study.cultures.loc[is_among, "arm"]) == set(arms)
    return replace(study, cultures=study.cultures[is_among])


def test_the_example_has_every_figure_but_those_of_doses(study: PlannedStudy) -> None:
    possible = [one for one in figures.every(ENDPOINTS) if "dose" not in one.name]
    assert figures.of_study(study, ENDPOINTS) == possible


def test_three_levels_of_a_drug_in_one_experiment_make_a_figure_of_doses(
    study: PlannedStudy,
) -> None:
    treated = study.cultures["arm"] == "control DEX"
    lower = study.cultures[treated].assign(dex_nM=10.0)
    doses = pd.concat([study.cultures, lower])
    assert "dose_response_il6" in names(replace(study, cultures=doses))
    in_another = doses.assign(experiment=["E9"] * len(study.cultures) + ["E1"] * len(lower))
    assert "dose_response_il6" not in names(replace(study, cultures=in_another))


def test_without_findings_and_positions_their_figures_are_not_made(study: PlannedStudy) -> None:
    bare = replace(study, settings=replace(study.settings, findings=()), has_positions=False)
    assert set(names(study)) - set(names(bare)) == {
        "findings",
        "robustness",
        "plates",
    }


def test_without_two_drugs_together_nothing_is_combined(study: PlannedStudy) -> None:
    assert OF_TWO.isdisjoint(names(only(study, *TOGETHER[:3])))
    assert set(names(only(study, *TOGETHER))) >= OF_TWO


def test_a_combination_needs_its_four_arms_in_one_experiment(study: PlannedStudy) -> None:
    """An interaction does not: arms that share no experiment are compared between experiments."""
    both = only(study, *TOGETHER)
    is_single, is_first = both.cultures["arm"] == TOGETHER[1], both.cultures["experiment"] == "E1"
    shown = names(replace(both, cultures=both.cultures[is_single == is_first]))
    assert "combination" not in shown
    assert "interaction_apoptosis" in shown


def test_the_analyte_that_was_added_makes_no_interaction(study: PlannedStudy) -> None:
    added = ("control added IL-6", "control DEX + added IL-6")
    shown = names(only(study, *TOGETHER[:2], *added))
    assert "interaction_apoptosis" in shown
    assert {"interaction_il6", "combination"}.isdisjoint(shown)


def test_what_no_table_measures_has_no_figure(study: PlannedStudy) -> None:
    without = replace(study, measured={**study.measured, "IL-6": frozenset()})
    assert [one for one in names(without) if "il6" in one] == []


def test_one_arm_is_compared_with_nothing(study: PlannedStudy) -> None:
    shown = names(only(study, "control untreated"))
    assert shown == ["findings", "robustness", "arms_apoptosis", "arms_il6", "plates"]


def test_single_wells_are_compared_with_nothing_on_plates(study: PlannedStudy) -> None:
    single = study.cultures.drop_duplicates(["experiment", "arm"])
    assert "plates" not in names(replace(study, cultures=single))


def test_pairs_of_doses_are_shown_by_their_matrices_alone(study: PlannedStudy) -> None:
    both = only(study, *TOGETHER)
    lower = both.cultures[both.cultures["dex_nM"] > 0].assign(dex_nM=10.0)
    crossed = replace(both, cultures=pd.concat([both.cultures, lower]))
    shown = set(names(crossed))
    assert {"dose_pairs", "interaction_il6"} <= shown
    assert {"combination", "interaction_apoptosis"}.isdisjoint(shown)
    # Where no experiment has them all there is no matrix, and each pair has its panel.
    is_last = (lower["experiment"] == lower["experiment"].iloc[-1]) & (lower["il1ra_ng_ml"] > 0)
    apart = pd.concat([both.cultures, lower[~is_last].assign(experiment="E9")])
    assert "combination" in names(replace(both, cultures=apart))
