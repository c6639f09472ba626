"""Whether a response rises or falls over the doses: a contrast inside experiments.

The contrast is linear in the rank of the dose (untreated is the lowest rank), scaled so that it is
the least-squares slope for each step from one dose to the next. It needs no curve.
"""

from collections.abc import Sequence

import numpy as np

from coculture.comparison.statistics.between_experiments import contrast_of
from coculture.comparison.statistics.contrasts import Contrast
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.comparison.statistics.outside_range import tested_contrast

REVERSAL_LEVEL = 0.025
"""One-sided, for all steps of a series together (Bonferroni): a step that goes the other way is
said only where the experiments show it, because flat parts of a curve go up and down by chance."""


def trend_weights(labels: Sequence[str]) -> dict[str, float]:
    """The weights of the arms of a series, from the lowest level to the highest.

    >>> trend_weights(["0", "1", "2"])
    {'0': -0.5, '1': 0.0, '2': 0.5}
    """
    rank = np.arange(len(labels)) - (len(labels) - 1) / 2
    return dict(zip(labels, (rank / (rank**2).sum()).tolist(), strict=True))


def trend_contrast(means: GroupMeans, labels: Sequence[str]) -> Contrast | None:
    """The trend inside experiments; None if a mean outside the range leaves no estimate."""
    weights = trend_weights(labels)
    if means.relation_of(weights) != "":
        return None
    return contrast_of(means.mean, weights, means.groups(weights))


def reversal(
    means: GroupMeans, labels: Sequence[str], direction: int
) -> tuple[int, Contrast] | None:
    """The step that goes most clearly against the direction of a series; None if none does.

    Returns
    -------
    Its position (0 is the step from the lowest level) and its contrast.
    """
    steps = []
    for position in range(len(labels) - 1):
        weights = {labels[position + 1]: 1.0, labels[position]: -1.0}
        contrast = tested_contrast(means, weights, highest=direction > 0)
        if contrast is not None and contrast.has_enough and contrast.varies:
            p = contrast.p_less if direction > 0 else contrast.p_greater
            steps.append((p, position, contrast))
    if not steps:
        return None
    p, position, contrast = min(steps, key=lambda one: one[:2])
    return (position, contrast) if p <= REVERSAL_LEVEL / (len(labels) - 1) else None
