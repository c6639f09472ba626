"""Group means with wells outside the quantifiable range.

A well outside the range has no number, only a bound: the limit of quantification x dilution. No
other number is entered for it. Where an estimate is needed, the mean of the wells of one arm in one
experiment is the censored-likelihood mean (J. Tobin, Econometrica 26 (1958) 24) on the analysis
scale, with a known SD between wells. One well inside the range is enough; without any the mean is
only known to be beyond its limit.
"""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

BELOW, ABOVE = -1, 1
UNKNOWN = "unknown"
"""The relation of a mean without a bound, because some wells are below the range and the others
above it, and of a weighted sum whose bounds point both ways."""
SD_FACTOR = 1.5
"""The SD between wells in the likelihood, in multiples of the SD pooled over the study, because the
wells of one arm may vary more than others. With it a claim at 2.5 % is wrong in at most
2.7 %, also where the wells vary half or twice as much (`benchmarks/outside_range_rates.py`)."""
_STEPS = 60
"""Newton steps at most; about ten are needed."""
_CLOSE = 1e-12
"""Steps below this fraction of the SD end the search."""


@dataclass(frozen=True)
class GroupMean:
    """The mean of the wells of one arm in one experiment.

    `relation` is "<=" or ">=" if `mean` is only a bound, because no well has a number, and
    `UNKNOWN`, with a mean of NaN, if some are below and the others above. The true mean is between
    `low` and `high`, which are infinite on a side on which a well is outside the range. `at_limit`
    is the mean with these wells at their limit.
    """

    mean: float
    relation: str
    low: float
    high: float
    at_limit: float
    wells: int
    censored: int


def group_mean(
    values: NDArray[np.float64], side: NDArray[np.int_], well_sd: float = float("nan")
) -> GroupMean:
    """Mean of the wells of one arm in one experiment.

    Parameters
    ----------
    values
        One value for each well; wells outside the range at their bound.
    side
        One number for each well: 0 measured, -1 (1) the true value is below (above) the value.
    well_sd
        The SD between the wells of one arm in one experiment, pooled over the study. With NaN there
        is no likelihood, and a mean with wells outside the range is a bound.

    Examples
    --------
    >>> group_mean(np.log([40.0, 50.0, 20.0]), np.array([0, 0, -1])).censored
    1
    """
    wells, below, above = len(values), int((side == BELOW).sum()), int((side == ABOVE).sum())
    censored = below + above
    if wells == 0:
        nothing = float("nan")
        return GroupMean(nothing, "", nothing, nothing, nothing, 0, 0)
    at_limit = float(values.mean())
    mean, relation = at_limit, ""
    if censored:
        mean = float(censored_mean(values, side, SD_FACTOR * well_sd))
        if np.isnan(mean) and below and above:
            relation = UNKNOWN
        elif np.isnan(mean):
            mean, relation = at_limit, "<=" if below else ">="
    return GroupMean(
        mean=mean,
        relation=relation,
        low=float("-inf") if below else at_limit,
        high=float("inf") if above else at_limit,
        at_limit=at_limit,
        wells=wells,
        censored=censored,
    )


def censored_mean(
    values: NDArray[np.float64], side: NDArray[np.int_], sd: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Maximum-likelihood means of normal wells with a known SD, some of them outside the range.

    Parameters
    ----------
    values, side
        As of `group_mean`, groups x wells (any number of leading axes).
    sd
        SD between wells, of all groups or of each.

    Returns
    -------
    One mean for each group; NaN if it has no well inside the range, or if `sd` is not positive.
    """
    measured = side == 0
    scale = np.broadcast_to(np.asarray(sd, dtype=float)[..., None], values.shape)
    known = measured.any(axis=-1) & (scale[..., 0] > 0)
    # The score falls steeply where it is far off: from the mean at the limits the steps go one way.
    mean = values.mean(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        for _ in range(_STEPS):
            distance = (values - mean[..., None]) / scale
            # P(true value below the bound) = Phi(z); above it, the other tail.
            z = -side * distance
            hazard = np.exp(-(z**2) / 2 - scipy.special.log_ndtr(z)) / np.sqrt(2 * np.pi)
            score = np.where(measured, distance, side * hazard).sum(axis=-1)
            curvature = np.where(measured, 1.0, hazard * (hazard + z)).sum(axis=-1)
            step = scale[..., 0] * score / curvature
            mean = mean + np.where(known, step, 0.0)
            if not (np.abs(step) > _CLOSE * scale[..., 0])[known].any():
                break
    return np.where(known, mean, np.nan)
