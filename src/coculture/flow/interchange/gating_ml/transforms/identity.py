"""No transformation: the linear values themselves."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Identity:
    """A dimension without a transformation-ref."""

    NAME: ClassVar[str] = "linear"

    def transform(self, linear: ArrayLike) -> NDArray[np.float64]:
        """The values."""
        return np.asarray(linear, dtype=np.float64)

    def inverse(self, scale: ArrayLike) -> NDArray[np.float64]:
        """The values."""
        return np.asarray(scale, dtype=np.float64)
