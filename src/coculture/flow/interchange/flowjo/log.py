"""FlowJo's logarithmic scale: values below its offset are at its lower end."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class FlowJoLog:
    """log10(max(x, offset) / offset) / decades.

    >>> FlowJoLog(offset=1, decades=4).transform([100.0, -5.0])
    array([0.5, 0. ])
    """

    NAME: ClassVar[str] = "flowjo_log"
    offset: float
    decades: float

    def __post_init__(self) -> None:
        if not (self.offset > 0 and self.decades > 0):
            raise ValueError("offset and decades must be above 0.")

    def transform(self, linear: ArrayLike) -> NDArray[np.float64]:
        """Scale values of linear values, any shape."""
        values = np.maximum(np.asarray(linear, dtype=np.float64), self.offset)
        return (np.log10(values) - math.log10(self.offset)) / self.decades

    def inverse(self, scale: ArrayLike) -> NDArray[np.float64]:
        """Linear values of scale values, any shape."""
        return self.offset * 10 ** (np.asarray(scale, dtype=np.float64) * self.decades)
