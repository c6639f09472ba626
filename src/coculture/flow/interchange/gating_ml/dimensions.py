"""What a gate is drawn on: a channel, or the ratio of two, with its spillover and its scale."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coculture.flow.interchange.gating_ml.transforms import Scale
from coculture.flow.interchange.gating_ml.transforms.identity import Identity

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]
UNCOMPENSATED, OF_FILE = "uncompensated", "FCS"
"""The spillovers that have no matrix in the document: none, and that of the FCS file."""

_AS_IT_IS: Scale = Identity()


@dataclass(frozen=True)
class Ratio:
    """fratio: A (x - B) / (y - C) of two channels."""

    numerator: str
    denominator: str
    A: float = 1.0
    B: float = 0.0
    C: float = 0.0

    def of(self, x: Values, y: Values) -> Values:
        """The ratio of each event."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.A * (x - self.B) / (y - self.C)


@dataclass(frozen=True)
class Dimension:
    """One axis of a gate.

    Attributes
    ----------
    name
        The channel, or the stain where a matrix of the document compensates.
    compensation
        `UNCOMPENSATED`, `OF_FILE`, or the id of a matrix.
    ratio
        The ratio that is taken in place of a channel.
    low, high
        Where scale values are cut off (boundMin and boundMax).
    """

    name: str
    compensation: str = UNCOMPENSATED
    scale: Scale = _AS_IT_IS
    ratio: Ratio | None = None
    low: float = -np.inf
    high: float = np.inf

    def scaled(self, linear: Values) -> Values:
        """Scale values of linear ones."""
        scale = self.scale.transform(linear)
        if np.isinf(self.low) and np.isinf(self.high):
            return scale
        return np.clip(scale, self.low, self.high)


class Events(Protocol):
    """The events of a file, as a gate sees them."""

    def values(self, dimension: Dimension) -> Values:
        """Scale values along a dimension, shape (events,)."""
        ...

    def mask(self, gate: str) -> Mask:
        """Which events another gate of the document keeps, its parents included."""
        ...

    def __len__(self) -> int: ...
