"""logicle (Gating-ML 2.0, section 6.5), by the project's own implementation."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coculture.flow.gating.logicle import Logicle as Biexponential


@dataclass(frozen=True)
class Logicle:
    """The logicle scale from 0 to 1, with the parameters as Gating-ML names them."""

    NAME: ClassVar[str] = "logicle"
    T: float
    W: float
    M: float
    A: float

    def __post_init__(self) -> None:
        assert self._scale is not None

    @cached_property
    def _scale(self) -> Biexponential:
        return Biexponential(self.T, self.W, self.M, self.A)

    def transform(self, linear: ArrayLike) -> NDArray[np.float64]:
        """Scale values of linear values, any shape."""
        values = np.asarray(linear, dtype=np.float64)
        return self._scale.transform(values) if values.size else values

    def inverse(self, scale: ArrayLike) -> NDArray[np.float64]:
        """Linear values of scale values, any shape."""
        return self._scale.inverse(scale)
