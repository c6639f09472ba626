"""Margins of endpoints without limits that nothing could exceed."""

import pandas as pd
import pytest

from coculture.comparison.design.arms import Design
from coculture.comparison.findings.evaluation import evaluate_findings
from coculture.comparison.findings.wide_margins import wide_margins
from coculture.exchange.flags import Flag
from tests.comparison.findings.test_attacks import DEX, DRUGS, NONE, settings_of, stated

LEVELS = {"MM untreated": 10.0, "MM DEX": 14.0}


def _flags(kind: str, margin: float, levels: dict[str, float] | None = None) -> list[Flag]:
    """The cautions of a study whose endpoint, a number without limits, has these levels."""
    endpoints = [{"name": "score", "measure": "values", "scale": "points"}]
    finding = stated(kind, DEX, NONE, endpoint="score", margin_points=margin)
    settings = settings_of([finding], endpoints=endpoints)
    place = {"cells": "MM", "stroma": "", "hours": 48.0}
    design = Design.of(
        pd.DataFrame([place | dict.fromkeys(DRUGS, 0.0) | arm for arm in (NONE, DEX)]), settings
    )
    arms = pd.DataFrame(
        [
            {
                "endpoint": settings.quantities[0].primary.name,
                "experiment": f"E{number}",
                "arm": arm,
                "relation": "",
            }
            | dict.fromkeys(("mean", "low", "high", "mean_at_limit"), level + number / 10)
            for number in range(4)
            for arm, level in (levels or LEVELS).items()
        ]
    )
    arms.loc[arms["arm"] == "MM DEX", ["mean", "low", "high", "mean_at_limit"]] += 0.1
    return list(wide_margins(evaluate_findings(arms, design, settings, ["score"]), arms))


@pytest.mark.parametrize(
    ("kind", "margin", "words"),
    [
        ("not_raised", 1000, "margin of 1000 a.u., but the highest mean of any arm is 14"),
        ("not_lowered", 12, "margin of 12 a.u., but the level that it would fall from is 10"),
    ],
)
def test_a_margin_beyond_every_value_is_a_caution(kind: str, margin: float, words: str) -> None:
    (flag,) = _flags(kind, margin)
    assert (flag.severity, flag.code) == ("caution", "margin_beyond_values")
    assert words in flag.sentence


@pytest.mark.parametrize(("kind", "margin"), [("not_raised", 5), ("not_lowered", 3)])
def test_a_margin_that_can_be_exceeded_is_none(kind: str, margin: float) -> None:
    assert not _flags(kind, margin)


def test_without_a_zero_there_is_no_level() -> None:
    assert not _flags("not_raised", 1000, {"MM untreated": -1.0, "MM DEX": 2.0})
