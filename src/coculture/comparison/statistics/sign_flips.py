"""The sign-flip test: what signs the values of the experiments could have had by chance.

If nothing differs, each value is as likely with the other sign (R. A. Fisher, The Design of
Experiments, 1935, section 21). The p is the share of all 2^n combinations whose mean is at least as
far on the claimed side. It needs no normal distribution, but symmetry, and with n experiments it
cannot be below 2^-n.
"""

import numpy as np
from numpy.typing import NDArray

MOST_EXACT = 20
"""Values of which all combinations are tried: a million. Of more, that many are drawn."""
_SEED = 17
_SAME = 1e-9
"""Sums that differ by less than this share are the same but for rounding."""


def floor(n: int) -> float:
    """The smallest p that `n` experiments can give.

    >>> floor(3)
    0.125
    """
    return 2.0**-n


def sign_flip_p(values: NDArray[np.float64], *, is_greater: bool) -> float:
    """One-sided p of the mean being above zero, or below it.

    Parameters
    ----------
    values
        One for each experiment, with the margin subtracted, shape (n,).

    Examples
    --------
    >>> sign_flip_p(np.array([2.0, 1.0, 3.0]), is_greater=True)
    0.125
    """
    signed = values if is_greater else -values
    size = np.abs(signed)
    observed = float(signed.sum())
    least = observed - _SAME * float(size.sum())
    if len(size) <= MOST_EXACT:
        sums = np.zeros(1)
        for one in size:
            sums = np.concatenate([sums + one, sums - one])
        return float(np.count_nonzero(sums >= least) / len(sums))
    draws = 2**MOST_EXACT
    chance = np.random.default_rng(_SEED)
    sums = np.zeros(draws)
    for one in size:
        sums += one * chance.choice((-1.0, 1.0), draws)
    return float((np.count_nonzero(sums >= least) + 1) / (draws + 1))
