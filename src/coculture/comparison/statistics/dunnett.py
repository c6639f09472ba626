"""Dunnett's comparison of several treatments with one control.

C. W. Dunnett, J. Am. Stat. Assoc. 50 (1955) 1096; for unequal numbers the correlations follow from
the design (Hochberg and Tamhane, Multiple Comparison Procedures, 1987, chapter 5).
"""

from functools import cache

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

_NODES = 240
_NEWTON_STEPS = 5
_DIGITS_OF_SAMPLING = 9
_ALMOST_ONE = 1 - 2.0**-53


def dunnett_p(t: ArrayLike, correlation: ArrayLike, df: float) -> NDArray[np.float64]:
    """Two-sided p of each t, adjusted for the whole family by the multivariate t.

    Parameters
    ----------
    t
        The k contrasts' t, each with the same residual variance of `df` degrees of freedom.
    correlation
        Their k x k correlation.

    Returns
    -------
    The probability that the largest of k correlated |t| exceeds each |t|, to about 1e-10 if
    the correlations are products r_ij = a_i a_j (every complete or nearly complete design), else
    to about 1e-6.

    Examples
    --------
    >>> dunnett_p([2.63, 0.0], [[1, 0.5], [0.5, 1]], df=14).round(4)
    array([0.036, 1.   ])
    """
    sizes = np.abs(np.asarray(t, dtype=float))
    matrix = np.asarray(correlation, dtype=float)
    loadings = _loadings(matrix)
    if loadings is None:
        tail = np.array([_tail_by_sampling(size, matrix, df) for size in sizes])
    else:
        tail = np.array([_tail_of_products(size, loadings, df) for size in sizes])
    alone = 2 * scipy.special.stdtr(df, -sizes)
    bounded: NDArray[np.float64] = np.clip(tail, alone, np.minimum(1.0, len(sizes) * alone))
    return bounded


def _loadings(matrix: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """a with r_ij = a_i a_j off the diagonal; None if there is none."""
    k = len(matrix)
    if k == 1:
        return np.zeros(1)
    if k == 2:
        size = np.sqrt(abs(matrix[0, 1]))
        return np.array([size, size * np.sign(matrix[0, 1] or 1)])
    other = ~np.eye(k, dtype=bool)
    if (matrix[other] <= 0).any():
        return None
    # ln r_ij = ln a_i + ln a_j: the sums over a row give ln a_i in closed form.
    logs = np.where(other, np.log(np.where(other, matrix, 1.0)), 0.0).sum(axis=1)
    loadings = np.exp((logs - logs.sum() / (2 * (k - 1))) / (k - 2))
    fits = np.allclose(np.outer(loadings, loadings)[other], matrix[other], atol=1e-10)
    return loadings if fits and (loadings < 1).all() else None


def _tail_of_products(size: float, loadings: NDArray[np.float64], df: float) -> float:
    """P(max |t_i| > size), integrated over the common factor and the residual variance."""
    node, weight = _gauss_legendre()
    common = 9 * node[:, None, None]
    common_weight = 9 * weight[:, None] * _normal_density(9 * node)[:, None]
    # Where chi-square leaves 1e-18 on either side, as a square root.
    lowest, highest = (
        np.sqrt(2 * scipy.special.gammaincinv(df / 2, 1e-18)),
        np.sqrt(2 * scipy.special.gammainccinv(df / 2, 1e-18)),
    )
    root = lowest + (highest - lowest) * (node + 1) / 2
    root_weight = weight * (highest - lowest) / 2 * _chi_density(root, df)
    bound = (size * root / np.sqrt(df))[None, :, None]
    own = np.sqrt(1 - loadings**2)
    outside = scipy.special.ndtr((-bound - loadings * common) / own) + scipy.special.ndtr(
        (-bound + loadings * common) / own
    )
    # 1 - product of (1 - outside), without losing small tails to rounding.
    exceeded = -np.expm1(np.log1p(-np.minimum(outside, _ALMOST_ONE)).sum(axis=2))
    return float((common_weight * exceeded * root_weight[None, :]).sum())


@cache
def _gauss_legendre() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights on -1 ... 1; cached because they take longer than the integral.

    The roots of the Legendre polynomial by Newton's method, from F. G. Tricomi's approximation.
    """
    node = np.cos(np.pi * (np.arange(_NODES, 0, -1) - 0.25) / (_NODES + 0.5))
    for _ in range(_NEWTON_STEPS):
        value, slope = _legendre(node)
        node = node - value / slope
    # The slope at the last nodes; the roots lie evenly around zero.
    node = (node - node[::-1]) / 2
    _, slope = _legendre(node)
    return node, 2 / ((1 - node**2) * slope**2)


def _legendre(at: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The Legendre polynomial of degree `_NODES`, and its derivative."""
    before, value = np.ones_like(at), at
    for degree in range(2, _NODES + 1):
        before, value = value, ((2 * degree - 1) * at * value - (degree - 1) * before) / degree
    return value, _NODES * (before - at * value) / (1 - at**2)


def _normal_density(value: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.exp(-(value**2) / 2) / np.sqrt(2 * np.pi))


def _chi_density(root: NDArray[np.float64], df: float) -> NDArray[np.float64]:
    """Density of the square root of a chi-square variable."""
    logs = (
        (df - 1) * np.log(root)
        - root**2 / 2
        - (df / 2 - 1) * np.log(2)
        - scipy.special.gammaln(df / 2)
    )
    return np.asarray(np.exp(logs))


def _tail_by_sampling(size: float, matrix: NDArray[np.float64], df: float) -> float:
    """P(max |t_i| > size) for any correlation, by seeded quasi-random integration (Genz)."""
    # Imported here because it takes a second and few designs need it.
    from scipy import stats

    box = np.full(len(matrix), size)
    inside = stats.multivariate_t.cdf(
        box,
        shape=matrix,
        df=df,  # type: ignore[arg-type]  # any positive number
        lower_limit=-box,
        allow_singular=True,
        maxpts=400_000,
        random_state=np.random.default_rng(20_040_101),
    )
    # To more digits than it has, so that they are the same on every processor.
    return round(float(1 - inside), _DIGITS_OF_SAMPLING)
