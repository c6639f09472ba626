"""The models of dose-response and standard curves: 4PL, 5PL and the log-log line.

A response y at concentration x is a mixture of the two asymptotes,

    y = A h(x) + D (1 - h(x)),

where A is the response at zero, D the response at infinity, and h the share of A:

    4PL      h = 1 / (1 + (x/c)^b)
    5PL_pos  h = 1 / (1 + (x/c)^b)^g          so y = D + (A - D) / (1 + (x/c)^b)^g
    5PL_neg  h = 1 - 1 / (1 + (x/c)^-b)^g     so y = A + (D - A) / (1 + (x/c)^-b)^g

with slope b > 0, mid-point c and asymmetry g; a falling curve has A > D. The log-log line is
ln y = intercept + slope ln x.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PARAMETERS = {
    "4PL": ("A", "D", "b", "c"),
    "5PL_pos": ("A", "D", "b", "c", "g"),
    "5PL_neg": ("A", "D", "b", "c", "g"),
    "log_log": ("intercept", "slope"),
}
_LARGEST_EXPONENT = 1e6
"""In place of infinity, at a concentration of zero. The bounds of a search allow 3,500 elsewhere;
at 500, a 5PL with an asymmetry of a thousandth has not yet reached its response at zero."""


def logarithm(concentration: Floats) -> Floats:
    """ln x, minus infinity at zero."""
    with np.errstate(divide="ignore"):
        logs: Floats = np.log(concentration)
    return logs


@dataclass(frozen=True)
class Fractions:
    """`left` is h and `risen` is 1 - h. Both are stored, because each is exact where it is small.

    `by_shape` holds the derivatives of h with respect to ln b, ln c and (5PL) ln g, as the axis
    before the last (n x q x p for n curves of p wells).
    """

    left: Floats
    risen: Floats
    by_shape: Floats

    @cached_property
    def is_near_zero(self) -> NDArray[np.bool_]:
        """Whether a curve's wells lie nearer to its asymptote at zero, shape (n)."""
        near: NDArray[np.bool_] = self.risen.mean(axis=1) < 0.5
        return near


def fractions(model: str, log_x: Floats, shape: Floats) -> Fractions:
    """The curve's fractions at each ln x.

    Parameters
    ----------
    log_x
        Of any shape that broadcasts with `shape[..., 0]` and one more axis behind.
    shape
        ln b, ln c and (5PL) ln g along the last axis: (2,) or (3,) for one curve and any `log_x`,
        n x 2 or n x 3 for n curves and `log_x` n x p or 1 x p.
    """
    log_b, log_c, *rest = (
        np.moveaxis(shape, -1, 0) if shape.ndim == 1 else np.moveaxis(shape[:, None, :], -1, 0)
    )
    b = np.exp(log_b)
    u = np.clip(b * (log_x - log_c), -_LARGEST_EXPONENT, _LARGEST_EXPONENT)
    if model == "4PL":
        left, risen = scipy.special.expit(-u), scipy.special.expit(u)
        by_u = -left * risen
        return Fractions(left, risen, np.stack([by_u * u, -by_u * b], axis=-2))
    g = np.exp(rest[0])
    if model == "5PL_pos":
        softplus = np.logaddexp(0, u)
        left, risen = np.exp(-g * softplus), -np.expm1(-g * softplus)
        by_u = -g * scipy.special.expit(u) * left
        by_g = -g * softplus * left
    else:
        softplus = np.logaddexp(0, -u)
        left, risen = -np.expm1(-g * softplus), np.exp(-g * softplus)
        by_u = -g * scipy.special.expit(-u) * risen
        by_g = g * softplus * risen
    return Fractions(left, risen, np.stack([by_u * u, -by_u * b, by_g], axis=-2))


def exponent_at(model: str, left: Floats, risen: Floats, g: float) -> Floats:
    """b (ln x - ln c) at which the fractions are `left` and `risen`: the inverse of `fractions`."""
    exponent: Floats
    if model == "4PL":
        exponent = np.log(risen) - np.log(left)
    elif model == "5PL_pos":
        exponent = np.log(np.expm1(-np.log(left) / g))
    else:
        exponent = -np.log(np.expm1(-np.log(risen) / g))
    return exponent
