"""Least squares for many sigmoid curves at once, by variable projection.

Given the shape (ln b, ln c, ln g), the best asymptotes A and D follow from a linear regression, so
only the shape is searched (Golub and Pereyra, Inverse Problems 19:R1, 2003): a grid gives the
starts, Levenberg-Marquardt with Kaufman's Jacobian (BIT 15:49, 1975) refines them. Nothing here
raises on finite data; a shape that runs away stops at a bound and says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter

from coculture.curves.models import Floats, Fractions, fractions

_CURVES_AT_ONCE = 2048
_STARTS = 4
_WORTH_A_START = 10.0
_GRID_SLOPES = np.geomspace(0.4, 100, 12)
_GRID_MIDPOINTS = np.linspace(-0.6, 2.2, 22)
_GRID_ASYMMETRIES = np.linspace(-2.5, 2.5, 6)
# Slopes times, mid-points in units of, the standards' range of ln x; asymmetries as they are.
_SLOPE_BOUNDS = (0.02, 500.0)
_MIDPOINT_BOUNDS = (-3.0, 4.0)
_ASYMMETRY_BOUNDS = (-7.0, 7.0)
_FIRST_STEPS = 3
_STILL_LEADING = 1.5
_MOST_STEPS = 300
_SMALLEST_STEP = 1e-9
_MOST_DAMPING = 1e14

Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class SigmoidFits:
    """Fits of n curves: asymptotes (n), shape (n x 2 or 3: ln b, ln c, ln g) and how it went.

    `at_bound` (n x 2 or 3) marks parts of the shape that stopped at a bound.
    """

    response_at_zero: Floats
    response_at_infinity: Floats
    shape: Floats
    sum_of_squares: Floats
    at_bound: Flags


@dataclass(frozen=True)
class _Problem:
    """n curves of p wells (weight 0: no well) with bounds for the shape (n x q)."""

    model: str
    log_x: Floats
    y: Floats
    weight: Floats
    fixed: Mapping[str, float]
    lower: Floats
    upper: Floats

    def take(self, curves: Indices) -> "_Problem":
        return replace(
            self,
            log_x=self.log_x[curves],
            y=self.y[curves],
            weight=self.weight[curves],
            lower=self.lower[curves],
            upper=self.upper[curves],
        )


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
        _fit(_problem(model, log_x[i], y[i], weight[i], fixed), None if start is None else start[i])
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
    """Wells of one concentration as one, with their mean and the sum of their weights.

    The sum of squares differs by what lies within the replicates, whatever the curve: it is the
    fourth value. Only where all curves have the same concentrations.
    """
    if not (log_x == log_x[:1]).all():
        return log_x, y, weight, np.zeros(len(y))
    levels, level = np.unique(log_x[0], return_inverse=True)
    member = np.equal.outer(level, np.arange(len(levels))).astype(float)
    total = weight @ member
    mean = (weight * y) @ member / np.where(total > 0, total, 1.0)
    within = _dot(weight, y - mean[:, level], y - mean[:, level])
    return np.broadcast_to(levels, total.shape), mean, total, within


def _batches(n: int) -> list[slice]:
    return [slice(i, i + _CURVES_AT_ONCE) for i in range(0, n, _CURVES_AT_ONCE)]


def _problem(
    model: str, log_x: Floats, y: Floats, weight: Floats, fixed: Mapping[str, float]
) -> _Problem:
    lowest, span = _range(log_x, weight)
    bounds = [
        (np.log(_SLOPE_BOUNDS[0] / span), np.log(_SLOPE_BOUNDS[1] / span)),
        (lowest + _MIDPOINT_BOUNDS[0] * span, lowest + _MIDPOINT_BOUNDS[1] * span),
        tuple(np.full_like(span, bound) for bound in _ASYMMETRY_BOUNDS),
    ][: 2 if model == "4PL" else 3]
    for i, name in enumerate("bcg"[: len(bounds)]):
        if name in fixed:
            known = np.full_like(span, np.log(fixed[name]))
            bounds[i] = (known, known)
    lower, upper = (np.stack([pair[side] for pair in bounds], axis=1) for side in (0, 1))
    return _Problem(model, log_x, y, weight, fixed, lower, upper)


def _range(log_x: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Lowest ln x above zero, and the range from there (1 where there is a single level)."""
    used = (weight > 0) & np.isfinite(log_x)
    lowest = np.min(np.where(used, log_x, np.inf), axis=1)
    highest = np.max(np.where(used, log_x, -np.inf), axis=1)
    lowest = np.where(np.isfinite(lowest), lowest, 0.0)
    span = np.where(highest > lowest, highest - lowest, 1.0)
    return lowest, span


