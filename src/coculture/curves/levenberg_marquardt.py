"""Levenberg-Marquardt for the shapes of many sigmoid curves at once.

The asymptotes follow from each shape; the Jacobian is Kaufman's (BIT 15:49, 1975).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coculture.curves.models import Floats, Fractions, fractions
from coculture.curves.separable_problem import (
    Booleans,
    Indices,
    SeparableProblem,
    residuals_and_span,
    sum_over_wells,
    without_asymptotes,
)
from coculture.linear_algebra import product, solved

_SMALL_STEP, _SMALLEST_STEP = 1e-9, 1e-12
"""Of ln b, ln c and ln g; the smallest end the search, and small ones that no longer shrink, which
are rounding."""
_SHRINKING = 0.5
"""Share of the step before."""
_ROUNDING = 1e-13
"""Share of a sum of squares. Sums that agree to it do not say which of two near shapes is better,
but the step between them does; else rounding decides where a shape ends, in the eighth digit."""
_DECISIVE_STEP = 1e-6
"""A longer step has to lower the sum of squares; else a search would wander along flat valleys."""
_LONGEST_STEP = 2.0
"""Of ln b, ln c and ln g; a longer step is shortened as a whole, so that it keeps its direction."""
_MOST_DAMPING = 1e14
"""With more damping a step is zero to double precision."""


def refined(problem: SeparableProblem, shape: Floats, most_steps: int) -> tuple[Floats, Floats]:
    """Refine shapes (n x q) until steps are negligible: the shapes, and sums of squares (n)."""
    shape = np.clip(shape, problem.lower, problem.upper)
    sums = np.empty(len(shape))
    damping = np.full(len(shape), 1e-3)
    last = np.full(len(shape), np.inf)
    active = np.arange(len(shape))
    part, here = problem, _evaluate(problem, shape)
    sums[:] = here.sum_of_squares
    for _ in range(most_steps):
        now = shape[active]
        trial = np.clip(now + _step(part, now, here, damping[active]), part.lower, part.upper)
        there = _evaluate(part, trial)
        moved = np.abs(trial - now).max(axis=1)
        rounding = np.where(moved < _DECISIVE_STEP, _ROUNDING, 0.0)
        better = there.sum_of_squares <= (1 + rounding) * sums[active]
        shape[active[better]] = trial[better]
        sums[active[better]] = there.sum_of_squares[better]
        damping[active] = np.where(better, damping[active] / 8, damping[active] * 6)
        damping[active] = np.maximum(damping[active], 1e-15)
        is_rounding = better & (moved < _SMALL_STEP) & (moved > _SHRINKING * last[active])
        done = (moved < _SMALLEST_STEP) | is_rounding | (damping[active] > _MOST_DAMPING)
        last[active] = moved
        if done.all():
            break
        here = there if better.all() else here.replaced(better, there)
        if done.any():
            rest = np.flatnonzero(~done)
            active, part, here = active[rest], part.take(rest), here.take(rest)
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
        """Those of some of the curves."""
        return self._of(array[curves] for array in self._arrays())

    def replaced(self, curves: Booleans, by: "_Evaluation") -> "_Evaluation":
        """Those of `by` for some of the curves."""
        pairs = zip(self._arrays(), by._arrays(), strict=True)
        return self._of(
            np.where(curves.reshape(-1, *(1,) * (old.ndim - 1)), new, old) for old, new in pairs
        )


def _evaluate(problem: SeparableProblem, shape: Floats) -> _Evaluation:
    at = fractions(problem.model, problem.log_x, shape)
    residual, span = residuals_and_span(problem, at)
    return _Evaluation(at, residual, span, sum_over_wells(problem.weight, residual, residual))


def _step(problem: SeparableProblem, shape: Floats, here: _Evaluation, damping: Floats) -> Floats:
    """The damped Gauss-Newton step of each curve; parameters that press on a bound do not move."""
    by_shape = here.span[:, None, None] * here.at.by_shape
    jacobian = without_asymptotes(problem, here.at, by_shape)
    weighted = jacobian * problem.weight[:, None, :]
    gradient = product(weighted, here.residual[:, :, None])[:, :, 0]
    normal = product(weighted, np.swapaxes(jacobian, 1, 2))
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
    step = _shortened(solved(normal, gradient[:, :, None])[:, :, 0])
    low, high = problem.lower - shape, problem.upper - shape
    beyond = (step < low) | (step > high)
    crossing = np.flatnonzero(beyond.any(axis=1))
    if len(crossing):
        i = crossing
        step[i] = _along_bounds(
            normal[i], gradient[i], np.clip(step[i], low[i], high[i]), beyond[i]
        )
    return step


def _along_bounds(normal: Floats, gradient: Floats, step: Floats, held: Booleans) -> Floats:
    """Steps (n x q) of which the held parts are kept, and the others are the best beside them.

    Where parameters are nearly exchangeable, a step that is only cut off at a bound leaves the
    valley of the sum of squares, and the search stalls.
    """
    kept = np.where(held, step, 0.0)
    rest = np.where(held, 0.0, gradient - product(normal, kept[:, :, None])[:, :, 0])
    free = ~held[:, :, None] & ~held[:, None, :]
    reduced = np.where(free, normal, 0.0)
    index = np.arange(step.shape[1])
    reduced[:, index, index] += held * 1.0
    others = _shortened(solved(reduced, rest[:, :, None])[:, :, 0])
    along: Floats = np.where(held, kept, others)
    return along


def _shortened(step: NDArray[np.floating[Any]]) -> Floats:
    longest = np.abs(step).max(axis=1, keepdims=True)
    shortened: Floats = step * (_LONGEST_STEP / np.maximum(longest, _LONGEST_STEP))
    return shortened
