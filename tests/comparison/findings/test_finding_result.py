"""From the results of several tests to one verdict, on hand-made group means."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import Design
from coculture.comparison.findings.evaluation import (
    claim_table,
    evaluate_findings,
    finding_table,
)

Values = Sequence[float]
BOTH, DEX, IL1RA, NONE = "DEX + IL-1Ra", "DEX", "IL-1Ra", "untreated"
UNTESTABLE = {IL1RA: (0.0, 0.1, 0.2)}
"""Below LLOQ like the combination: which of the two is the lower one is open."""
SCATTERED = {NONE: (1, 19, 10), DEX: (29, 11, 20), IL1RA: (47.9, 48, 48.1), BOTH: (50, 50, 50)}


def _judged(
    settings: ComparisonSettings,
    finding: str,
    means: Mapping[str, Values],
    below_lloq: Sequence[str] = (),
) -> "tuple[pd.Series[Any], pd.DataFrame]":
    """One finding and its tests, of these means per arm (NaN: not measured).

    Of the arms in `below_lloq` only is known that they lie below their means.
    """
    (stated,) = (each for each in settings.findings if each.id == finding)
    factors = product(("control", "il1b"), (0.0, 1000.0), (0.0, 500.0), (0.0, 10.0))
    cultures = pd.DataFrame(factors, columns=["cells", "dex_nM", "il1ra_ng_ml", "il6_ng_ml"])
    design = Design.of(cultures.assign(stroma="HS-5", hours=48.0), settings)
    design = replace(design, arms=tuple(arm for arm in design.arms if design.label(arm) in means))
    rows = [
        {
            "endpoint": "ln_il6" if stated.endpoint == "IL-6" else "percent_apoptotic",
            "experiment": f"E{number}",
            "arm": arm,
            "mean": mean,
            "relation": "<=" if arm in below_lloq else "",
            "low": -np.inf if arm in below_lloq else mean,
            "high": mean,
            "mean_at_limit": mean,
        }
        for arm, values in means.items()
        for number, mean in enumerate(values, start=1)
    ]
    results = evaluate_findings(
        pd.DataFrame(rows), design, replace(settings, findings=(stated,)), [stated.endpoint]
    )
    return finding_table(results).iloc[0], claim_table(results, design)


def _il1b(means: Mapping[str, Values]) -> dict[str, Values]:
    return {f"il1b {arm}": values for arm, values in means.items()}


def _p_of_three(mean: float, sd: float) -> float:
    """One-sided p of three experiments: with two df (1 - t / sqrt(t^2 + 2)) / 2."""
    t = mean * np.sqrt(3) / sd
    return float(1 - t / np.sqrt(t**2 + 2)) / 2


def test_the_test_with_the_largest_p_against_its_own_level_decides(
    settings: ComparisonSettings,
) -> None:
    """The effect is 20 with SD 7, at level 0.025; at 0.05 a larger p is still the clearer test.

    The residual's quarter test: values (-4 + s) - 0.25 x 13, (-4 - 2 s) - 0.25 x 20 and
    (-4 + s) - 0.25 x 27, whose SD is sqrt(1.75^2 + 3 s^2).
    """
    s = 2.3
    means = {
        "control untreated": (20.0, 20.0, 20.0),
        "control DEX": (33.0, 40.0, 47.0),
        "control added IL-6": (14.0, 14.0, 14.0),
        "control DEX + added IL-6": (10 + s, 10 - 2 * s, 10 + s),
    }
    finding, tests = _judged(settings, "2a", means)
    effect, quarter = _p_of_three(20, 7), _p_of_three(9, np.sqrt(1.75**2 + 3 * s**2))
    of_part = tests.set_index("part")["p"]
    assert of_part["effect"] == pytest.approx(effect)
    assert of_part["residual_fraction"] == pytest.approx(quarter)
    assert list(tests["level"]) == [0.025, 0.025, 0.05, 0.05, 0.05]
    assert quarter > effect
    assert quarter / 0.05 < effect / 0.025
    assert finding["verdict"] == "shown"
    assert (finding["p"], finding["level"]) == (pytest.approx(effect), 0.025)


def test_the_number_told_is_that_of_the_weakest_comparison(settings: ComparisonSettings) -> None:
    """Against IL-1Ra 6 points with SD 1: t = 6 sqrt(3). The others: 30 and 20 with SD 1."""
    means = {NONE: (19, 20, 21), DEX: (29, 30, 31), IL1RA: (43, 44, 45), BOTH: (50, 50, 50)}
    finding, _ = _judged(settings, "3b", _il1b(means))
    assert finding["verdict"] == "shown"
    assert finding["estimate"] == pytest.approx(6)
    assert finding["p"] == pytest.approx(_p_of_three(6, 1))
    # The 97.5 % quantile of t with two degrees of freedom is 4.3027.
    assert finding["lower"] == pytest.approx(6 - 4.3027 / np.sqrt(3), abs=1e-4)


def test_a_test_that_cannot_be_made_does_not_decide_a_finding_that_fails(
    settings: ComparisonSettings,
) -> None:
    """Against DEX 0.5 points lower fails; of untreated there are only two experiments."""
    means = {
        NONE: (20, 21, np.nan), DEX: (49, 50, 52.5), IL1RA: (43, 44, 45), BOTH: (50, 50, 50),
    }  # fmt: skip
    finding, tests = _judged(settings, "3b", _il1b(means))
    assert list(tests["outcome"]) == ["untestable", "fails", "holds"]
    assert finding["verdict"] == "not shown"
    assert finding["estimate"] == pytest.approx(-0.5)
    assert finding["reason"].startswith("IL-1β DEX + IL-1Ra against IL-1β DEX: higher")
    assert "untreated" not in finding["reason"]
    assert finding["n"] == 2


def test_a_test_undecided_by_censoring_leaves_the_verdict_to_one_that_cannot_be_made(
    settings: ComparisonSettings,
) -> None:
    """The combination is below a limit of 3, DEX at 1: it may be lower than DEX all the same."""
    means = {NONE: (6, 6.1, 5.8), DEX: (1, 1.1, 0.8), BOTH: (3, 3, 3), **UNTESTABLE}
    censored = [f"il1b {BOTH}", f"il1b {IL1RA}"]
    finding, tests = _judged(settings, "3a", _il1b(means), censored)
    assert list(tests["outcome"]) == ["holds", "fails", "untestable"]
    assert list(tests["relation"]) == ["<=", "<=", ""]
    assert finding["verdict"] == "not testable"
    assert finding["reason"] == "both below LLOQ: IL-1β DEX + IL-1Ra and IL-1β IL-1Ra"


def test_a_test_that_fails_beyond_censoring_settles_it_beside_one_that_cannot_be_made(
    settings: ComparisonSettings,
) -> None:
    """DEX is below a limit of 1, the combination at 3: it is higher however low DEX is."""
    means = {NONE: (6, 6.1, np.nan), DEX: (1, 1, 1), IL1RA: (5, 5, 5), BOTH: (3, 3.1, 2.8)}
    finding, tests = _judged(settings, "3a", _il1b(means), [f"il1b {DEX}"])
    assert list(tests["outcome"]) == ["untestable", "fails", "holds"]
    assert list(tests["relation"]) == ["", ">=", ""]
    assert finding["verdict"] == "not shown"


def test_a_test_undecided_by_censoring_is_not_shown_where_all_others_hold(
    settings: ComparisonSettings,
) -> None:
    means = {NONE: (6, 6.1, 5.8), DEX: (1, 1.1, 0.8), IL1RA: (5, 5.1, 4.8), BOTH: (3, 3, 3)}
    finding, tests = _judged(settings, "3a", _il1b(means), [f"il1b {BOTH}"])
    assert list(tests["outcome"]) == ["holds", "fails", "holds"]
    assert finding["verdict"] == "not shown"
    assert finding["advice"].startswith("Measure the cultures outside the quantifiable range")


def test_every_test_must_hold_for_the_pooled_verdict(settings: ComparisonSettings) -> None:
    """Untreated and DEX scatter by 9 against each other: squares 4 x 81 on (4 - 1)(3 - 1) df.

    The pooled variance is 54 (and 0.015 / 6 of IL-1Ra), the SE sqrt(2 x 54 / 3) = 6: of the
    differences 40, 30 and 2 the last has t = 1/3. Inside the experiments it is 2 with SD 0.1.
    """
    finding, tests = _judged(settings, "3b", _il1b(SCATTERED))
    assert list(tests["outcome"]) == ["holds"] * 3
    # One-sided p of t = 1/3 with six degrees of freedom, from tables.
    assert tests["pooled_error_p"].iloc[2] == pytest.approx(0.375, abs=0.001)
    assert (tests["pooled_error_p"].iloc[:2] < 0.025).all()
    assert finding["verdict"] == "shown"
    assert finding["pooled_error_verdict"] == "not shown"


def test_the_pooled_verdict_is_shown_where_every_test_holds(
    settings: ComparisonSettings,
) -> None:
    means = {**SCATTERED, BOTH: (80, 80, 80)}
    finding, _ = _judged(settings, "3b", _il1b(means))
    assert finding["pooled_error_verdict"] == "shown"


def test_there_is_no_pooled_verdict_where_a_test_has_no_pooled_p(
    settings: ComparisonSettings,
) -> None:
    means = {**SCATTERED, NONE: (1, 19, np.nan)}
    finding, tests = _judged(settings, "3b", _il1b(means))
    assert list(tests["pooled_error_p"].isna()) == [True, False, False]
    assert finding["pooled_error_verdict"] == ""
