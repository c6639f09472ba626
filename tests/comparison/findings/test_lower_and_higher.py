"""Sentences of findings that an arm is lower or higher."""

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
    design=replace(simulate.EXAMPLE.design, experiments=6, wells=3, mishaps=simulate.Mishaps()),
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
    parts = ("effect", "residual") if kind == "eliminated" else ("comparison",) * len(pairs)
    differences = tuple(
        Difference(arm, other, part) for part, (arm, other) in zip(parts, pairs, strict=True)
    )
    return replace(settings, findings=(replace(finding, differences=differences),))


def sentence(cultures: pd.DataFrame, settings: ComparisonSettings) -> str:
    return str(compare(cultures, settings).findings["sentence"].item())


@pytest.fixture
def cultures(joined_study: JoinedStudy) -> pd.DataFrame:
    return joined_study(parameters=SURE)


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


@pytest.mark.parametrize(
    ("arm", "other", "given"),
    [(CONTROL, IL1B, "Untreated"), (CONTROL_DEX, IL1B_DEX, "With DEX")],
)
def test_one_treatment_in_two_places_is_said_once(
    cultures: pd.DataFrame,
    settings: ComparisonSettings,
    arm: ArmPattern,
    other: ArmPattern,
    given: str,
) -> None:
    """Not "lower with no treatment than in IL-1β untreated, at 34 % of the level in ..."."""
    told = sentence(cultures, stating(settings, "lower", (arm, other)))
    assert f"{given}, IL-6 was lower in control cells than in IL-1β cells, at " in told
    assert " % of the level there (95 % CI " in told


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
    """E1 is a bound and E2 partly outside: the inhibition has both at the limit."""
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


def test_inhibitions_are_told_also_where_neither_is_shown_to_be_the_larger(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    secretion = replace(SURE.secretion, transduced_with_il1ra=SURE.secretion.transduced_with_dex)
    cultures = joined_study(parameters=replace(SURE, secretion=secretion))
    finding = compare(cultures, settings).findings.set_index("id").loc["1a"]
    assert finding["verdict"] == "not shown"
    assert "inhibition against untreated 4" in finding["sentence"]
    assert finding["sentence"].endswith("% (DEX).")


def _outside(
    cultures: pd.DataFrame, rows: "pd.Series[bool]", limit: float, state: str
) -> pd.DataFrame:
    """`cultures` with only a limit known of the IL-6 of `rows`."""
    return cultures.assign(
        il6_pg_ml=cultures["il6_pg_ml"].mask(rows),
        il6_state=cultures["il6_state"].mask(rows, state),
        il6_bound_pg_ml=cultures["il6_bound_pg_ml"].mask(rows, limit),
    )


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
