"""Fieller's interval of a ratio of two means measured in the same experiments."""

import numpy as np
from numpy.typing import ArrayLike

from coculture.distributions import t_quantile


def fieller_interval(
    numerator: ArrayLike, denominator: ArrayLike, confidence: float = 0.95
) -> tuple[float, float]:
    """Interval of mean(numerator) / mean(denominator), with one pair for each experiment.

    E. C. Fieller, J. R. Stat. Soc. B 16 (1954) 175. If the denominator is not
    significantly different from zero, the interval is unbounded, and both limits are NaN.

    Examples
    --------
    >>> low, high = fieller_interval([1.0, 2.0, 1.5], [10.0, 11.0, 10.5])
    >>> 0 < low < 0.143 < high < 0.3
    True
    """
    top, bottom = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    n = len(top)
    unbounded = (float("nan"), float("nan"))
    if n < 2:
        return unbounded
    a, b = top.mean(), bottom.mean()
    (vaa, vab), (_, vbb) = np.cov(top, bottom) / n
    t2 = t_quantile((1 + confidence) / 2, n - 1) ** 2
    square = b**2 - t2 * vbb
    if square <= 0:
        return unbounded
    middle = a * b - t2 * vab
    root = np.sqrt(max(middle**2 - square * (a**2 - t2 * vaa), 0.0))
    return (float((middle - root) / square), float((middle + root) / square))
