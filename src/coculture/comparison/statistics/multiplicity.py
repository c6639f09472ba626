"""Corrections for several tests: Holm's step-down, and tests in an order that was stated."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Holm-adjusted p values (S. Holm, Scand. J. Stat. 6 (1979) 65); NaN are not counted as tests.

    Results above 1 are kept: with p divided by its own level, a finding is shown if the result is
    at most 1. With p / level of each test, the chance of any false result is at most the mean level
    of the false ones, so at most the largest. An infinite value counts as a test that fails.

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


def in_stated_order(ratios: ArrayLike) -> NDArray[np.float64]:
    """Of tests in the order in which they were stated: the largest p / level up to each.

    Each is tested at its full level until the first fails; all after it fail too (W. Maurer,
    L. A. Hothorn and W. Lehmacher, in J. Vollmar (ed.), Biometrie in der chemisch-pharmazeutischen
    Industrie 6 (1995) 3). This holds its level only if the order was stated before the data were
    seen.

    >>> in_stated_order([0.5, 1.2, 0.1])
    array([0.5, 1.2, 1.2])
    """
    return np.maximum.accumulate(np.asarray(ratios, dtype=float))
