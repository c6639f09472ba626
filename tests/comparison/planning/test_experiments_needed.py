"""The range of the number of experiments that a finding needs."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import ComparisonError, ComparisonSettings
from coculture.comparison.design.arms import Design
from coculture.comparison.planning import (
    Range,
    Spread,
    assumptions_of,
    experiments_for,
    limits_of_pilot,
    limits_of_stated,
    need_table,
    needs,
    sentences,
    stated_effects,
    with_stated,
)

JoinedStudy = Callable[..., pd.DataFrame]


@pytest.mark.parametrize(
    ("effect", "level", "needed"),
    [(1.0, 0.025, 10), (1.5, 0.025, 6), (2.0, 0.025, 5), (1.0, 0.05, 8), (0.5, 0.025, None)],
)
def test_the_number_of_experiments_is_that_of_the_t_test(
    effect: float, level: float, needed: int | None
) -> None:
    """Reference: the power of the t test as an integral over the chi distribution of the SD."""
    for pilot in (3, 4, 8):
        size = effect * np.sqrt(pilot)
        assert experiments_for(size, Spread((1.0,), (pilot,)), level) == needed


def test_the_number_for_arms_apart_is_that_of_each_group() -> None:
    """Two groups of equal SD, 2 SD apart: the textbook's n is 5.09."""
    apart = Spread((1.0, 1.0), (4, 4))
    assert apart.df() == pytest.approx(6)
    assert experiments_for(2.0 / apart.se(), apart, 0.025) == 6


def test_limits_of_the_pilot_hold_the_truth_as_often_as_they_say() -> None:
    """4,000 pilots of three, effect 1.5 SD: each limit is beyond it in a tenth."""
    rng = np.random.default_rng(3)
    values = rng.normal(1.5, 1.0, (4_000, 3))
    t = values.mean(axis=1) / (values.std(axis=1, ddof=1) / np.sqrt(3))
    limits = np.array([limits_of_pilot(one, Spread((1.0,), (3,))) for one in t]) / np.sqrt(3)
    assert (limits[:, 0] > 1.5).mean() == pytest.approx(0.1, abs=0.015)
    assert (limits[:, 1] < 1.5).mean() == pytest.approx(0.1, abs=0.015)


def test_limits_of_a_stated_effect_carry_the_sd_alone() -> None:
    rng = np.random.default_rng(4)
    sd = rng.normal(0, 1.0, (4_000, 4)).std(axis=1, ddof=1)
    limits = np.array([limits_of_stated(3.0 / one, Spread((1.0,), (4,))) for one in sd])
    assert (limits[:, 0] > 3.0).mean() == pytest.approx(0.1, abs=0.015)
    assert (limits[:, 1] < 3.0).mean() == pytest.approx(0.1, abs=0.015)


def test_several_tests_have_the_largest_of_their_limits() -> None:
    assert Range.widest([Range(3, 9), Range(4, 5)]) == Range(4, 9)
    assert Range.widest([Range(3, 9), Range(6, None)]) == Range(6, None)
    assert Range(6, None).text == "6 to more than 12"


def test_a_stated_effect_narrows_the_range_and_a_stated_sd_ends_it(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    design = Design.of(cultures, settings)
    own = assumptions_of(cultures, settings)
    stated = stated_effects([["3a", "0.6"]], settings, design)
    by_pilot, by_effect = (
        next(one for one in needs(cultures, design, settings, own, effects) if one.id == "3a")
        for effects in ((), stated)
    )
    assert by_pilot.effect_from == "pilot"
    assert by_effect.effect_from == "stated"
    assert by_effect.range is not None
    assert by_effect.range.least != by_effect.range.most
    with_sd = with_stated(own, [("IL-6", "arm", "0.15"), ("IL-6", "well", "0.12")])
    known = next(
        one
        for one in needs(cultures, design, settings, with_sd, stated, {"IL-6"})
        if one.id == "3a"
    )
    assert known.range is not None
    assert known.range.least == known.range.most
    assert "effect and SD as stated" in sentences([known])[0]


def test_an_effect_on_the_other_side_is_said_and_never_a_number_below(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """IL-1Ra and DEX exchanged: IL-1Ra has far more IL-6 than DEX."""
    cultures = joined_study()
    exchanged = {"il1b IL-1Ra": "il1b DEX", "il1b DEX": "il1b IL-1Ra"}
    original = cultures.set_index(["experiment", "arm", "replicate"])["il6_pg_ml"]
    place = [
        (row.experiment, exchanged.get(str(row.arm), row.arm), row.replicate)
        for row in cultures.itertuples()
    ]
    cultures["il6_pg_ml"] = original.reindex(place).to_numpy()
    design = Design.of(cultures, settings)
    found = needs(cultures, design, settings, assumptions_of(cultures, settings))
    said = dict(line.split(": ", 1) for line in sentences(found))
    assert said["1a"] == (
        "more than 12 experiments: what was found is on the other side of the claim "
        "(il1b IL-1Ra against il1b DEX: lower), and no number of experiments shows an effect such "
        "as this"
    )
    assert said["every finding, each by itself"] == "more than 12 experiments"
    table = need_table(found).set_index("id")
    assert table["least"].isna()["1a"]
    assert table.loc["1a", "n"] == 4


def test_a_stated_effect_that_makes_the_finding_false_is_refused(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    design = Design.of(cultures, settings)
    stated = stated_effects([["1b", "6"]], settings, design)
    with pytest.raises(ComparisonError) as refused:
        needs(cultures, design, settings, assumptions_of(cultures, settings), stated)
    assert str(refused.value) == (
        "with the stated effect, the finding 1b is not true (il1b IL-1Ra against il1b untreated: "
        "a rise below 5 points), so no number of experiments shows it"
    )


def test_what_cannot_be_known_is_said_with_its_reason(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    once = (cultures["arm"] == "il1b DEX") & (cultures["experiment"] != "E1")
    cultures = cultures[~once]
    design = Design.of(cultures, settings)
    found = needs(cultures, design, settings, assumptions_of(cultures, settings))
    said = dict(line.split(": ", 1) for line in sentences(found))
    assert said["1a"] == (
        "not known (il1b IL-1Ra against il1b DEX: lower: fewer than 2 experiments have all of its "
        "arms, or they do not vary)"
    )
    assert said["every finding, each by itself"] == "not known (not known of 1a, 2b, 3a and 3b)"
