"""Events that a cytometer carries over from the tube before, and how many of them are too many."""

import numpy as np
import scipy
from numpy.typing import NDArray

from coculture.flow.gating.densities import Distribution, lower_half_sd

Values = NDArray[np.float64]

POSITIVE_SDS = 8.0
"""Events so many SDs of the live peak above it are positive."""
LIMIT = 0.7
"""Where a tube's limit lies on the way from its own median to that of the positive cells."""
HALFWAY = 0.5
"""Where the events of a contaminated control are cut that has other cells than the samples."""
_CARRY_OVER = 0.001
"""Share of the events that a cytometer carries over from the tube before."""
_QUANTILE = 0.999
"""Of the Poisson distribution of the events that are carried over: the most that is allowed."""
_FEWEST_POSITIVE = 50


def most_allowed(events: int) -> int:
    """How many of a tube's events may be bright: the 99.9 % quantile for a carry-over of 0.1 %.

    >>> [most_allowed(events) for events in (300, 500, 1000, 3000)]
    [3, 4, 5, 10]
    """
    carried_over = _CARRY_OVER * events
    most = 0
    while scipy.special.pdtr(most, carried_over) < _QUANTILE:
        most += 1
    return most


def limit(positions: Values, positive: float, part: float) -> float:
    """The limit of a tube, a part of the way from its own median to the positive cells."""
    own = float(np.median(positions))
    return own + part * (positive - own)


def is_own(control: Values, stained: Values) -> NDArray[np.bool_]:
    """Which events of a negative control are its own, and not carried over from stained cells.

    Parameters
    ----------
    control, stained
        Positions of the control and of the single stain in its channel, in decades of
        `asinh_scale`, shapes (events,).

    Returns
    -------
    Shape (events,). All, where hardly any is as bright as the stained cells, and where so many are
    that the control is of stained cells itself.
    """
    every = np.ones(len(control), bool)
    if not len(control) or not len(stained):
        return every
    middle = float(np.median(control))
    sd = lower_half_sd(Distribution(control), middle)
    positives = stained[stained > middle + POSITIVE_SDS * sd]
    if len(positives) < _FEWEST_POSITIVE:
        return every
    positive = float(np.median(positives))
    end = limit(control, positive, LIMIT)
    bright, usual = (float(np.mean(values > end)) for values in (control, stained))
    if bright * len(control) <= most_allowed(len(control)) or bright >= usual / 2:
        return every
    return control <= limit(control, positive, HALFWAY)
