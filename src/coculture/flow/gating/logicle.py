"""The logicle scale: linear around zero, logarithmic far from it.

Parks, Roederer & Moore (2006) Cytometry A 69:541; parameters and the symmetric continuation to
negative values as Moore & Parks (2012) Cytometry A 81:273 and Gating-ML 2.0 define them.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

_MOST_STEPS = 60
_LAST_STEP = 2e-5
"""Below this step (times b) the next one, at most its cube divided by 6, would be rounded away."""
_CELLS = 8192
"""Cells of the table of first guesses: with so many, the first step is already below _LAST_STEP."""
_GUESS_STEP = 0.005
"""Step (times b) of the scale values from which the table is made."""
_BLOCK = 8192
"""Values transformed at a time: they stay in the processor's cache."""
_SMALLEST_WIDTH = 0.1
_LARGEST_WIDTH = 2.0


@dataclass(frozen=True)
class Logicle:
    """A logicle scale from 0 (bottom) to 1 (top).

    >>> scale = Logicle(top=262144, width=0.5, decades=4.5)
    >>> scale.transform([262144.0]).round(9), scale.inverse(scale.transform([-50.0])).round(6)
    (array([1.]), array([-50.]))
    """

    top: float
    """T: the linear value at 1."""
    width: float
    """W: decades of the linear part, on each side of zero."""
    decades: float = 4.5
    """M: decades of a logarithmic scale of the same length."""
    negative_decades: float = 0.0
    """A: additional decades of negative values."""

    def __post_init__(self) -> None:
        if not (self.top > 0 and 0 <= 2 * self.width <= self.decades):
            raise ValueError(f"{self}: top must be above 0 and width from 0 to decades / 2.")
        if not -self.width <= self.negative_decades <= self.decades - 2 * self.width:
            raise ValueError(f"{self}: negative_decades must be from -W to M - 2 W.")

    @property
    def zero(self) -> float:
        """Position of the linear value 0 on the scale (x1)."""
        return (self.negative_decades + self.width) / (self.decades + self.negative_decades)

    def transform(self, linear: ArrayLike) -> NDArray[np.float64]:
        """Scale values of linear values, any shape. Halley's method on the biexponential."""
        values = np.asarray(linear, dtype=np.float64)
        size = np.abs(values).ravel()
        flat = np.empty_like(size)
        for start in range(0, len(size), _BLOCK):
            block = slice(start, start + _BLOCK)
            flat[block] = self._of_sizes(size[block])
        scale = flat.reshape(values.shape)
        return np.where(values < 0, 2 * self.zero - scale, scale)

    def _of_sizes(self, size: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scale values of linear values that are not negative, shape (values,), at least one."""
        a, b, c, d, f = self.coefficients
        scale = self._guesses.at(size)
        for _ in range(_MOST_STEPS):
            rising, falling = a * np.exp(b * scale), c * np.exp(-d * scale)
            slope = b * rising + d * falling
            newton = (rising - falling - f - size) / slope
            step = newton / (1 - newton * (b * b * rising - d * d * falling) / (2 * slope))
            scale -= step
            if b * np.max(np.abs(step)) < _LAST_STEP:
                break
        return scale

    @cached_property
    def _guesses(self) -> "_Guesses":
        a, b, c, d, _ = self.coefficients
        knee = a * math.exp(b * self.zero) + d / b * c * math.exp(-d * self.zero)
        scale = np.arange(self.zero, 2, _GUESS_STEP / b)
        logs = np.log(self.inverse(scale) + knee)
        even = np.linspace(logs[0], logs[-1], _CELLS + 1)
        return _Guesses(knee, logs[0], even[1] - even[0], np.interp(even, logs, scale))

    def inverse(self, scale: ArrayLike) -> NDArray[np.float64]:
        """Linear values of scale values: a e^(b y) - c e^(-d y) - f, mirrored below zero."""
        values = np.asarray(scale, dtype=np.float64)
        a, b, c, d, f = self.coefficients
        mirrored = np.where(values < self.zero, 2 * self.zero - values, values)
        linear = a * np.exp(b * mirrored) - c * np.exp(-d * mirrored) - f
        return np.where(values < self.zero, -linear, linear)

    @cached_property
    def coefficients(self) -> tuple[float, float, float, float, float]:
        """a, b, c, d and f of x(y) = a e^(b y) - c e^(-d y) - f, for y from `zero` up."""
        length = self.decades + self.negative_decades
        width, zero = self.width / length, self.zero
        b = length * math.log(10)
        d = _solve_d(b, width)
        c_over_a = math.exp((zero + width) * (b + d))
        f_over_a = math.exp(b * zero) - c_over_a * math.exp(-d * zero)
        a = self.top / (math.exp(b) - f_over_a - c_over_a * math.exp(-d))
        return a, b, c_over_a * a, d, f_over_a * a


@dataclass(frozen=True)
class _Guesses:
    """Approximate scale values of linear values x: linear interpolation in log(x + knee)."""

    knee: float
    """Linear value at which the scale turns from linear to logarithmic."""
    first: float
    """log(x + knee) at the first cell."""
    width: float
    """Width of a cell."""
    scale: NDArray[np.float64]
    """Scale values at the ends of the cells; beyond them, the last cell continues."""

    def at(self, size: NDArray[np.float64]) -> NDArray[np.float64]:
        place = (np.log(size + self.knee) - self.first) / self.width
        cell = np.fmin(place, len(self.scale) - 2).astype(np.intp)
        low, high = self.scale.take(cell), self.scale.take(cell + 1)
        return low + (place - cell) * (high - low)


def _solve_d(b: float, width: float) -> float:
    """d of 2 (ln d - ln b) + w (b + d) = 0 (Parks 2006, equation 6)."""
    if width == 0:
        return b
    return float(
        scipy.optimize.brentq(
            lambda d: 2 * (math.log(d) - math.log(b)) + width * (b + d), 1e-300, b, xtol=1e-300
        )
    )


def logicle_for(values: NDArray[np.float64], top: float, decades: float = 4.5) -> Logicle:
    """A logicle scale whose linear part contains the negative tail of `values`.

    W = (M - log10(T / |r|)) / 2 with r the 5th percentile of the negative values (Parks 2006).

    Parameters
    ----------
    values
        Linear values of one channel; without negative ones the linear part is 0.1 decades wide.
    top
        The channel's largest linear value (T).
    decades
        M.
    """
    negative = values[values < 0]
    if len(negative) == 0:
        return Logicle(top, _SMALLEST_WIDTH, decades)
    tail = abs(float(np.percentile(negative, 5)))
    width = (decades - math.log10(top / tail)) / 2
    return Logicle(top, min(max(width, _SMALLEST_WIDTH), _LARGEST_WIDTH), decades)
