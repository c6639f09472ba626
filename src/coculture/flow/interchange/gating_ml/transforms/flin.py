"""flin, the linear transformation (Gating-ML 2.0, section 6.2)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Flin:
    """(x + A) / (T + A).

    >>> Flin(T=1000, A=100).transform([-100, 1000])
    array([0., 1.])
    """

    NAME: ClassVar[str] = "flin"
    T: float
    A: float

    def __post_init__(self) -> None:
        if not (self.T > 0 and 0 <= self.A <= self.T):
            raise ValueError("T must be above 0 and A from 0 to T.")

    def transform(self, linear: ArrayLike) -> NDArray[np.float64]:
        """Scale values of linear values, any shape."""
        return (np.asarray(linear, dtype=np.float64) + self.A) / (self.T + self.A)

    def inverse(self, scale: ArrayLike) -> NDArray[np.float64]:
        """Linear values of scale values, any shape."""
        return np.asarray(scale, dtype=np.float64) * (self.T + self.A) - self.A
