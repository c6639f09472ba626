"""Least squares for many sigmoid curves at once, by variable projection.

Given the shape (ln b, ln c, ln g), the best asymptotes A and D follow from a linear regression, so
only the shape is searched (Golub and Pereyra, Inverse Problems 19:R1, 2003): a grid gives the
starts, Levenberg-Marquardt refines them. Finite data never raise an error; a shape that diverges
stops at a bound, and the fit states it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from coculture.curves.grid_search import (
    QUICK,
    THOROUGH,
    Grid,
    half_way_exponents,
    starting_shapes,
)
from coculture.curves.levenberg_marquardt import refined
from coculture.curves.models import Floats, fractions
from coculture.curves.separable_problem import (
    Booleans,
    Indices,
    SeparableProblem,
    asymptotes,
    range_of,
    separable_problem,
    sum_over_wells,
)
from coculture.linear_algebra import product

_CURVES_AT_ONCE = 2048
"""To limit memory: the sums of squares over the 1,584 shapes of a 5PL grid then take 26 MB."""
_THOROUGH_AT_ONCE = 128
_USUAL_SHARE, _USUAL_HALF_WAY, _USUAL_STEEPNESS, _USUAL_SPAN, _USUAL_LEVELS = 0.03, 1.3, 2.5, 5.0, 5
"""Of usual standards: the unexplained share of the variation, the half-way point in ranges of ln x
from the lowest level, the slope b times the largest step of ln x, the distance of the asymptotes in
ranges of the responses, and the levels above zero. Of 1,500 odd curves, the quick search missed the
best fit of 11, none of them usual by these limits (benchmarks/elisa_odd_curves.py)."""
_MOST_STEPS = 300
"""Reached only by curves whose parameters are not determined."""


@dataclass(frozen=True)
class _Round:
    """So many steps of all starts; then some are dropped.

    Those stay whose sum of squares is at most `leading` times the best of their curve, and of these
    the `most` best.
    """

    steps: int
    leading: float
    most: int


_QUICK_ROUNDS = (_Round(3, 1.5, QUICK.starts),)
_THOROUGH_ROUNDS = (_Round(8, 1e12, 8), _Round(30, 10.0, 3))
"""Starts in the narrow valleys of a 5PL need many steps before their sums of squares can be
compared."""


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

    def take(self, curves: Indices) -> "SigmoidFits":
        """Some of the curves."""
        return SigmoidFits(*(getattr(self, name)[curves] for name in self.__dataclass_fields__))

    def replaced(self, curves: Indices, by: "SigmoidFits") -> "SigmoidFits":
        """With some of the curves as in `by`."""
        arrays = [getattr(self, name).copy() for name in self.__dataclass_fields__]
        for array, name in zip(arrays, self.__dataclass_fields__, strict=True):
            array[curves] = getattr(by, name)
        return SigmoidFits(*arrays)


def fit_sigmoids(
    model: str,
    log_x: Floats,
    y: Floats,
    weight: Floats,
    fixed: Mapping[str, float],
    start: Floats | None = None,
    limits: Mapping[str, tuple[float, float]] = MappingProxyType({}),
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
    limits
        The lowest and the highest b, c or g that is allowed, by name.
    """
    log_x, y, weight, within = _replicates_joined(log_x, np.where(weight > 0, y, 0.0), weight)

    def of(curves: slice | Indices) -> SeparableProblem:
        return separable_problem(model, log_x[curves], y[curves], weight[curves], fixed, limits)

    if start is not None:
        parts = [_refined(of(i), start[i]) for i in _batches(len(y), _CURVES_AT_ONCE)]
        fits = _joined(parts)
    else:
        searched = [_searched_quickly(of(i)) for i in _batches(len(y), _CURVES_AT_ONCE)]
        fits = _joined([part for part, _ in searched])
        doubtful = np.flatnonzero(np.concatenate([doubt for _, doubt in searched]))
        for i in _batches(len(doubtful), _THOROUGH_AT_ONCE):
            fits = _searched_thoroughly(of(doubtful[i]), doubtful[i], fits)
    return replace(fits, sum_of_squares=fits.sum_of_squares + within)


def _joined(parts: list[SigmoidFits]) -> SigmoidFits:
    return SigmoidFits(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in SigmoidFits.__dataclass_fields__
        )
    )


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
    total = product(weight, member)
    mean = product(weight * y, member) / np.where(total > 0, total, 1.0)
    within = sum_over_wells(weight, y - mean[:, level], y - mean[:, level])
    return np.broadcast_to(levels, total.shape), mean, total, within


def _batches(n: int, size: int) -> list[slice]:
    return [slice(i, i + size) for i in range(0, n, size)]


