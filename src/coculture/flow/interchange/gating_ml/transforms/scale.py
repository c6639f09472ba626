"""What a scale is: a monotone function of the linear values of one dimension."""

from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Scale(Protocol):
    """A scale that a gate is drawn on.

    Each is a dataclass; its fields are the parameters as Gating-ML names them.
    """

    NAME: ClassVar[str]
    """The element of Gating-ML, and `name` under `scales` in a gate."""

    def transform(self, linear: ArrayLike) -> NDArray[np.float64]:
        """Scale values of linear values, any shape."""
        ...

    def inverse(self, scale: ArrayLike) -> NDArray[np.float64]:
        """Linear values of scale values, any shape."""
        ...
