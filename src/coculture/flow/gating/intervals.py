"""Confidence intervals of counted fractions."""

import math

from coculture.distributions import normal_quantile


def wilson_interval(count: int, total: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a fraction (Wilson 1927), NaN if nothing was counted.

    >>> low, high = wilson_interval(10, 100)
    >>> round(low, 4), round(high, 4)
    (0.0552, 0.1744)
    >>> wilson_interval(0, 1286)[0], wilson_interval(1286, 1286)[1]
    (0.0, 1.0)
    """
    if total == 0:
        return math.nan, math.nan
    z = normal_quantile(0.5 + level / 2)
    share = count / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total**2)) / (1 + z * z / total)
    # Rounding would leave 2e-17 in place of 0.
    return (
        max(0.0, centre - half) if count else 0.0,
        min(1.0, centre + half) if count < total else 1.0,
    )
