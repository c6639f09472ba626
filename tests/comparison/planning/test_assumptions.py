"""The SDs that planning takes from a study, and those that are stated."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import ComparisonError, ComparisonSettings
from coculture.comparison.design.arms import Design
from coculture.comparison.planning import (
    assumptions_of,
    power,
    with_stated,
)
from tests.comparison.small_studies import DEX, joined

JoinedStudy = Callable[..., pd.DataFrame]
Stated = tuple[str, str, str]


def test_a_study_gives_back_the_spread_it_was_drawn_with(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """Mean over 12 studies of each SD of ln IL-6 against the simulator's .35, .15, .12."""
    found = [assumptions_of(joined_study(seed=seed), settings)["IL-6"] for seed in range(12)]
    mean_square = {
        name: np.sqrt(np.mean([getattr(each, name) ** 2 for each in found]))
        for name in ("sd_experiment", "sd_arm", "sd_well")
    }
    assert mean_square["sd_experiment"] == pytest.approx(0.35, abs=0.1)
    assert mean_square["sd_arm"] == pytest.approx(0.15, abs=0.03)
    assert mean_square["sd_well"] == pytest.approx(0.12, abs=0.01)


def test_stated_sds_replace_the_study_s_own(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    own = assumptions_of(cultures, settings)
    stated = with_stated(own, [("IL-6", "arm", "0.8"), ("IL-6", "well", "0")])
    assert (stated["IL-6"].sd_arm, stated["IL-6"].sd_well) == (0.8, 0.0)
    assert stated["IL-6"].sd_experiment == own["IL-6"].sd_experiment
    assert stated["apoptosis"] == own["apoptosis"]
    design = Design.of(cultures, settings)
    before, after = (
        power(given, design, settings, (4,), (3,), 400, 1, lambda _: None).set_index("id")["power"]
        for given in (own, stated)
    )
    assert after["3a"] < before["3a"] - 0.3
    assert after["2a"] == before["2a"]


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (("IL6", "arm", "0.3"), '"IL6" was not measured in this study; it has apoptosis, IL-6'),
        (("IL-6", "arms", "0.3"), '"arms" is not a known SD; the SDs are experiment, arm, well'),
        (("IL-6", "arm", "-0.3"), 'the SD "-0.3" of IL-6 is not a number of at least 0'),
        (("IL-6", "arm", "0,3"), 'the SD "0,3" of IL-6 is not a number of at least 0'),
        (("IL-6", "arm", "inf"), 'the SD "inf" of IL-6 is not a number of at least 0'),
    ],
)
def test_stated_sds_that_mean_nothing_are_refused(
    joined_study: JoinedStudy, settings: ComparisonSettings, stated: Stated, said: str
) -> None:
    own = assumptions_of(joined_study(), settings)
    with pytest.raises(ComparisonError) as refused:
        with_stated(own, [stated])
    assert str(refused.value) == said


def test_an_arm_does_not_carry_the_level_of_the_experiments_that_have_it(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """DEX in E1 and E2 only, and everything ten times higher in the other experiments."""
    cultures = joined_study()
    others = ~cultures["experiment"].isin(["E1", "E2"])
    cultures["il6_pg_ml"] *= np.where(others, 10.0, 1.0)
    whole = assumptions_of(cultures, settings)["IL-6"]
    lacking = others & (cultures["arm"] == "il1b DEX")
    fewer = assumptions_of(cultures[~lacking], settings)["IL-6"]
    effects = [
        found.location["il1b DEX"] - found.location["il1b untreated"] for found in (whole, fewer)
    ]
    assert effects[1] == pytest.approx(effects[0], abs=0.2)
    assert fewer.sd_experiment == pytest.approx(whole.sd_experiment, rel=0.1)


def test_the_part_of_wells_is_taken_off_with_the_mean_of_one_over_their_numbers() -> None:
    """Groups of 4, 4 and 1 wells: wells add a variance of (1/4 + 1/4 + 1) / 3 = 1/2 of their own.

    ln IL-6 of wells is .15 above and below their mean: four of them have 3 degrees of freedom, so
    that the variance of wells is 4 x .15^2 / 3 = .03. Means depart by .3 from the sum of arm and
    experiment in 8 of 12 groups: the residual is 8 x .3^2 / (3 x 2) = .12.
    """
    arms = [{"dex_nM": dose} for dose in (0, 100, 1000)]
    cultures, settings = joined(arms, [DEX], wells=4)
    cultures = cultures[(cultures["dex_nM"] < 1000) | (cultures["replicate"] == 1)].copy()
    departs = {"E1": (1, -1, 0), "E2": (-1, 1, 0), "E3": (0, 1, -1), "E4": (0, -1, 1)}
    place = {0: 0, 100: 1, 1000: 2}
    of_group = [
        5 + 0.3 * departs[experiment][place[dose]]
        for experiment, dose in zip(cultures["experiment"], cultures["dex_nM"], strict=True)
    ]
    of_well = np.where(cultures["replicate"] % 2 == 1, 0.15, -0.15)
    of_well[cultures["dex_nM"] == 1000] = 0
    cultures["il6_pg_ml"] = np.exp(of_group + of_well)
    found = assumptions_of(cultures, settings)["IL-6"]
    assert found.sd_well**2 == pytest.approx(0.03)
    assert found.sd_arm**2 == pytest.approx(0.12 - 0.03 / 2)
