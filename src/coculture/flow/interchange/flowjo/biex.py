"""biex, FlowJo's biexponential scale: a table, between whose entries it is linear.

The table is that of cytolib (Finak et al. 2018, Cytometry A 93:1189), which has it from FlowJo.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

_CHANNELS = 4096
"""Entries of the table, without the first."""


@dataclass(frozen=True)
class Biex:
    """FlowJo's biex from 0 to 1.

    Attributes
    ----------
    maxRange
        The linear value at the top.
    pos, neg
        Positive and additional negative decades.
    width
        Minus the width of the linear part, for example -10.

    >>> Biex(maxRange=262144, pos=4.418539922, neg=0, width=-100).transform([262144.0]).round(2)
    array([1.])
    """

    NAME: ClassVar[str] = "biex"
    CHANNELS: ClassVar[int] = _CHANNELS
    maxRange: float  # noqa: N815 (the name that the workspace has)
    pos: float
    neg: float
    width: float

    def __post_init__(self) -> None:
        if not (self.maxRange > 0 and self.pos > 0 and self.width < 0):
            raise ValueError("maxRange and pos must be above 0, and width below 0.")

    @cached_property
    def _table(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Linear values, ascending, and their places on the scale."""
        width = math.log10(-self.width)
        decades, extra = self.pos - width / 2, max(self.neg, 0.0) + width / 2
        zero = min(int(extra * _CHANNELS / (extra + decades)), _CHANNELS // 2)
        if zero > 0:
            decades = extra * _CHANNELS / zero
        positive = math.log(10) * decades
        share = width / (2 * decades)
        negative = _root(positive, share)
        place = np.arange(_CHANNELS + 1)
        shift = math.exp((positive + negative) * (share + extra / decades))
        curve = np.exp(place / (_CHANNELS + 1) * positive) - shift * np.exp(
            place / (_CHANNELS + 1) * -negative
        )
        linear = self.maxRange / math.exp(positive) * (curve - curve[zero])
        linear[:zero] = -linear[2 * zero : zero : -1]
        return linear, place / _CHANNELS

    def transform(self, linear: ArrayLike) -> NDArray[np.float64]:
        """Scale values of linear values, any shape; what is beyond the table is at its ends."""
        values, places = self._table
        return np.interp(np.asarray(linear, dtype=np.float64), values, places)

    def inverse(self, scale: ArrayLike) -> NDArray[np.float64]:
        """Linear values of scale values, any shape."""
        values, places = self._table
        return np.interp(np.asarray(scale, dtype=np.float64), places, values)


def _root(b: float, width: float) -> float:
    """d of 2 (ln d - ln b) + w (b + d) = 0; b without width."""
    if width == 0:
        return b
    return float(
        scipy.optimize.brentq(
            lambda d: 2 * (math.log(d) - math.log(b)) + width * (b + d), 1e-300, b, xtol=1e-300
        )
    )
