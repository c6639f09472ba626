"""Whether the differences of a few experiments are skewed, or one of them lies far from the others.

A t test of skewed differences is wrong more often than its level says: with one log-normal arm
(sigma 1) in 13 to 16 % of claims at 2.5 % (`benchmarks/noise_shapes.py`). The skewness of the
sample finds this in 26 % of studies with 6 experiments and 37 % with 8, but in only 8 to 13 % of
those whose claim holds wrongly, because a sample that deceives looks symmetric: its silence says
nothing. It also fires in 5 % of normal samples, and for any of eight differences in a third of
sound studies, so that only what 0.5 % of them exceed (4 % of sound studies) is a caution. No test
of so few values protects; a scale stated beforehand does.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

MIN_VALUES = 6
"""With fewer values nothing can tell: the limit is close to the largest skewness that there is."""
_LIMITS = {6: 1.24, 7: 1.23, 8: 1.20, 9: 1.18, 10: 1.16}
"""95 % of normal samples of this size have a smaller absolute skewness (100,000 simulated)."""
_STRONG_LIMITS = {6: 1.61, 7: 1.70, 8: 1.73, 9: 1.74, 10: 1.73}
"""The same for 99.5 % (400,000 simulated)."""
_TWO_SIDED_5_PERCENT, _TWO_SIDED_HALF_PERCENT = 1.959964, 2.807034


@dataclass(frozen=True)
class Skewness:
    """A sample that is more skewed than 95 % of normal samples of its size.

    Attributes
    ----------
    value
        Third moment about the mean by the cube of the SD, both with divisor n.
    limit
        The absolute value that 95 % of normal samples stay below.
    experiment
        The one that lies farthest out on the long side.
    its_value, median
        Of that experiment, and of all.
    is_strong
        Whether it is more skewed than 99.5 % of normal samples.
    """

    value: float
    limit: float
    experiment: str
    its_value: float
    median: float
    is_strong: bool


def skewness_of(values: "pd.Series[float]") -> Skewness | None:
    """The skewness of independent values if it exceeds its limit; None with too few of them.

    Parameters
    ----------
    values
        The difference inside each experiment, by its name.
    """
    n = len(values)
    if n < MIN_VALUES or not values.notna().all():
        return None
    from_mean = values.to_numpy(dtype=float) - float(values.mean())
    variance = float((from_mean**2).mean())
    if not variance > 0:
        return None
    value = float((from_mean**3).mean()) / variance**1.5
    limit = skewness_limit(n)
    if abs(value) <= limit:
        return None
    farthest = int(np.argmax(from_mean * np.sign(value)))
    return Skewness(
        value,
        limit,
        str(values.index[farthest]),
        float(values.iloc[farthest]),
        float(values.median()),
        abs(value) > skewness_limit(n, strong=True),
    )


def skewness_limit(n: int, *, strong: bool = False) -> float:
    """The absolute skewness that 95 % (99.5 %) of normal samples of `n` values stay below.

    From 11 values on by the approximation of R. B. D'Agostino (Biometrika 57 (1970) 679).

    >>> skewness_limit(6), round(skewness_limit(12), 2)
    (1.24, 1.1)
    """
    simulated = _STRONG_LIMITS if strong else _LIMITS
    if n in simulated:
        return simulated[n]
    kurtosis = (
        3 * ((n**2 + 27 * n - 70) * (n + 1) * (n + 3)) / ((n - 2) * (n + 5) * (n + 7) * (n + 9))
    )
    w_squared = math.sqrt(2 * (kurtosis - 1)) - 1
    delta = 1 / math.sqrt(math.log(w_squared) / 2)
    alpha = math.sqrt(2 / (w_squared - 1))
    standardised = alpha * math.sinh(
        (_TWO_SIDED_HALF_PERCENT if strong else _TWO_SIDED_5_PERCENT) / delta
    )
    return standardised / math.sqrt((n + 1) * (n + 3) / (6 * (n - 2)))
