"""Holm's step-down correction for several tests."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Holm-adjusted p values (S. Holm, Scand. J. Stat. 6 (1979) 65); NaN are not counted as tests.

    Results above 1 are kept: with p divided by its own level, a finding is shown if the result is
    at most 1.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(3)
    array([0.03, 0.06, 0.06])
    """
    given = np.asarray(p, dtype=float)
    adjusted = np.full(given.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(given))
    order = tested[np.argsort(given[tested], kind="stable")]
    steps = given[order] * (len(order) - np.arange(len(order)))
    adjusted[order] = np.maximum.accumulate(steps)
    return adjusted