def _refined(problem: SeparableProblem, start: Floats) -> SigmoidFits:
    return _fits(problem, *refined(problem, start, _MOST_STEPS))


def _searched_quickly(problem: SeparableProblem) -> tuple[SigmoidFits, Booleans]:
    """The fits, and which of them a thorough search may improve."""
    fits = _fits(problem, *_searched(problem, QUICK))
    return fits, _may_not_be_best(problem, fits)


def _searched_thoroughly(
    problem: SeparableProblem, curves: Indices, fits: SigmoidFits
) -> SigmoidFits:
    """All fits, with those of some curves, whose problem is given, replaced by better ones."""
    shapes, sums = _searched(problem, THOROUGH)
    better = np.flatnonzero(sums < fits.sum_of_squares[curves])
    found = _fits(problem.take(better), shapes[better], sums[better])
    return fits.replaced(curves[better], found)


def _may_not_be_best(problem: SeparableProblem, fits: SigmoidFits) -> Booleans:
    """Which curves do not look like usual standards, so that the quick search may miss the best."""
    log_x, present = problem.log_x, problem.weight > 0
    lowest, span = range_of(log_x, problem.weight)
    half_way = fits.shape[:, 1].copy()
    if problem.model != "4PL":
        half_way += half_way_exponents(problem.model, fits.shape[:, 2]) / np.exp(fits.shape[:, 0])
    levels = np.sort(np.where(present & np.isfinite(log_x), log_x, np.nan), axis=1)
    steps = np.nan_to_num(np.diff(levels, axis=1), nan=0.0)
    steepness = np.exp(fits.shape[:, 0]) * steps.max(axis=1, initial=0.0)
    total = problem.weight.sum(axis=1)
    mean = sum_over_wells(problem.weight, problem.y) / total
    variation = sum_over_wells(problem.weight, (problem.y - mean[:, None]) ** 2)
    y = np.where(present, problem.y, mean[:, None])
    reach = np.ptp(y, axis=1)
    usual = (
        ~fits.at_bound.any(axis=1)
        & (fits.sum_of_squares <= _USUAL_SHARE * variation)
        & (half_way >= lowest - 0.1 * span)
        & (half_way <= lowest + _USUAL_HALF_WAY * span)
        & (steepness <= _USUAL_STEEPNESS)
        & (np.abs(fits.response_at_infinity - fits.response_at_zero) <= _USUAL_SPAN * reach)
        & ((steps > 0).sum(axis=1) >= _USUAL_LEVELS - 1)
    )
    doubtful: Booleans = ~usual
    return doubtful


def _searched(problem: SeparableProblem, grid: Grid) -> tuple[Floats, Floats]:
    """The best shape of each curve from the starts of a grid, and its sum of squares."""
    n = len(problem.y)
    curves, shapes = starting_shapes(problem, grid)
    for one in _THOROUGH_ROUNDS if grid.thorough else _QUICK_ROUNDS:
        if len(curves) == n:
            break
        shapes, sums = refined(problem.take(curves), shapes, one.steps)
        leading = _leading(curves, sums, n, one)
        curves, shapes = curves[leading], shapes[leading]
    shapes, sums = refined(problem.take(curves), shapes, _MOST_STEPS)
    best = _best_of_each(curves, sums, n)
    return shapes[best], sums[best]


def _fits(problem: SeparableProblem, shape: Floats, sums: Floats) -> SigmoidFits:
    a, d = asymptotes(problem, fractions(problem.model, problem.log_x, shape))
    free = problem.lower < problem.upper
    at_bound = free & ((shape <= problem.lower) | (shape >= problem.upper))
    return SigmoidFits(a, d, shape, sums, at_bound)


def _leading(curves: Indices, sums: Floats, n: int, after: _Round) -> Indices:
    """Starts that may still end best: near the best sum of squares of their curve, each once."""
    best = sums[_best_of_each(curves, sums, n)]
    near = sums <= after.leading * best[curves] + 1e-300
    # Starts with sums of squares that agree to nine digits have reached the same minimum.
    met = np.round(np.log(np.maximum(sums, 1e-300)), 9)
    _, first = np.unique(np.column_stack([curves, met]), axis=0, return_index=True)
    near &= np.isin(np.arange(len(curves)), first)
    left = np.flatnonzero(near)
    left = left[np.lexsort((sums[left], curves[left]))]
    place = np.arange(len(left)) - np.searchsorted(curves[left], curves[left])
    leading: Indices = np.sort(left[place < after.most])
    return leading


def _best_of_each(curves: Indices, sums: Floats, n: int) -> Indices:
    """Index of the smallest sum of squares of each of n curves."""
    order = np.lexsort((sums, curves))
    first = np.searchsorted(curves[order], np.arange(n))
    best: Indices = order[first]
    return best