def _fit(problem: _Problem, start: Floats | None) -> SigmoidFits:
    if start is None:
        curves, shapes = _starts(problem)
    else:
        curves, shapes = np.arange(len(start)), start
    if len(curves) > len(problem.y):
        shapes, sums = _levenberg_marquardt(problem.take(curves), shapes, _FIRST_STEPS)
        leading = _leading(curves, sums, len(problem.y))
        curves, shapes = curves[leading], shapes[leading]
    shapes, sums = _levenberg_marquardt(problem.take(curves), shapes, _MOST_STEPS)
    best = _best_of_each(curves, sums, len(problem.y))
    shape = shapes[best]
    a, d = _asymptotes(problem, fractions(problem.model, problem.log_x, shape))
    free = problem.lower < problem.upper
    at_bound = free & ((shape <= problem.lower) | (shape >= problem.upper))
    return SigmoidFits(a, d, shape, sums[best], at_bound)


def _starts(problem: _Problem) -> tuple[Indices, Floats]:
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
    local = cube <= minimum_filter(cube, size=(1, *(3,) * len(size)), mode="nearest")
    candidates = np.where(local.reshape(n, -1), sums, np.inf)
    order = np.argsort(candidates, axis=1, kind="stable")[:, :_STARTS]
    ordered = np.take_along_axis(candidates, order, axis=1)
    keep = ordered <= _WORTH_A_START * ordered[:, :1] + 1e-300
    keep[:, 0] = True
    curves, column = np.nonzero(keep)
    return curves, shapes[curves, order[curves, column]]


def _grid(problem: _Problem) -> tuple[Floats, tuple[int, ...]]:
    """Shapes (m x q) to try for curves of the same concentrations, and the grid's size."""
    lowest, span = (float(v[0]) for v in _range(problem.log_x, np.ones_like(problem.log_x)))
    axes = [
        np.log(_GRID_SLOPES / span),
        lowest + _GRID_MIDPOINTS * span,
        _GRID_ASYMMETRIES,
    ][: problem.lower.shape[1]]
    lower, upper = problem.lower[0], problem.upper[0]
    axes = [axis if lower[i] < upper[i] else np.array([lower[i]]) for i, axis in enumerate(axes)]
    mesh = np.meshgrid(*axes, indexing="ij")
    return np.stack([m.ravel() for m in mesh], axis=1), mesh[0].shape


def _grid_sums(problem: _Problem, grid: Floats) -> Floats:
    """Weighted sum of squares (n x m) of each curve at each shape, by sums over the wells."""
    at = fractions(problem.model, problem.log_x[:1], grid)
    w, y = problem.weight, problem.y
    a, d = problem.fixed.get("A"), problem.fixed.get("D")
    if a is None and d is None:
        # Centred responses keep the differences of large sums exact enough to rank shapes.
        total = w.sum(axis=1, keepdims=True)
        y = y - (w * y).sum(axis=1, keepdims=True) / total
        h = _centred_fraction(at, np.ones_like(at.left))
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


