"""Starting shapes for a sigmoid fit: the best local minima of a grid of shapes."""

import numpy as np
import scipy

from coculture.curves.models import Floats, fractions
from coculture.curves.separable_problem import (
    Indices,
    SeparableProblem,
    centred_fraction,
    range_of,
)

_STARTS = 4
"""For each curve at most. With so many, benchmarks/elisa_hard_curves.py finds every best fit."""
_WORTH_A_START = 10.0
"""A start whose sum of squares is more than this many times the best one is not refined."""
_GRID_SLOPES = np.geomspace(0.4, 100, 12)
"""Times the range of ln x."""
_GRID_MIDPOINTS = np.linspace(-0.6, 2.2, 22)
"""In ranges of ln x, from its lower end."""
_GRID_ASYMMETRIES = np.linspace(-2.5, 2.5, 6)
"""Of ln g."""


def starting_shapes(problem: SeparableProblem) -> tuple[Indices, Floats]:
    """The best local minima of each curve's grid: curve and shape of each start."""
    n = len(problem.y)
    sums = np.empty((n, 0))
    shapes = np.empty((n, 0, 0))
    rows, group = np.unique(
        np.concatenate([problem.log_x, problem.lower, problem.upper], axis=1),
        axis=0,
        return_inverse=True,
    )
    for i in range(len(rows)):
        members = np.flatnonzero(group.reshape(-1) == i)
        part = problem.take(members)
        grid, size = _grid(part)
        if not sums.shape[1]:
            sums, shapes = np.empty((n, len(grid))), np.empty((n, len(grid), grid.shape[1]))
        shapes[members] = grid
        sums[members] = _grid_sums(part, grid)
    cube = sums.reshape(n, *size)
    local = cube <= scipy.ndimage.minimum_filter(cube, size=(1, *(3,) * len(size)), mode="nearest")
    candidates = np.where(local.reshape(n, -1), sums, np.inf)
    order = np.argsort(candidates, axis=1, kind="stable")[:, :_STARTS]
    ordered = np.take_along_axis(candidates, order, axis=1)
    keep = ordered <= _WORTH_A_START * ordered[:, :1] + 1e-300
    keep[:, 0] = True
    curves, column = np.nonzero(keep)
    return curves, shapes[curves, order[curves, column]]


def _grid(problem: SeparableProblem) -> tuple[Floats, tuple[int, ...]]:
    """Shapes (m x q) to try for curves of the same concentrations, and the grid's size."""
    lowest, span = (float(v[0]) for v in range_of(problem.log_x, np.ones_like(problem.log_x)))
    axes = [
        np.log(_GRID_SLOPES / span),
        lowest + _GRID_MIDPOINTS * span,
        _GRID_ASYMMETRIES,
    ][: problem.lower.shape[1]]
    lower, upper = problem.lower[0], problem.upper[0]
    axes = [axis if lower[i] < upper[i] else np.array([lower[i]]) for i, axis in enumerate(axes)]
    mesh = np.meshgrid(*axes, indexing="ij")
    return np.stack([m.ravel() for m in mesh], axis=1), mesh[0].shape


def _grid_sums(problem: SeparableProblem, grid: Floats) -> Floats:
    """Weighted sum of squares (n x m) of each curve at each shape, by sums over the wells."""
    at = fractions(problem.model, problem.log_x[:1], grid)
    w, y = problem.weight, problem.y
    a, d = problem.fixed.get("A"), problem.fixed.get("D")
    if a is None and d is None:
        # Centred responses keep the differences of large sums exact enough to rank shapes.
        total = w.sum(axis=1, keepdims=True)
        y = y - (w * y).sum(axis=1, keepdims=True) / total
        h = centred_fraction(at, np.ones_like(at.left))
        across = np.maximum((w @ (h**2).T) - (w @ h.T) ** 2 / total, 1e-280)
    elif a is not None and d is not None:
        y, h = y - d, at.left * (a - d)
        both: Floats = (w * y**2).sum(axis=1, keepdims=True) - 2 * (w * y) @ h.T + w @ (h**2).T
        return both
    else:
        y, h = (y - a, at.risen) if a is not None else (y - (d or 0), at.left)
        across = np.maximum(w @ (h**2).T, 1e-280)
    sums: Floats = (w * y**2).sum(axis=1, keepdims=True) - ((w * y) @ h.T) ** 2 / across
    return sums
