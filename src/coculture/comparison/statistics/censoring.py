"""Group means with wells outside the quantifiable range: intervals instead of numbers.

All values are natural logarithms of concentrations; a censored well has the value of its bound
(limit of quantification x dilution). If at most half of the wells of one arm in one experiment are
censored, they enter the estimate at LLOQ / sqrt(2) (R. W. Hornung and L. D. Reed, Appl. Occup.
Environ. Hyg. 5 (1990) 46) or at ULOQ x sqrt(2). The mean with these wells at the limit itself, and
a censored-likelihood fit (J. Tobin, Econometrica 26 (1958) 24), are given for comparison. If more
than half are censored, only a bound is known.
"""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

HALF_LN_2 = np.log(2) / 2
BELOW, ABOVE = -1, 1


@dataclass(frozen=True)
class GroupMean:
    """The mean of the wells of one arm in one experiment.

    `relation` is "<=" or ">=" if `mean` is only a bound. The true mean is between `low` and `high`,
    which are infinite on the censored side. `at_limit` is the mean with censored wells at their
    limit, `fitted` the maximum-likelihood mean.
    """

    mean: float
    relation: str
    low: float
    high: float
    at_limit: float
    fitted: float
    wells: int
    censored: int


def group_mean(
    values: NDArray[np.float64], side: NDArray[np.int_], well_sd: float = float("nan")
) -> GroupMean:
    """Mean of the wells of one arm in one experiment.

    Parameters
    ----------
    values
        One value for each well; censored wells at their bound.
    side
        One number for each well: 0 measured, -1 (1) the true value is below (above) the value.
    well_sd
        The SD between the wells of one arm in one experiment, pooled over the study, for the
        censored-likelihood fit; with NaN there is no fit.

    Examples
    --------
    >>> group_mean(np.log([40.0, 50.0, 20.0]), np.array([0, 0, -1])).censored
    1
    """
    wells, below, above = len(values), int((side == BELOW).sum()), int((side == ABOVE).sum())
    censored = below + above
    if wells == 0:
        nothing = float("nan")
        return GroupMean(nothing, "", nothing, nothing, nothing, nothing, 0, 0)
    at_limit = float(values.mean())
    if 2 * censored <= wells:
        mean, relation = float((values + side * HALF_LN_2).mean()), ""
    elif below and above:
        mean, relation = float("nan"), ""
    else:
        mean, relation = at_limit, "<=" if below else ">="
    return GroupMean(
        mean=mean,
        relation=relation,
        low=float("-inf") if below else at_limit,
        high=float("inf") if above else at_limit,
        at_limit=at_limit,
        fitted=_censored_fit(values, side, well_sd) if 2 * censored <= wells else float("nan"),
        wells=wells,
        censored=censored,
    )


def _censored_fit(values: NDArray[np.float64], side: NDArray[np.int_], well_sd: float) -> float:
    """Maximum-likelihood mean of normal wells with known SD, some of them censored."""
    measured = values[side == 0]
    if len(measured) == len(values):
        return float(values.mean())
    if not well_sd > 0:
        return float("nan")
    bound, direction = values[side != 0], side[side != 0]

    def minus_log_likelihood(mean: float) -> float:
        density = ((measured - mean) ** 2).sum() / (2 * well_sd**2)
        # P(true value below the bound) = Phi((bound - mean) / sd); above it, the other tail.
        return float(density - scipy.special.log_ndtr(direction * (mean - bound) / well_sd).sum())

    reach = 10 * well_sd
    found = scipy.optimize.minimize_scalar(
        minus_log_likelihood,
        bounds=(values.min() - reach, values.max() + reach),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(found.x)
