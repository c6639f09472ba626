"""How much of an effect is eliminated, and how much of it is rescued, in percent.

Both are ratios of two contrasts, with Fieller's interval. With wells outside the range Fieller's
two-sided interval does not exist. Then a share has what its own test of the finding has: the means
that enter this test, and the one-sided limit that the test is the inverse of.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from coculture.comparison.findings.claims import ClaimResult, difference, weighted_sum
from coculture.comparison.findings.eliminated_parts import (
    EFFECT,
    FRACTION,
    RESCUE,
    RESIDUAL,
    part_of,
)
from coculture.comparison.findings.finding_result import Estimate
from coculture.comparison.statistics.between_experiments import (
    ArmGroup,
    contrast_of,
    entering,
)
from coculture.comparison.statistics.contrasts import Contrast, Weights, per_experiment_contrast
from coculture.comparison.statistics.fieller import fieller_interval, inverted_interval
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.comparison.statistics.outside_range import has_outside, tested_contrast

CONFIDENCE = 0.95
"""Of the intervals."""
SHARE_ELIMINATED = "percent of the effect eliminated"
SHARE_RESCUED = "percent rescued"
"""Units. The second is 100 (T - TR) / (T - U): how far the rescuer brings the treated arm back to
untreated."""


def share_eliminated(tests: Sequence[ClaimResult], means: GroupMeans) -> Estimate:
    """100 (1 - residual / effect), of experiments that have both.

    If the arms of both share no experiment, the interval is between experiments. Of an effect that
    is not shown there is no number.
    """
    effect, residual = part_of(EFFECT, tests), part_of(RESIDUAL, tests)
    left = _share(residual.claim.weights, effect.claim.weights, FRACTION, tests, means)
    if left is None:
        return Estimate.missing(SHARE_ELIMINATED)
    value, low, high = (1 - left.value, 1 - left.upper, 1 - left.lower)
    relation = {"<=": ">=", ">=": "<="}.get(left.relation, "")
    return _in_percent(replace(left, value=value, lower=low, upper=high, relation=relation))


def share_rescued(tests: Sequence[ClaimResult], means: GroupMeans) -> Estimate | None:
    """100 (treated - rescued) / (treated - untreated), in the same way."""
    effect, rescue = part_of(EFFECT, tests), part_of(RESCUE, tests)
    back = difference(effect.claim.arm, rescue.claim.arm)
    share = _share(back, effect.claim.weights, RESCUE, tests, means)
    return None if share is None else _in_percent(replace(share, unit=SHARE_RESCUED))


def _in_percent(share: Estimate) -> Estimate:
    value, lower, upper = (100 * one for one in (share.value, share.lower, share.upper))
    return replace(share, value=value, lower=lower, upper=upper)


def _share(
    numerator: Weights,
    effect: Weights,
    part: str,
    tests: Sequence[ClaimResult],
    means: GroupMeans,
) -> Estimate | None:
    """The ratio of a contrast and the effect; None where it has no number.

    `part` is the test that bounds it: that of the residual from above, that of the rescue from
    below.
    """
    if part_of(EFFECT, tests).outcome != "holds":
        return None
    if not has_outside(means, {**numerator, **effect}):
        ratio, low, high = _ratio(numerator, effect, means, CONFIDENCE)
        return Estimate(ratio, low, high, CONFIDENCE, SHARE_ELIMINATED)
    test = part_of(part, tests)
    weights, highest = test.claim.weights, test.claim.side == "less"
    if test.outcome == "untestable" or tested_contrast(means, weights, highest) is None:
        return None
    used = means.for_test(weights, highest)
    known = used.where(np.isfinite(used))
    of_test = replace(means, mean=known, relation=means.relation.where(known.isna(), ""))
    ratio, low, high = _ratio(numerator, effect, of_test, test.claim.confidence)
    is_above = part == FRACTION
    bound = ("<=" if is_above else ">=") if test.relation else ""
    nothing = float("nan")
    return Estimate(
        ratio,
        nothing if is_above else low,
        high if is_above else nothing,
        1 - test.claim.level,
        SHARE_ELIMINATED,
        bound,
    )


def _ratio(
    numerator: Weights, denominator: Weights, means: GroupMeans, confidence: float
) -> tuple[float, float, float]:
    """The ratio of two contrasts with Fieller's interval, of experiments that have both."""
    groups = means.groups(dict.fromkeys([*numerator, *denominator], 1.0))
    if len(groups) > 1:
        return _ratio_between(numerator, denominator, means.estimates, groups, confidence)
    top, bottom = (
        per_experiment_contrast(means.estimates, weights, means.donors)
        for weights in (numerator, denominator)
    )
    both = pd.concat([top.values, bottom.values], axis=1).dropna()  # noqa: PD011
    tops, bottoms = means.by_unit(both).to_numpy().T
    low = high = ratio = float("nan")
    # Fieller's interval needs independent values.
    if (top.varies or bottom.varies) and not top.shares_experiments:
        low, high = fieller_interval(tops, bottoms, confidence)
    if len(both) and bottoms.mean():
        ratio = float(tops.mean() / bottoms.mean())
    return ratio, low, high


def _ratio_between(
    numerator: Weights,
    denominator: Weights,
    means: pd.DataFrame,
    groups: Sequence[ArmGroup],
    confidence: float,
) -> tuple[float, float, float]:
    """The same if both are from different experiments.

    Only experiments that have every arm of their group enter.
    """
    known = means.index[entering(means, groups)]
    complete = [
        replace(group, experiments=tuple(one for one in group.experiments if one in known))
        for group in groups
    ]

    def left(ratio: float) -> Contrast:
        return contrast_of(means, weighted_sum(numerator, denominator, -ratio), complete)

    top = left(0.0).estimate
    bottom = top - left(1.0).estimate
    ratio = top / bottom if bottom else float("nan")
    return ratio, *inverted_interval(left, ratio, confidence)
