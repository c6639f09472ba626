"""Exact rank tests for small numbers of patients."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

EXACT_PERMUTATIONS = 12
"""Up to this number of patients all permutations are counted; above it, a seeded sample of them."""
SAMPLED_PERMUTATIONS = 200_000


def signed_rank_p(differences: Sequence[Fraction]) -> float:
    """Exact two-sided p of Wilcoxon's signed-rank test, zeros dropped, ties at mid-ranks.

    F. Wilcoxon, Biometrics Bull. 1 (1945) 80. The distribution is taken over all sign patterns of
    the actual ranks, so it is exact with ties. NaN if all differences are zero.

    >>> signed_rank_p([Fraction(-k) for k in range(1, 8)])
    0.015625
    """
    kept = [difference for difference in differences if difference != 0]
    if not kept:
        return float("nan")
    # Ranked exactly: 0.3 - 0.1 and 0.2 tie, which floating point would break.
    order = sorted({abs(difference) for difference in kept})
    ranks = _ranks([order.index(abs(difference)) for difference in kept])
    doubled = np.rint(2 * ranks).astype(int)
    counts = np.zeros(doubled.sum() + 1)
    counts[0] = 1
    for rank in doubled:
        counts[rank:] = counts[rank:] + counts[:-rank]
    positive = sum(
        int(rank) for rank, difference in zip(doubled, kept, strict=True) if difference > 0
    )
    smaller = min(positive, int(doubled.sum()) - positive)
    return float(min(1.0, 2 * counts[: smaller + 1].sum() / counts.sum()))


def spearman(first: Sequence[float], second: Sequence[float]) -> tuple[float, float, str]:
    """Spearman's rho, its two-sided permutation p, and the method of the p.

    Up to 12 pairs every permutation of the actual (tied) ranks is counted; above that a seeded
    sample of 200,000. NaN with fewer than three pairs or if one variable is constant.

    >>> rho, p, how = spearman([1, 2, 3, 4], [10, 20, 30, 40])
    >>> rho, round(p, 4), how
    (1.0, 0.0833, 'exact')
    """
    x, y = _ranks(first), _ranks(second)
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan"), float("nan"), ""
    rho = float(np.corrcoef(x, y)[0, 1])
    twice_x, twice_y = np.rint(2 * x).astype(int), np.rint(2 * y).astype(int)
    centre = int(twice_x.sum()) * int(twice_y.sum()) / len(x)
    reached = abs(int(twice_x @ twice_y) - centre) - 1e-9
    if len(x) <= EXACT_PERMUTATIONS:
        counts = _rank_product_counts(twice_x, twice_y)
        extreme = np.abs(np.arange(len(counts)) - centre) >= reached
        return rho, float(counts[extreme].sum() / counts.sum()), "exact"
    rng = np.random.default_rng(19_040_101)
    shuffled = rng.permuted(np.tile(twice_y, (SAMPLED_PERMUTATIONS, 1)), axis=1)
    extreme = np.abs(shuffled @ twice_x - centre) >= reached
    # The observed order is one of the permutations, so p is never zero.
    return rho, float((extreme.sum() + 1) / (SAMPLED_PERMUTATIONS + 1)), "sampled permutations"


def _ranks(values: Sequence[float]) -> NDArray[np.float64]:
    """Ranks from 1; tied values get their mean rank."""
    return np.asarray(pd.Series(values, dtype=float).rank(), dtype=float)


def _rank_product_counts(x: NDArray[np.int_], y: NDArray[np.int_]) -> NDArray[np.float64]:
    """The number of permutations of y that give each value of sum(x * y), over subsets of y."""
    largest = int(np.sort(x) @ np.sort(y))
    counts = {0: np.zeros(largest + 1)}
    counts[0][0] = 1
    for rank in x:
        longer: dict[int, NDArray[np.float64]] = {}
        for used, sums in counts.items():
            for place, other in enumerate(y):
                if used >> place & 1:
                    continue
                target = longer.setdefault(used | 1 << place, np.zeros(largest + 1))
                step = int(rank * other)
                target[step:] += sums[: largest + 1 - step]
        counts = longer
    return counts[(1 << len(y)) - 1]
