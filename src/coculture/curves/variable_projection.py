"""Least squares for many sigmoid curves at once, by variable projection.

Given the shape (ln b, ln c, ln g), the best asymptotes A and D follow from a linear regression, so
only the shape is searched (Golub and Pereyra, Inverse Problems 19:R1, 2003): a grid gives the
starts, Levenberg-Marquardt refines them. Finite data never raise an error; a shape that diverges
stops at a bound, and the fit states it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from coculture.curves.grid_search import starting_shapes
from coculture.curves.levenberg_marquardt import refined
from coculture.curves.models import Floats, fractions
from coculture.curves.separable_problem import (
    Booleans,
    Indices,
    SeparableProblem,
    asymptotes,
    separable_problem,
    sum_over_wells,
)

_CURVES_AT_ONCE = 2048
"""To limit memory: the sums of squares over the 1,584 shapes of a 5PL grid then take 26 MB."""
_FIRST_STEPS = 3
_STILL_LEADING = 1.5
"""After so many steps, starts with a sum of squares above so many times the best are dropped."""
_MOST_STEPS = 300
"""Reached only by curves whose parameters are not determined."""


@dataclass(frozen=True)
class SigmoidFits:
    """Fits of n curves: asymptotes (n), shape (n x 2 or 3: ln b, ln c, ln g) and how it went.

    `at_bound` (n x 2 or 3) marks parts of the shape that stopped at a bound.
    """

    response_at_zero: Floats
    response_at_infinity: Floats
    shape: Floats
    sum_of_squares: Floats
    at_bound: Booleans


def fit_sigmoids(
    model: str,
    log_x: Floats,
    y: Floats,
    weight: Floats,
    fixed: Mapping[str, float],
    start: Floats | None = None,
) -> SigmoidFits:
    """Minimise sum w (y - f)^2 for each of n curves.

    Parameters
    ----------
    model
        4PL, 5PL_pos or 5PL_neg.
    log_x, y, weight
        n x p: ln concentration (minus infinity at zero), response, weight (0: absent).
    fixed
        Known parameters by name (A, D, b, c, g).
    start
        Shapes (n x q) to start from; without them the whole grid is searched.
    """
    log_x, y, weight, within = _replicates_joined(log_x, np.where(weight > 0, y, 0.0), weight)
    parts = [
        _fit(
            separable_problem(model, log_x[i], y[i], weight[i], fixed),
            None if start is None else start[i],
        )
        for i in _batches(len(y))
    ]
    joined = SigmoidFits(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in SigmoidFits.__dataclass_fields__
        )
    )
    return replace(joined, sum_of_squares=joined.sum_of_squares + within)


def _replicates_joined(
    log_x: Floats, y: Floats, weight: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Join the wells of each concentration to one, with their mean and the sum of their weights.

    The fourth value is the sum of squares within the replicates, by which the sum of squares of any
    curve differs. Wells are joined only if all curves have the same concentrations.
    """
    if not (log_x == log_x[:1]).all():
        return log_x, y, weight, np.zeros(len(y))
    levels, level = np.unique(log_x[0], return_inverse=True)
    member = np.equal.outer(level, np.arange(len(levels))).astype(float)
    total = weight @ member
    mean = (weight * y) @ member / np.where(total > 0, total, 1.0)
    within = sum_over_wells(weight, y - mean[:, level], y - mean[:, level])
    return np.broadcast_to(levels, total.shape), mean, total, within


def _batches(n: int) -> list[slice]:
    return [slice(i, i + _CURVES_AT_ONCE) for i in range(0, n, _CURVES_AT_ONCE)]


def _fit(problem: SeparableProblem, start: Floats | None) -> SigmoidFits:
    if start is None:
        curves, shapes = starting_shapes(problem)
    else:
        curves, shapes = np.arange(len(start)), start
    if len(curves) > len(problem.y):
        shapes, sums = refined(problem.take(curves), shapes, _FIRST_STEPS)
        leading = _leading(curves, sums, len(problem.y))
        curves, shapes = curves[leading], shapes[leading]
    shapes, sums = refined(problem.take(curves), shapes, _MOST_STEPS)
    best = _best_of_each(curves, sums, len(problem.y))
    shape = shapes[best]
    a, d = asymptotes(problem, fractions(problem.model, problem.log_x, shape))
    free = problem.lower < problem.upper
    at_bound = free & ((shape <= problem.lower) | (shape >= problem.upper))
    return SigmoidFits(a, d, shape, sums[best], at_bound)


def _leading(curves: Indices, sums: Floats, n: int) -> Indices:
    """Starts that may still end best: near the best sum of squares of their curve, each once."""
    best = sums[_best_of_each(curves, sums, n)]
    near = sums <= _STILL_LEADING * best[curves] + 1e-300
    # Starts with sums of squares that agree to nine digits have reached the same minimum.
    met = np.round(np.log(np.maximum(sums, 1e-300)), 9)
    _, first = np.unique(np.column_stack([curves, met]), axis=0, return_index=True)
    near &= np.isin(np.arange(len(curves)), first)
    leading: Indices = np.flatnonzero(near)
    return leading


def _best_of_each(curves: Indices, sums: Floats, n: int) -> Indices:
    """Index of the smallest sum of squares of each of n curves."""
    order = np.lexsort((sums, curves))
    first = np.searchsorted(curves[order], np.arange(n))
    best: Indices = order[first]
    return best
