"""Starting shapes for a sigmoid fit: the best local minima of a grid of shapes.

There are two grids. The quick one has so many shapes and starts that it finds the best fit of usual
standards; the thorough one follows the concentrations of the standards, so that no step between two
of them is missed, and the half-way point instead of c, which in a 5PL lies far from the wells.
"""

from dataclasses import dataclass

import numpy as np
import scipy

from coculture.curves.models import Floats, fractions
from coculture.curves.separable_problem import (
    Indices,
    SeparableProblem,
    centred_fraction,
)
from coculture.linear_algebra import product

_WORTH_A_START = 10.0
"""A start whose sum of squares is more than this many times the best one is not refined."""
_QUICK_SLOPES = np.geomspace(0.4, 100, 12)
"""Times the range of ln x."""
_QUICK_MIDPOINTS = np.linspace(-0.6, 2.2, 22)
"""In ranges of ln x, from its lower end."""
_QUICK_ASYMMETRIES = np.linspace(-2.5, 2.5, 6)
"""Of ln g."""
_THOROUGH_SLOPES = np.geomspace(0.1, 400, 12)
_THOROUGH_ASYMMETRIES = np.linspace(-6, 6, 7)
_BELOW = np.array([-2.5, -1.5, -0.8, -0.4, -0.15])
_ABOVE = np.array([1.1, 1.25, 1.5, 1.9, 2.5, 3.4])
"""Half-way points outside the standards, in ranges of ln x from its lower end."""
_WITHIN_GAPS = (0.1, 0.5, 0.9)
"""Half-way points between two concentrations, as shares of their distance."""


@dataclass(frozen=True)
class Grid:
    """Shapes to try.

    Attributes
    ----------
    starts
        For each curve at most. With 4 of the quick grid, benchmarks/elisa_hard_curves.py finds
        every best fit; with 24 more of the thorough one, benchmarks/elisa_odd_curves.py does.
    thorough
        Whether it is the thorough one.
    """

    starts: int
    thorough: bool


QUICK = Grid(4, False)
THOROUGH = Grid(24, True)


def starting_shapes(problem: SeparableProblem, grid: Grid) -> tuple[Indices, Floats]:
    """The best local minima of each curve's grid: curve and shape of each start."""
    rows, group = np.unique(
        np.concatenate([problem.log_x, problem.lower, problem.upper], axis=1),
        axis=0,
        return_inverse=True,
    )
    curves, starts = [], []
    for i in range(len(rows)):
        members = np.flatnonzero(group.reshape(-1) == i)
        of_group, shapes = _local_minima(problem.take(members), grid)
        curves.append(members[of_group])
        starts.append(shapes)
    return np.concatenate(curves), np.concatenate(starts)


def _local_minima(problem: SeparableProblem, grid: Grid) -> tuple[Indices, Floats]:
    """Those of curves of the same concentrations and bounds."""
    shapes, size = _shapes(problem, grid)
    n = len(problem.y)
    sums = _grid_sums(problem, shapes)
    cube = sums.reshape(n, *size)
    local = cube <= scipy.ndimage.minimum_filter(cube, size=(1, *(3,) * len(size)), mode="nearest")
    candidates = np.where(local.reshape(n, -1), sums, np.inf)
    order = np.argsort(candidates, axis=1, kind="stable")[:, : grid.starts]
    ordered = np.take_along_axis(candidates, order, axis=1)
    # A sharp valley between the shapes of a grid may hold the best fit of exact data.
    worth = np.inf if grid.thorough else _WORTH_A_START * ordered[:, :1] + 1e-300
    keep = (ordered <= worth) & np.isfinite(ordered)
    keep[:, 0] = True
    curves, column = np.nonzero(keep)
    return curves, shapes[order[curves, column]]


def _shapes(problem: SeparableProblem, grid: Grid) -> tuple[Floats, tuple[int, ...]]:
    """Shapes (m x q) to try for curves of the same concentrations, and the grid's size."""
    levels = np.unique(problem.log_x[0][np.isfinite(problem.log_x[0])])
    lowest = levels[0] if len(levels) else 0.0
    span = levels[-1] - lowest if len(levels) > 1 else 1.0
    if grid.thorough:
        gaps = [levels[:-1] + share * np.diff(levels) for share in _WITHIN_GAPS]
        outside = lowest + span * np.concatenate([_BELOW, _ABOVE])
        midpoints = np.unique(np.concatenate([levels, outside, *gaps]))
        axes = [np.log(_THOROUGH_SLOPES / span), midpoints, _THOROUGH_ASYMMETRIES]
    else:
        axes = [np.log(_QUICK_SLOPES / span), lowest + _QUICK_MIDPOINTS * span, _QUICK_ASYMMETRIES]
    lower, upper = problem.lower[0], problem.upper[0]
    axes = axes[: len(lower)]
    axes = [np.unique(np.clip(axis, lower[i], upper[i])) for i, axis in enumerate(axes)]
    mesh = np.meshgrid(*axes, indexing="ij")
    shapes = np.stack([m.ravel() for m in mesh], axis=1)
    if grid.thorough and len(lower) == 3 and lower[1] < upper[1]:
        shapes[:, 1] -= half_way_exponents(problem.model, shapes[:, 2]) / np.exp(shapes[:, 0])
        shapes = np.clip(shapes, lower, upper)
    return shapes, mesh[0].shape


def half_way_exponents(model: str, log_g: Floats) -> Floats:
    """b (ln x - ln c) at which a 5PL of asymmetry g is half-way between its asymptotes."""
    # ln(e^z - 1) = z + ln(1 - e^-z), which does not overflow where g is small.
    z = np.log(2) / np.exp(log_g)
    exponent: Floats = z + np.log(-np.expm1(-z))
    return exponent if model == "5PL_pos" else -exponent


def _grid_sums(problem: SeparableProblem, grid: Floats) -> Floats:
    """Weighted sum of squares (n x m) of each curve at each shape, by sums over the wells."""
    at = fractions(problem.model, problem.log_x[:1], grid)
    w, y = problem.weight, problem.y
    a, d = problem.fixed.get("A"), problem.fixed.get("D")
    if a is None and d is None:
        # Centred responses keep the differences of large sums exact enough to rank shapes.
        total = w.sum(axis=1, keepdims=True)
        y = y - (w * y).sum(axis=1, keepdims=True) / total
        ones = np.ones_like(at.left)
        h = centred_fraction(at, ones, ones.sum(axis=1))
        across = np.maximum(product(w, (h**2).T) - product(w, h.T) ** 2 / total, 1e-280)
    elif a is not None and d is not None:
        y, h = y - d, at.left * (a - d)
        both = product(w, (h**2).T) - 2 * product(w * y, h.T)
        whole: Floats = (w * y**2).sum(axis=1, keepdims=True) + both
        return whole
    else:
        y, h = (y - a, at.risen) if a is not None else (y - (d or 0), at.left)
        across = np.maximum(product(w, (h**2).T), 1e-280)
    sums: Floats = (w * y**2).sum(axis=1, keepdims=True) - product(w * y, h.T) ** 2 / across
    return sums