def _centred_fraction(at: Fractions, weight: Floats) -> Floats:
    """h less its weighted mean, from whichever of h and 1 - h is small and so exact."""
    small = np.where(_near_zero(at)[:, None], -at.risen, at.left)
    centred: Floats = small - (_dot(weight, small) / weight.sum(axis=1))[:, None]
    return centred


def _near_zero(at: Fractions) -> Flags:
    """Whether a curve's wells lie nearer to its asymptote at zero."""
    near: Flags = at.risen.mean(axis=1) < 0.5
    return near


def _dot(*factors: Floats) -> Floats:
    """Sum over the wells of a product of n x p arrays."""
    total: Floats = np.einsum(",".join(["np"] * len(factors)) + "->n", *factors)
    return total


def _asymptotes(problem: _Problem, at: Fractions) -> tuple[Floats, Floats]:
    """The best A and D (n) for fractions (n x p)."""
    w, y = problem.weight, problem.y
    a, d = problem.fixed.get("A"), problem.fixed.get("D")
    if a is None and d is None:
        centred = _centred_fraction(at, w)
        weighted = w * centred
        span = _ratio(_dot(weighted, y), _dot(weighted, centred))
        # From the asymptote that is near the wells, not as the difference of two far ones.
        near_zero = _near_zero(at)
        total = w.sum(axis=1)
        at_zero = (_dot(w, y) + span * _dot(w, at.risen)) / total
        at_infinity = (_dot(w, y) - span * _dot(w, at.left)) / total
        return (
            np.where(near_zero, at_zero, at_infinity + span),
            np.where(near_zero, at_zero - span, at_infinity),
        )
    known = np.ones(len(y))
    if a is None and d is not None:
        span = _ratio(_dot(w, at.left, y - d), _dot(w, at.left, at.left))
        return d + span, d * known
    if d is None and a is not None:
        span = _ratio(_dot(w, at.risen, y - a), _dot(w, at.risen, at.risen))
        return a * known, a + span
    return float(a or 0) * known, float(d or 0) * known


def _residual(problem: _Problem, at: Fractions) -> tuple[Floats, Floats]:
    """Response less curve (n x p), and A - D (n)."""
    a, d = _asymptotes(problem, at)
    near_zero = _near_zero(at)[:, None]
    span = (a - d)[:, None]
    fitted = np.where(near_zero, a[:, None] - span * at.risen, d[:, None] + span * at.left)
    return problem.y - fitted, a - d


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    usable = denominator > 1e-280
    ratio: Floats = np.where(usable, numerator / np.where(usable, denominator, 1.0), 0.0)
    return ratio


def _without_asymptotes(problem: _Problem, at: Fractions, rows: Floats) -> Floats:
    """Rows (n x q x p) less their projection on what A and D can follow."""
    w = problem.weight
    if "A" in problem.fixed and "D" in problem.fixed:
        return rows
    if "A" in problem.fixed:
        basis = at.risen
    elif "D" in problem.fixed:
        basis = at.left
    else:
        rows = rows - (rows @ w[:, :, None]) / w.sum(axis=1)[:, None, None]
        basis = _centred_fraction(at, w)
    weighted = w * basis
    along = _ratio((rows @ weighted[:, :, None])[:, :, 0], _dot(weighted, basis)[:, None])
    projected: Floats = rows - along[:, :, None] * basis[:, None, :]
    return projected


