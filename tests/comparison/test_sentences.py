"""Sentences name what was compared, and tell no more than was tested."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coculture import simulate
from coculture.comparison import ComparisonSettings, compare
from coculture.comparison.settings import ArmPattern, Difference

JoinedStudy = Callable[..., pd.DataFrame]

SURE = replace(
    simulate.EXAMPLE,
    design=replace(simulate.EXAMPLE.design, experiments=6, mishaps=simulate.Mishaps()),
)
CONTROL: ArmPattern = {"cells": "control"}
CONTROL_DEX: ArmPattern = {"cells": "control", "dex_nM": 1000}
IL1B: ArmPattern = {"cells": "il1b"}
IL1B_DEX: ArmPattern = {"cells": "il1b", "dex_nM": 1000}
IL1B_IL1RA: ArmPattern = {"cells": "il1b", "il1ra_ng_ml": 500}


def stating(
    settings: ComparisonSettings, kind: str, *pairs: tuple[ArmPattern, ArmPattern]
) -> ComparisonSettings:
    """The settings with one finding, of a kind, about these arms each against another."""
    finding = next(one for one in settings.findings if one.kind == kind)
    differences = tuple(Difference(arm, other) for arm, other in pairs)
    return replace(settings, findings=(replace(finding, differences=differences),))


def sentence(cultures: pd.DataFrame, settings: ComparisonSettings) -> str:
    return str(compare(cultures, settings).findings["sentence"].item())


@pytest.fixture
def cultures(joined_study: JoinedStudy) -> pd.DataFrame:
    return joined_study(parameters=SURE)


def test_a_comparator_in_other_cells_is_named(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    told = sentence(cultures, stating(settings, "not_raised", (IL1B_DEX, CONTROL_DEX)))
    assert "apoptosis with DEX was not above that in control DEX by 5 points or more" in told
    told = sentence(cultures, stating(settings, "not_raised", (CONTROL_DEX, IL1B)))
    assert "In control cells apoptosis with DEX was above that in IL-1β untreated by " in told


def test_hours_are_no_drug(cultures: pd.DataFrame, settings: ComparisonSettings) -> None:
    early = cultures.assign(hours=24.0, culture="early " + cultures["culture"])
    early["arm"] = (
        early["arm"].str.replace("il1b", "il1b 24 h").str.replace("control", "control 24 h")
    )
    late = cultures.assign(
        arm=cultures["arm"].str.replace("il1b", "il1b 48 h").str.replace("control", "control 48 h")
    )
    both = pd.concat([early, late], ignore_index=True)
    arm: ArmPattern = {**IL1B_IL1RA, "hours": 24}
    other: ArmPattern = {**IL1B_DEX, "hours": 48}
    told = sentence(both, stating(settings, "lower", (arm, other)))
    assert "lowered IL-6 more than" not in told
    assert "IL-6 was lower with IL-1Ra than in IL-1β 48 h DEX, at " in told


def test_inhibitions_are_of_the_experiments_that_were_tested(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    """E4 to E6 lack IL-1Ra, and DEX does much more there."""
    others = cultures["experiment"].isin(["E4", "E5", "E6"])
    strong = others & (cultures["arm"] == "il1b DEX")
    cultures["il6_pg_ml"] = cultures["il6_pg_ml"].mask(strong, cultures["il6_pg_ml"] / 1000)
    cultures = cultures[~(others & (cultures["arm"] == "il1b IL-1Ra"))]
    told = sentence(cultures, stating(settings, "lower", (IL1B_IL1RA, IL1B_DEX)))
    few = cultures[cultures["experiment"].isin(["E1", "E2", "E3"])]
    means = few.assign(ln=np.log(few["il6_pg_ml"])).pivot_table("ln", "experiment", "arm")
    kept = np.exp((means["il1b DEX"] - means["il1b untreated"]).mean())
    assert f"{100 * (1 - kept):.0f} % (DEX)" in told
    assert "n = 3 experiments" in told


def test_no_inhibition_is_told_where_tested_experiments_lack_untreated(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    """The inhibitions would be of E1 to E3, under the n of the test in all six."""
    late = cultures["experiment"].isin(["E4", "E5", "E6"])
    cultures = cultures[~(late & (cultures["arm"] == "il1b untreated"))]
    told = sentence(cultures, stating(settings, "lower", (IL1B_IL1RA, IL1B_DEX)))
    assert "n = 6 experiments" in told
    assert "inhibition" not in told
    assert "IL-6 was lower with IL-1Ra than with DEX, at " in told


def test_at_least_is_what_the_limits_guarantee(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    """E1 is a bound and E2 half censored: the inhibition has both at the limit."""
    of_arm = cultures["arm"] == "il1b IL-1Ra"
    half = of_arm & (cultures["experiment"] == "E2") & (cultures["replicate"] == 1)
    below = half | (of_arm & (cultures["experiment"] == "E1"))
    limit = 400.0
    censored = cultures.assign(
        il6_pg_ml=cultures["il6_pg_ml"].mask(below),
        il6_state=cultures["il6_state"].mask(below, "below_lloq"),
        il6_bound_pg_ml=cultures["il6_bound_pg_ml"].mask(below, limit),
    )
    told = sentence(censored, stating(settings, "lower", (IL1B_IL1RA, IL1B_DEX)))
    ln = np.log(cultures["il6_pg_ml"].mask(below, limit))
    means = cultures.assign(ln=ln).pivot_table("ln", "experiment", "arm")
    kept = np.exp((means["il1b IL-1Ra"] - means["il1b untreated"]).mean())
    inhibition = 1000 * (1 - kept)
    assert inhibition > 900
    assert f"at least {np.floor(inhibition) / 10:.1f} % (IL-1Ra)" in told


def test_an_effect_between_cells_names_both(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    pairs = ((CONTROL_DEX, IL1B_DEX), (CONTROL, IL1B))
    told = sentence(cultures, stating(settings, "eliminated", *pairs))
    assert told.startswith("Apoptosis in control DEX was ")
    assert "above that in IL-1β DEX and apoptosis in control untreated was " in told
    assert "raised" not in told


def test_each_number_has_its_own_n_where_they_differ(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    finding = next(one for one in settings.findings if one.id == "2a")
    lacking = cultures["experiment"].isin(["E4", "E5", "E6"])
    fewer = cultures[~(lacking & (cultures["arm"] == "control DEX + added IL-6"))]
    told = sentence(fewer, replace(settings, findings=(finding,)))
    assert ", n = 6 experiments) in control cells and by " in told
    assert ", n = 3 experiments) in control cells with added IL-6" in told
    assert "n = 6" not in sentence(cultures, replace(settings, findings=(finding,))).split(":")[0]


def test_nothing_gone_is_said_only_where_the_interval_says_so(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    """The residual equals the effect on average, and scatters widely."""
    finding = next(one for one in settings.findings if one.id == "2a")
    by_arm = cultures.pivot_table("percent_apoptotic", ["experiment", "replicate"], "arm")
    scatter = np.array([-20.0, 20.0, -18.0, 18.0, -21.0, 23.0])
    of_experiment = dict(zip(sorted(cultures["experiment"].unique()), scatter, strict=True))
    effect = by_arm["control DEX"] - by_arm["control untreated"]
    left = (
        by_arm["control added IL-6"] + effect + by_arm.index.get_level_values(0).map(of_experiment)
    )
    treated = cultures["arm"] == "control DEX + added IL-6"
    keys = pd.MultiIndex.from_frame(cultures.loc[treated, ["experiment", "replicate"]])
    cultures.loc[treated, "percent_apoptotic"] = left.reindex(keys).to_numpy()
    told = sentence(cultures, replace(settings, findings=(finding,)))
    assert "nothing of the effect" not in told
    assert "% of the effect was eliminated (95 % CI −" in told
