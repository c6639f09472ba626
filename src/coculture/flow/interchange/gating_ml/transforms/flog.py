"""flog, the logarithmic transformation (Gating-ML 2.0, section 6.3)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Flog:
    """log10(x / T) / M + 1; minus infinity where x is not above 0.

    >>> Flog(T=10000, M=5).transform([10000.0, 1.0, -1.0])
    array([ 1. ,  0.2, -inf])
    """

    NAME: ClassVar[str] = "flog"
    T: float
    M: float

    def __post_init__(self) -> None:
        if not (self.T > 0 and self.M > 0):
            raise ValueError("T and M must be above 0.")

    def transform(self, linear: ArrayLike) -> NDArray[np.float64]:
        """Scale values of linear values, any shape."""
        values = np.asarray(linear, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.log10(values / self.T) / self.M + 1
        return np.where(values > 0, scale, -np.inf)

    def inverse(self, scale: ArrayLike) -> NDArray[np.float64]:
        """Linear values of scale values, any shape."""
        return self.T * 10 ** (self.M * (np.asarray(scale, dtype=np.float64) - 1))