def _levenberg_marquardt(
    problem: _Problem, shape: Floats, most_steps: int
) -> tuple[Floats, Floats]:
    """Refine shapes (n x q) until steps are negligible; shapes and sums of squares."""
    shape = np.clip(shape, problem.lower, problem.upper)
    sums = np.empty(len(shape))
    damping = np.full(len(shape), 1e-3)
    active = np.arange(len(shape))
    part, here = problem, _evaluate(problem, shape)
    sums[:] = here.sum_of_squares
    for _ in range(most_steps):
        now = shape[active]
        trial = np.clip(now + _step(part, now, here, damping[active]), part.lower, part.upper)
        there = _evaluate(part, trial)
        better = there.sum_of_squares <= sums[active]
        moved = np.abs(trial - now).max(axis=1)
        shape[active[better]] = trial[better]
        sums[active[better]] = there.sum_of_squares[better]
        damping[active] = np.where(better, damping[active] / 8, damping[active] * 6)
        damping[active] = np.maximum(damping[active], 1e-15)
        done = (moved < _SMALLEST_STEP) | (damping[active] > _MOST_DAMPING)
        if done.all():
            break
        here = there if better.all() else here.replaced(better, there)
        if done.any():
            going = np.flatnonzero(~done)
            active, part, here = active[going], part.take(going), here.take(going)
    return shape, sums


@dataclass(frozen=True)
class _Evaluation:
    """Curves at their shapes: fractions, residuals (n x p), A - D and sum of squares (n)."""

    at: Fractions
    residual: Floats
    span: Floats
    sum_of_squares: Floats

    def _arrays(self) -> tuple[Floats, ...]:
        at = self.at
        return at.left, at.risen, at.by_shape, self.residual, self.span, self.sum_of_squares

    @classmethod
    def _of(cls, arrays: Iterable[Floats]) -> "_Evaluation":
        left, risen, by_shape, residual, span, sums = arrays
        return cls(Fractions(left, risen, by_shape), residual, span, sums)

    def take(self, curves: Indices) -> "_Evaluation":
        return self._of(array[curves] for array in self._arrays())

    def replaced(self, curves: Flags, by: "_Evaluation") -> "_Evaluation":
        pairs = zip(self._arrays(), by._arrays(), strict=True)
        return self._of(
            np.where(curves.reshape(-1, *(1,) * (old.ndim - 1)), new, old) for old, new in pairs
        )


def _evaluate(problem: _Problem, shape: Floats) -> _Evaluation:
    at = fractions(problem.model, problem.log_x, shape)
    residual, span = _residual(problem, at)
    return _Evaluation(at, residual, span, _dot(problem.weight, residual, residual))


def _step(problem: _Problem, shape: Floats, here: _Evaluation, damping: Floats) -> Floats:
    """The damped Gauss-Newton step of each curve; parts pressed against a bound stay."""
    by_shape = here.span[:, None, None] * here.at.by_shape
    jacobian = _without_asymptotes(problem, here.at, by_shape)
    weighted = jacobian * problem.weight[:, None, :]
    gradient = (weighted @ here.residual[:, :, None])[:, :, 0]
    normal = weighted @ np.swapaxes(jacobian, 1, 2)
    pressed = ((shape <= problem.lower) & (gradient < 0)) | (
        (shape >= problem.upper) & (gradient > 0)
    )
    pressed |= problem.lower == problem.upper
    gradient = np.where(pressed, 0.0, gradient)
    free = ~pressed[:, :, None] & ~pressed[:, None, :]
    normal = np.where(free, normal, 0.0)
    index = np.arange(shape.shape[1])
    diagonal = normal[:, index, index]
    floor = np.maximum(diagonal.max(axis=1, keepdims=True) * 1e-12, 1e-290)
    scaled = np.maximum(diagonal, floor)
    normal[:, index, index] = diagonal + damping[:, None] * scaled + pressed * 1.0
    normal[:, index, index] += np.where(pressed, 0.0, floor * 1e-3)
    step: Floats = np.clip(np.linalg.solve(normal, gradient[:, :, None])[:, :, 0], -2.0, 2.0)
    return step


def _leading(curves: Indices, sums: Floats, n: int) -> Indices:
    """Starts that may still end best: within half of the best of their curve, and apart from it."""
    best = sums[_best_of_each(curves, sums, n)]
    near = sums <= _STILL_LEADING * best[curves] + 1e-300
    # Starts that already agree to twelve digits have met.
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
