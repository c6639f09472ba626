"""fasinh, the inverse hyperbolic sine (Gating-ML 2.0, section 6.4)."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

_LN10 = math.log(10)


@dataclass(frozen=True)
class Fasinh:
    """(asinh(x sinh(M ln 10) / T) + A ln 10) / ((M + A) ln 10).

    >>> Fasinh(T=1000, M=4, A=1).transform([1000.0, 0.0]).round(9)
    array([1. , 0.2])
    """

    NAME: ClassVar[str] = "fasinh"
    T: float
    M: float
    A: float

    def __post_init__(self) -> None:
        if not (self.T > 0 and self.M > 0 and 0 <= self.A <= self.M):
            raise ValueError("T and M must be above 0, and A from 0 to M.")

    def transform(self, linear: ArrayLike) -> NDArray[np.float64]:
        """Scale values of linear values, any shape."""
        values = np.asarray(linear, dtype=np.float64)
        signed = np.arcsinh(values * math.sinh(self.M * _LN10) / self.T)
        return (signed + self.A * _LN10) / ((self.M + self.A) * _LN10)

    def inverse(self, scale: ArrayLike) -> NDArray[np.float64]:
        """Linear values of scale values, any shape."""
        signed = np.asarray(scale, dtype=np.float64) * (self.M + self.A) * _LN10 - self.A * _LN10
        return np.sinh(signed) * self.T / math.sinh(self.M * _LN10)
