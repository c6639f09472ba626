"""Effects that the user states for planning."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import ComparisonError, ComparisonSettings
from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import primary_endpoint
from coculture.comparison.findings.evaluation import claims_of
from coculture.comparison.planning import (
    assumptions_of,
    draw_group_means,
    size_of,
    stated_effects,
    to_state,
    with_effects,
)

JoinedStudy = Callable[..., pd.DataFrame]
Words = list[list[str]]


def test_an_effect_is_a_ratio_or_points_as_the_endpoint_is_compared(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    design = Design.of(joined_study(), settings)
    ratio, *points = stated_effects([["1a", "0.5"], ["3b", "20"]], settings, design)
    assert ratio.size == pytest.approx(np.log(0.5))
    assert ratio.weights == {"il1b IL-1Ra": 1.0, "il1b DEX": -1.0}
    # 3b compares one arm with three others, each by the same size.
    assert [one.size for one in points] == [20.0] * 3


def test_what_is_not_stated_is_asked_for_in_its_unit(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    design = Design.of(joined_study(), settings)
    stated = stated_effects([["1a", "0.5"], ["1b", "0"]], settings, design)
    assert to_state(settings, stated)[0] == (
        "--effect 2a effect SIZE --effect 2a residual SIZE  (apoptosis, percentage points)"
    )
    assert to_state(settings, ())[0] == "--effect 1a SIZE  (IL-6, ratio of the two arms)"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([["9", "2"]], 'there is no finding "9"; the config has 1a, 1b, 2a, 2b, 2c, 3a and 3b'),
        ([["1a"]], '"1a" is not a finding, if it has several the part, and a size'),
        ([["2a", "20"]], "the finding 2a has no part comparison; write 2a effect SIZE, "),
        ([["1a", "effect", "2"]], "the finding 1a has no part effect; write 1a SIZE"),
        ([["1a", "-0.5"]], 'the effect "-0.5" of 1a is no ratio: a number above 0, such as 0.5'),
        ([["1b", "two"]], 'the effect "two" of 1b is no number of percentage points'),
        ([["1b", "nan"]], 'the effect "nan" of 1b is no number of percentage points'),
    ],
)
def test_effects_that_mean_nothing_are_refused(
    joined_study: JoinedStudy, settings: ComparisonSettings, given: Words, said: str
) -> None:
    design = Design.of(joined_study(), settings)
    with pytest.raises(ComparisonError) as refused:
        stated_effects(given, settings, design)
    assert str(refused.value).startswith(said)


def test_the_tests_of_an_elimination_follow_from_its_effect_and_what_is_left(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    design = Design.of(joined_study(), settings)
    finding = next(one for one in settings.findings if one.id == "2a")
    words = [["2a", "effect", "24"], ["2a", "residual", "2"]]
    both = stated_effects(words, settings, design)
    only_effect = stated_effects(words[:1], settings, design)
    claims = {claim.part: claim for claim in claims_of(finding, design)}
    expected = {"effect": 24.0, "reduction": 2.0 - 24.0, "residual": 2.0, "residual_fraction": -4.0}
    for part, size in expected.items():
        assert size_of(claims[part], both) == pytest.approx(size)
    assert size_of(claims["effect"], only_effect) == pytest.approx(24.0)
    # What is left was not stated, so the study has to say it.
    assert size_of(claims["residual"], only_effect) is None


def test_studies_are_simulated_with_the_stated_effects(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    design = Design.of(cultures, settings)
    own = assumptions_of(cultures, settings)
    words = [["1a", "0.5"], ["1b", "2"], ["2a", "effect", "15"]]
    stated = with_effects(own, settings, stated_effects(words, settings, design))
    rng = np.random.default_rng(1)
    for name, arm, other, size, within in (
        ("IL-6", "il1b IL-1Ra", "il1b DEX", np.log(0.5), 0.01),
        ("apoptosis", "il1b IL-1Ra", "il1b untreated", 2.0, 0.2),
        ("apoptosis", "control DEX", "control untreated", 15.0, 0.2),
    ):
        endpoint = primary_endpoint(name, settings)
        drawn = draw_group_means(stated[name], endpoint, 4, 1, 5_000, rng).mean(axis=(0, 1))
        arms = list(stated[name].location)
        assert drawn[arms.index(arm)] - drawn[arms.index(other)] == pytest.approx(size, abs=within)
    control, before = (given["apoptosis"].location["control untreated"] for given in (stated, own))
    assert control == pytest.approx(before, abs=0.001)
    untouched = "control DEX + added IL-6"
    assert stated["apoptosis"].location[untouched] == own["apoptosis"].location[untouched]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            [["1b", "2"], ["3b", "20"], ["2c", "effect", "30"]],
            "the stated effects on apoptosis contradict each other (1b, 3b and 2c)",
        ),
        ([["2a", "effect", "120"]], "with the stated effects on apoptosis, control DEX would have"),
    ],
)
def test_effects_that_cannot_be_are_refused(
    joined_study: JoinedStudy, settings: ComparisonSettings, given: Words, said: str
) -> None:
    cultures = joined_study()
    stated = stated_effects(given, settings, Design.of(cultures, settings))
    with pytest.raises(ComparisonError) as refused:
        with_effects(assumptions_of(cultures, settings), settings, stated)
    assert str(refused.value).startswith(said)
