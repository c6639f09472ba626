"""Tests and limits of contrasts where wells are outside the quantifiable range: one for each side.

Such a well argues for a claim or against it, so each side of a contrast has group means of its own
(`GroupMeans.for_test`). The upper limit comes from those of the claim that the contrast is low, the
lower limit from those of the claim that it is high. Without wells outside the range both are the
same, and the limits are those of the t interval.
"""

import numpy as np
import pandas as pd

from coculture.comparison.statistics.between_experiments import contrast_of, entering
from coculture.comparison.statistics.censoring import UNKNOWN
from coculture.comparison.statistics.contrasts import Contrast, Weights
from coculture.comparison.statistics.group_means import GroupMeans


def arms_outside(means: GroupMeans, weights: Weights) -> pd.DataFrame:
    """Whether wells are outside the range: experiments that enter x arms of the contrast."""
    used = [arm for arm, weight in weights.items() if weight]
    entered = entering(means.at_limit, means.groups(weights))
    return means.is_outside.loc[entered, used]


def has_outside(means: GroupMeans, weights: Weights) -> bool:
    """Whether any group that enters the contrast has wells outside the range."""
    if not means.has_any_outside:
        return False
    return bool(arms_outside(means, weights).to_numpy().any())


def tested_contrast(means: GroupMeans, weights: Weights, highest: bool) -> Contrast | None:
    """The contrast for the claim that it is low (`highest`), or high; None if it has no such test.

    It has none if a group whose wells argue against the claim has no well inside the range.
    """
    groups = means.groups(weights)
    used = means.for_test(weights, highest)
    arms = [arm for arm, weight in weights.items() if weight]
    if np.isinf(used.loc[entering(used, groups), arms].to_numpy()).any():
        return None
    return contrast_of(used, weights, groups)


def limits(
    means: GroupMeans, weights: Weights, relation: str, confidence: float
) -> tuple[float, float]:
    """The confidence limits of a contrast; NaN on a side on which there is none.

    Parameters
    ----------
    relation
        What the estimate is beside which they stand. A bound has one limit, on its own side: "<="
        an upper one. An unknown estimate has none.
    confidence
        Of the two-sided interval; each limit has half of the error.
    """
    lower = upper = float("nan")
    if relation in ("", "<="):
        low = tested_contrast(means, weights, highest=True)
        upper = low.interval(confidence)[1] if low is not None else upper
    if relation in ("", ">="):
        high = tested_contrast(means, weights, highest=False)
        lower = high.interval(confidence)[0] if high is not None else lower
    return lower, upper


def estimated_contrast(means: GroupMeans, weights: Weights) -> tuple[str, Contrast]:
    """The contrast of the group means, and its relation: estimate, bound or unknown.

    A bound is that of the test on its own side: groups that argue against it are estimates.
    """
    relation, groups = means.relation_of(weights), means.groups(weights)
    inside = contrast_of(means.mean, weights, groups)
    if relation not in ("<=", ">="):
        return relation, inside
    bound = tested_contrast(means, weights, highest=relation == "<=")
    return (UNKNOWN, inside) if bound is None else (relation, bound)
