"""Sentences of findings that an arm does not raise apoptosis."""

from collections.abc import Callable
from dataclasses import replace

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
CONTROL_DEX: ArmPattern = {"cells": "control", "dex_nM": 1000}
IL1B: ArmPattern = {"cells": "il1b"}
IL1B_DEX: ArmPattern = {"cells": "il1b", "dex_nM": 1000}


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


def test_a_comparator_in_other_cells_is_named(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    told = sentence(cultures, stating(settings, "not_raised", (IL1B_DEX, CONTROL_DEX)))
    assert "apoptosis with DEX was not above that in control DEX by 5 points or more" in told
    told = sentence(cultures, stating(settings, "not_raised", (CONTROL_DEX, IL1B)))
    assert "In control cells apoptosis with DEX was above that in IL-1β untreated by " in told


def test_a_clear_rise_is_called_one(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    (difference,) = settings.findings[1].differences
    changed = replace(difference, arm={"cells": "control", "dex_nM": 1000},
                      compared_with={"cells": "control"})  # fmt: skip
    raised = replace(settings, findings=(replace(settings.findings[1], differences=(changed,)),))
    finding = compare(joined_study(parameters=SURE), raised).findings.iloc[0]
    assert finding["verdict"] == "not shown"
    assert "In control cells DEX raised apoptosis by " in finding["sentence"]
    assert " points (90 % CI " in finding["sentence"]
    assert "not excluded" not in finding["sentence"]


@pytest.mark.parametrize(("percent", "verdict"), [(93.0, "shown"), (96.0, "not testable")])
def test_where_no_cells_are_left_to_die_it_is_not_shown_that_none_did(
    joined_study: JoinedStudy, settings: ComparisonSettings, percent: float, verdict: str
) -> None:
    cultures = joined_study(parameters=SURE)
    # Wells spread over half a point, in a margin of five.
    spread = cultures["percent_apoptotic"].rank(pct=True) / 2
    cultures["percent_apoptotic"] = percent - 0.25 + spread
    finding = compare(cultures, settings).findings.set_index("id").loc["1b"]
    assert finding["verdict"] == verdict
    if verdict == "not testable":
        assert "no rise possible: IL-1β untreated has 96" in finding["reason"]
        assert "a rise by 5 points cannot occur" in finding["reason"]
        assert "stay viable" in finding["advice"]
