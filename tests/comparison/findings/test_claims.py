"""Single tests on hand-made group means: what holds, what fails, and what cannot be tested."""

from collections.abc import Sequence
from dataclasses import replace

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
    return GroupMeans(mean, relation, low, high, at_limit=mean, cultured=cultured)


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


def _partly_below(arm: str, shift: float, others: Sequence[float]) -> GroupMeans:
    """E1 of `arm` has a well below the limit: its mean is `shift` below that at the limit."""
    one = "other" if arm == "arm" else "arm"
    whole = _means(**{arm: LEVEL, one: list(others)})  # type: ignore[arg-type]
    mean, low = whole.mean.copy(), whole.low.copy()
    mean[arm] -= np.array([shift, 0.0, 0.0])
    low[arm] -= np.array([np.inf, 0.0, 0.0])
    return replace(whole, mean=mean, low=low)


def test_wells_that_favour_the_claim_enter_at_their_limit() -> None:
    """The differences are those at the limit: 1 - 3.0, 1.1 - 3.2 and 0.9 - 2.7."""
    found = evaluate(_claim("less"), _partly_below("arm", 0.3, (3.0, 3.2, 2.7)), ENDPOINT)
    assert (found.outcome, found.relation, found.against) == ("holds", "<=", ())
    assert found.contrast.estimate == pytest.approx((-2.0 - 2.1 - 1.8) / 3)


def test_wells_that_argue_against_the_claim_enter_by_their_likelihood_mean() -> None:
    """The comparator of E1 is 1.0 at the limit and 0.7 by its mean: -1.0 - 0.7, and so on."""
    found = evaluate(_claim("less"), _partly_below("other", 0.3, (-1.0, -1.2, -0.7)), ENDPOINT)
    assert (found.outcome, found.relation) == ("holds", "")
    assert found.contrast.estimate == pytest.approx((-1.7 - 2.3 - 1.6) / 3)
    (group,) = found.against
    assert (group.experiment, group.arm, group.is_below) == ("E1", "other", True)
    assert group.shift == pytest.approx(-0.3)


def test_each_limit_beside_an_estimate_is_that_of_its_own_side() -> None:
    """Upper: the comparator of E1 at 0.7. Lower: the same well at its limit of 1.0."""
    found = evaluate(_claim("less"), _partly_below("other", 0.3, (-1.0, -1.2, -0.7)), ENDPOINT)
    # The 95 % quantile of t with two degrees of freedom is 2.92.
    high, low = np.array([-1.7, -2.3, -1.6]), np.array([-2.0, -2.3, -1.6])
    assert found.interval[1] == pytest.approx(
        high.mean() + 2.92 * high.std(ddof=1) / np.sqrt(3), abs=1e-3
    )
    assert found.interval[0] == pytest.approx(
        low.mean() - 2.92 * low.std(ddof=1) / np.sqrt(3), abs=1e-3
    )
    assert found.confidence == pytest.approx(0.9)


@pytest.mark.parametrize("below", [(BELOW, 0, 0), (BELOW, BELOW, BELOW)])
def test_beside_a_bound_is_a_one_sided_limit(below: tuple[int, int, int]) -> None:
    found = evaluate(_claim("less"), _means([-2.0, -1.9, -2.3], LEVEL, below), ENDPOINT)
    assert found.relation == "<="
    assert np.isnan(found.interval[0])
    assert found.interval[1] == pytest.approx(found.contrast.interval(0.9)[1])
    assert found.confidence == pytest.approx(0.95)


def test_a_comparator_wholly_below_its_limit_is_named_with_its_experiment() -> None:
    found = evaluate(
        _claim("less"), _means([-2.0, -1.9, -2.3], LEVEL, (0, 0, 0), (0, BELOW, 0)), ENDPOINT
    )
    assert found.outcome == "untestable"
    assert found.reason == "below LLOQ: other in E2"
    assert "at a lower dilution" in found.advice
    (group,) = found.against
    assert (group.experiment, np.isnan(group.shift)) == ("E2", True)
