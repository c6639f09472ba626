"""Single tests on hand-made group means: what holds, what fails, and what cannot be tested."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from coculture.comparison.findings.claims import Claim, Side, evaluate
from coculture.comparison.quantities.endpoint import Columns, Endpoint
from coculture.comparison.statistics.group_means import GroupMeans

EXPERIMENTS = ["E1", "E2", "E3"]
BELOW, ABOVE = -1, 1
LEVEL = [1.0, 1.1, 0.9]
ENDPOINT = Endpoint(
    "percent_apoptotic",
    "apoptosis",
    "percentage points",
    "Apoptotic cells (%)",
    "%",
    "points",
    Columns("percent_apoptotic", "apoptosis_state", "apoptosis_reason"),
    bounds=(0.0, 100.0),
)


def _means(
    arm: Sequence[float],
    other: Sequence[float],
    arm_side: Sequence[int] = (0, 0, 0),
    other_side: Sequence[int] = (0, 0, 0),
) -> GroupMeans:
    """Means of two arms; side -1 (1) is a limit that the true value is below (above).

    Every well of such a group is outside the range, so that its mean is only a bound.
    """
    n = len(arm)
    index = pd.Index(EXPERIMENTS[:n], name="experiment")
    mean = pd.DataFrame({"arm": list(arm), "other": list(other)}, index=index, dtype=float)
    side = pd.DataFrame({"arm": list(arm_side)[:n], "other": list(other_side)[:n]}, index=index)
    relation = side.replace({BELOW: "<=", 0: "", ABOVE: ">="})
    low, high = mean.mask(side == BELOW, -np.inf), mean.mask(side == ABOVE, np.inf)
    cultured = mean.notna()
    return GroupMeans(mean, relation, low, high, at_limit=mean, fitted=mean, cultured=cultured)


def _claim(side: Side, margin: float = 0.0) -> Claim:
    weights = {"arm": 1.0, "other": -1.0}
    return Claim("comparison", "arm against other", "arm", "other", weights, side, margin, 0.05)


@pytest.mark.parametrize(
    ("side", "arm_side", "other_side", "undecided"),
    [
        # The truth lies further on the claimed side than the limit: it may hold after all.
        ("less", BELOW, 0, True),
        ("less", 0, ABOVE, True),
        ("greater", ABOVE, 0, True),
        ("greater", 0, BELOW, True),
        # The truth lies further on the wrong side than the limit: it fails all the more.
        ("less", ABOVE, 0, False),
        ("less", 0, BELOW, False),
        ("greater", BELOW, 0, False),
        ("greater", 0, ABOVE, False),
        # Nothing is censored.
        ("less", 0, 0, False),
        ("greater", 0, 0, False),
    ],
)
def test_only_a_limit_that_argues_against_the_claim_leaves_it_undecided(
    side: Side, arm_side: int, other_side: int, undecided: bool
) -> None:
    """The arm is at the wrong side of the other by two in every experiment, limits included."""
    sign = 1 if side == "less" else -1
    arm = [value + 2 * sign for value in (1.0, 1.2, 0.7)]
    found = evaluate(_claim(side), _means(arm, LEVEL, [arm_side] * 3, [other_side] * 3), ENDPOINT)
    assert found.outcome == "fails"
    assert found.undecided == undecided
    assert bool(found.advice) == undecided


def test_a_claim_that_holds_at_the_limit_is_decided() -> None:
    found = evaluate(_claim("less"), _means([-2.0, -1.9, -2.3], LEVEL, [BELOW] * 3), ENDPOINT)
    assert (found.outcome, found.relation, found.undecided) == ("holds", "<=", False)


@pytest.mark.parametrize("below", [(BELOW, 0, 0), (BELOW, BELOW, BELOW)])
def test_three_experiments_at_the_best_bound_are_enough_to_fail(
    below: tuple[int, int, int],
) -> None:
    """Even at its limit the other arm is the lower one, also if only two have a value."""
    found = evaluate(_claim("less"), _means([3.0, 3.2, 2.7], LEVEL, other_side=below), ENDPOINT)
    # By hand: the differences at the limits are 2.0, 2.1 and 1.8.
    assert (found.outcome, found.relation) == ("fails", ">=")
    assert found.contrast.n == 3
    assert found.contrast.estimate == pytest.approx(5.9 / 3)


def test_two_experiments_at_the_best_bound_give_no_number() -> None:
    """The only finite number is the bound that favours the claim, so it is not given."""
    found = evaluate(
        _claim("less"), _means([3.0, 3.2], LEVEL[:2], other_side=(BELOW, BELOW)), ENDPOINT
    )
    assert found.outcome == "untestable"
    assert found.reason == "below LLOQ: other"
    assert found.relation == ""
    assert np.isnan([found.contrast.estimate, found.p]).all()
    assert found.contrast.n == 2


@pytest.mark.parametrize(
    ("untreated", "outcome"),
    [
        # Mean 95: at most 5 points can be added, and more than the margin cannot be.
        ((94.0, 95.0, 96.0), "untestable"),
        ((94.1, 95.1, 96.1), "untestable"),
        # Mean 94.9: 5.1 points are left.
        ((93.9, 94.9, 95.9), "holds"),
    ],
)
def test_there_is_room_for_a_rise_only_where_more_than_the_margin_is_left(
    untreated: tuple[float, float, float], outcome: str
) -> None:
    """The arm lies 0.0, 0.1 and 0.2 points above, far below a margin of 5."""
    arm = [value + rise for value, rise in zip(untreated, (0.0, 0.1, 0.2), strict=True)]
    found = evaluate(_claim("less", margin=5.0), _means(arm, untreated), ENDPOINT)
    assert found.outcome == outcome
    assert found.reason.startswith("no rise possible") == (outcome == "untestable")


def test_claims_without_a_margin_need_no_room() -> None:
    found = evaluate(_claim("less"), _means([98.0, 97.9, 98.2], [99.0, 99.1, 99.0]), ENDPOINT)
    assert found.outcome == "holds"
