"""Fieller's interval of a ratio of two means."""

from collections.abc import Callable

import numpy as np
import scipy
from numpy.typing import ArrayLike

from coculture.comparison.statistics.contrasts import Contrast
from coculture.distributions import t_quantile

_FARTHEST = 1e6
"""A limit farther from the estimate than this many times its size is no limit."""


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
    vaa, vab, vbb = (
        float(((one - one.mean()) * (other - other.mean())).sum() / (n - 1) / n)
        for one, other in ((top, top), (top, bottom), (bottom, bottom))
    )
    t2 = t_quantile((1 + confidence) / 2, n - 1) ** 2
    square = b**2 - t2 * vbb
    if square <= 0:
        return unbounded
    middle = a * b - t2 * vab
    root = np.sqrt(max(middle**2 - square * (a**2 - t2 * vaa), 0.0))
    return (float((middle - root) / square), float((middle + root) / square))


def inverted_interval(
    left: Callable[[float], Contrast], ratio: float, confidence: float = 0.95
) -> tuple[float, float]:
    """The ratios that a test does not reject: Fieller's interval for any contrast.

    Parameters
    ----------
    left
        numerator - r x denominator for each ratio r, which is zero at the true ratio.
    ratio
        The estimate, at which it is zero.

    Returns
    -------
    The limits, both NaN if one of them is beyond `_FARTHEST` times the size of the estimate, as
    happens if the denominator is not significantly different from zero.
    """
    unbounded = (float("nan"), float("nan"))
    # At the ratio 0 or 1e-9 nothing else tells the scale; ratios of effects are near 1.
    step = max(abs(ratio), 1.0)
    if not np.isfinite(ratio) or not left(ratio).varies:
        return unbounded

    def beyond(at: float) -> float:
        """Negative inside the interval."""
        contrast = left(at)
        reach = t_quantile((1 + confidence) / 2, contrast.df) * contrast.se
        return abs(contrast.estimate) - float(reach)

    limits = []
    for side in (-1.0, 1.0):
        distance = step / 64
        while beyond(ratio + side * distance) < 0:
            distance *= 2
            if distance > _FARTHEST * step:
                return unbounded
        limits.append(float(scipy.optimize.brentq(beyond, ratio, ratio + side * distance)))
    return (limits[0], limits[1])
