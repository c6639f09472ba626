"""hyperlog (Gating-ML 2.0, section 6.6; Bagwell 2005, Cytometry A 64:34)."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

_MOST_STEPS = 100
_SMALL_STEP = 1e-15


@dataclass(frozen=True)
class Hyperlog:
    """The hyperlog scale: linear around zero, logarithmic far from it, from 0 to 1.

    >>> scale = Hyperlog(T=10000, W=1, M=4.5, A=0)
    >>> scale.transform([10000.0, 0.0]).round(9), scale.inverse(scale.transform([-5.0])).round(9)
    (array([1.        , 0.22222222]), array([-5.]))
    """

    NAME: ClassVar[str] = "hyperlog"
    T: float
    W: float
    M: float
    A: float

    def __post_init__(self) -> None:
        if not (self.T > 0 and self.M > 0 and 0 < 2 * self.W <= self.M):
            raise ValueError("T and M must be above 0, and W above 0 and at most M / 2.")
        if not -self.W <= self.A <= self.M - 2 * self.W:
            raise ValueError("A must be from -W to M - 2 W.")

    @property
    def zero(self) -> float:
        """Position of the linear value 0 on the scale (x1)."""
        return (self.A + self.W) / (self.M + self.A)

    @cached_property
    def _coefficients(self) -> tuple[float, float, float, float]:
        length = self.M + self.A
        width = self.W / length
        b = length * math.log(10)
        c_over_a = math.exp(b * (self.A / length + 2 * width)) / width
        f_over_a = math.exp(b * self.zero) + c_over_a * self.zero
        a = self.T / (math.exp(b) + c_over_a - f_over_a)
        return a, b, c_over_a * a, f_over_a * a

    def transform(self, linear: ArrayLike) -> NDArray[np.float64]:
        """Scale values of linear values, any shape. Newton's method on a convex function."""
        values = np.asarray(linear, dtype=np.float64)
        size = np.abs(values)
        a, b, c, f = self._coefficients
        # From the right of the root, so that no step goes past it.
        scale = np.log((size + f) / a) / b
        for _ in range(_MOST_STEPS):
            rising = a * np.exp(b * scale)
            step = (rising + c * scale - f - size) / (b * rising + c)
            scale = scale - step
            if not step.size or np.max(np.abs(step)) < _SMALL_STEP:
                break
        return np.where(values < 0, 2 * self.zero - scale, scale)

    def inverse(self, scale: ArrayLike) -> NDArray[np.float64]:
        """Linear values of scale values, any shape."""
        values = np.asarray(scale, dtype=np.float64)
        a, b, c, f = self._coefficients
        mirrored = np.where(values < self.zero, 2 * self.zero - values, values)
        linear = a * np.exp(b * mirrored) + c * mirrored - f
        return np.where(values < self.zero, -linear, linear)
