"""The part of a sigmoid fit that a linear regression solves: the asymptotes of given shapes.

A response is linear in the asymptotes A and D once the shape (ln b, ln c, ln g) is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from coculture.curves.models import Floats, Fractions
from coculture.linear_algebra import product

_SLOPE_BOUNDS = (0.02, 500.0)
"""Times the range of ln x: from a curve that is straight over the range to a step inside it."""
_MIDPOINT_BOUNDS = (-3.0, 4.0)
"""In ranges of ln x, from its lower end: three ranges below the wells to three above them."""
_ASYMMETRY_BOUNDS = (-7.0, 7.0)
"""Of ln g: a thousandfold to each side; beyond it the shape no longer changes."""
_SMALLEST_DENOMINATOR = 1e-280
"""Below it a ratio may overflow; it is then 0."""

Indices = NDArray[np.intp]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class SeparableProblem:
    """n curves of p wells (weight 0: no well) with bounds of the shape (n x q)."""

    model: str
    log_x: Floats
    y: Floats
    weight: Floats
    fixed: Mapping[str, float]
    lower: Floats
    upper: Floats

    @cached_property
    def total_weight(self) -> Floats:
        """Sum of the weights of each curve (n)."""
        total: Floats = self.weight.sum(axis=1)
        return total

    @cached_property
    def weighted_responses(self) -> Floats:
        """Sum of weight times response of each curve (n)."""
        return sum_over_wells(self.weight, self.y)

    def take(self, curves: Indices) -> "SeparableProblem":
        """The problem of some of the curves."""
        return replace(
            self,
            log_x=self.log_x[curves],
            y=self.y[curves],
            weight=self.weight[curves],
            lower=self.lower[curves],
            upper=self.upper[curves],
        )


def separable_problem(
    model: str,
    log_x: Floats,
    y: Floats,
    weight: Floats,
    fixed: Mapping[str, float],
    limits: Mapping[str, tuple[float, float]] = MappingProxyType({}),
) -> SeparableProblem:
    """The problem with the bounds of its shape; those of a fixed parameter are equal.

    `limits` has the lowest and the highest b, c or g that is allowed, in place of the wide bounds
    that only keep a search from diverging.
    """
    lowest, span = range_of(log_x, weight)
    bounds = [
        (np.log(_SLOPE_BOUNDS[0] / span), np.log(_SLOPE_BOUNDS[1] / span)),
        (lowest + _MIDPOINT_BOUNDS[0] * span, lowest + _MIDPOINT_BOUNDS[1] * span),
        tuple(np.full_like(span, bound) for bound in _ASYMMETRY_BOUNDS),
    ][: 2 if model == "4PL" else 3]
    for i, name in enumerate("bcg"[: len(bounds)]):
        if name in limits:
            low, high = np.log(limits[name])
            bounds[i] = (np.full_like(span, low), np.full_like(span, high))
        if name in fixed:
            known = np.full_like(span, np.log(fixed[name]))
            bounds[i] = (known, known)
    lower, upper = (np.stack([pair[side] for pair in bounds], axis=1) for side in (0, 1))
    return SeparableProblem(model, log_x, y, weight, fixed, lower, upper)


def range_of(log_x: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Lowest ln x of a concentration above zero, and the range from it (1 for a single level)."""
    used = (weight > 0) & np.isfinite(log_x)
    lowest = np.min(np.where(used, log_x, np.inf), axis=1)
    highest = np.max(np.where(used, log_x, -np.inf), axis=1)
    lowest = np.where(np.isfinite(lowest), lowest, 0.0)
    span = np.where(highest > lowest, highest - lowest, 1.0)
    return lowest, span


def centred_fraction(at: Fractions, weight: Floats, total: Floats) -> Floats:
    """h minus its weighted mean (n x p), from the smaller of h and 1 - h, which is exact.

    `total` is the sum of the weights of each curve (n).
    """
    small = np.where(at.is_near_zero[:, None], -at.risen, at.left)
    centred: Floats = small - (sum_over_wells(weight, small) / total)[:, None]
    return centred


_SUMS = {2: "np,np->n", 3: "np,np,np->n"}


def sum_over_wells(*factors: Floats) -> Floats:
    """Sum over the wells of a product of two or three n x p arrays."""
    total: Floats = np.einsum(_SUMS[len(factors)], *factors)
    return total


def asymptotes(problem: SeparableProblem, at: Fractions) -> tuple[Floats, Floats]:
    """The best A and D (n) for fractions (n x p)."""
    w, y = problem.weight, problem.y
    a, d = problem.fixed.get("A"), problem.fixed.get("D")
    if a is None and d is None:
        total, of_y = problem.total_weight, problem.weighted_responses
        centred = centred_fraction(at, w, total)
        weighted = w * centred
        span = _ratio(sum_over_wells(weighted, y), sum_over_wells(weighted, centred))
        # From the asymptote near the wells: the difference of two distant ones would not be exact.
        near_zero = at.is_near_zero
        at_zero = (of_y + span * sum_over_wells(w, at.risen)) / total
        at_infinity = (of_y - span * sum_over_wells(w, at.left)) / total
        return (
            np.where(near_zero, at_zero, at_infinity + span),
            np.where(near_zero, at_zero - span, at_infinity),
        )
    known = np.ones(len(y))
    if a is None and d is not None:
        span = _ratio(sum_over_wells(w, at.left, y - d), sum_over_wells(w, at.left, at.left))
        return d + span, d * known
    if d is None and a is not None:
        span = _ratio(sum_over_wells(w, at.risen, y - a), sum_over_wells(w, at.risen, at.risen))
        return a * known, a + span
    return float(a or 0) * known, float(d or 0) * known


def residuals_and_span(problem: SeparableProblem, at: Fractions) -> tuple[Floats, Floats]:
    """Response minus curve (n x p), and A - D (n)."""
    a, d = asymptotes(problem, at)
    near_zero = at.is_near_zero[:, None]
    span = (a - d)[:, None]
    fitted = np.where(near_zero, a[:, None] - span * at.risen, d[:, None] + span * at.left)
    return problem.y - fitted, a - d


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    usable = denominator > _SMALLEST_DENOMINATOR
    ratio: Floats = np.where(usable, numerator / np.where(usable, denominator, 1.0), 0.0)
    return ratio


def without_asymptotes(problem: SeparableProblem, at: Fractions, rows: Floats) -> Floats:
    """Rows (n x q x p) minus their projection on the space that A and D span."""
    w = problem.weight
    if "A" in problem.fixed and "D" in problem.fixed:
        return rows
    if "A" in problem.fixed:
        basis = at.risen
    elif "D" in problem.fixed:
        basis = at.left
    else:
        total = problem.total_weight
        rows = rows - product(rows, w[:, :, None]) / total[:, None, None]
        basis = centred_fraction(at, w, total)
    weighted = w * basis
    explained = product(rows, weighted[:, :, None])[:, :, 0]
    along = _ratio(explained, sum_over_wells(weighted, basis)[:, None])
    projected: Floats = rows - along[:, :, None] * basis[:, None, :]
    return projected
