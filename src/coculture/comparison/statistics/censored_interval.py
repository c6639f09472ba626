"""The mean of a few values of which some are only bounds, with its interval.

Normal likelihood with an unknown SD; a bound contributes the probability of its side. The interval
holds every mean whose likelihood ratio is below n ln(1 + t^2 / (n - 1)), t being the quantile of
Student's t with n - 1 degrees of freedom: without bounds that is exactly the t interval
(`benchmarks/dose_response.py` has the coverage with them).
"""

import numpy as np
import scipy
from numpy.typing import NDArray

from coculture.distributions import t_quantile

Floats = NDArray[np.float64]
LEAST_VALUES = 3
"""With fewer values that are no bounds, the SD between them says nothing."""
_WIDEST = 8.0
"""How many times the range of the values an interval may reach beyond them."""


def censored_interval(
    values: Floats, side: NDArray[np.int_], confidence: float = 0.95
) -> tuple[float, float, float]:
    """Maximum-likelihood mean and confidence limits.

    Parameters
    ----------
    values
        n values, some of them bounds.
    side
        0 for a value; 1 if the true one is above `values`, -1 if it is below.

    Returns
    -------
    Mean, lower and upper limit; NaN with fewer than `LEAST_VALUES` values or without any variation.
    A limit that is farther than `_WIDEST` ranges away is infinite.
    """
    nothing = float("nan")
    if (side == 0).sum() < LEAST_VALUES or not np.ptp(values) > 0:
        return nothing, nothing, nothing
    span = float(np.ptp(values))
    n = len(values)
    allowed = n * np.log1p(t_quantile((1 + confidence) / 2, n - 1) ** 2 / (n - 1)) / 2

    def loss(mean: float) -> float:
        """-ln likelihood at a mean, with the SD that suits it best."""
        found = scipy.optimize.minimize_scalar(
            lambda log_sd: _loss(values, side, mean, log_sd),
            bounds=(np.log(1e-4 * span), np.log(1e3 * span)),
            method="bounded",
            options={"xatol": 1e-10},
        )
        return float(found.fun)

    low, high = float(values.min() - span), float(values.max() + span)
    best = scipy.optimize.minimize_scalar(
        loss, bounds=(low, high), method="bounded", options={"xatol": 1e-9 * span}
    )
    mean, least = float(best.x), float(best.fun)

    def excess(at: float) -> float:
        return float(loss(at) - least - allowed)

    limits = []
    for sign in (-1.0, 1.0):
        end = mean + sign * _WIDEST * span
        if loss(end) - least <= allowed:
            limits.append(sign * float("inf"))
            continue
        low, high = sorted((mean, end))
        limits.append(scipy.optimize.brentq(excess, low, high, xtol=1e-9 * span))
    return mean, limits[0], limits[1]


def _loss(values: Floats, side: NDArray[np.int_], mean: float, log_sd: float) -> float:
    z = (values - mean) / np.exp(log_sd)
    measured = side == 0
    of_values = float((z[measured] ** 2 / 2 + log_sd).sum())
    return of_values - float(scipy.special.log_ndtr(-side[~measured] * z[~measured]).sum())
