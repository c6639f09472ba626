"""The scale on which wells are compared: linear near zero, logarithmic far from it.

Unlike a logicle scale it is the same for all wells, channels and experiments.
"""

import math

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

COFACTOR = 150.0
"""Of the scale asinh(x / 150), in decades, of wells: near the noise of a
detector it is linear, so that a peak at zero has a width."""


def decades(linear: Values) -> Values:
    """Linear values on the scale asinh(x / 150), in decades; any shape."""
    return np.arcsinh(linear / COFACTOR) / math.log(10)


def linear(position: float) -> float:
    """The linear value of a position on that scale."""
    return COFACTOR * math.sinh(position * math.log(10))
