"""How small the cells of a file are beside the smallest event that was recorded.

A cytometer records no event below a threshold of forward scatter. Set above debris it is harmless;
set among the cells it removes the small ones, which are those that die.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coculture.flow.gating.densities import percentile

WIDTH = 0.05
"""Of a bin, in decades of forward scatter; the SD of a kind of cell is 0.07."""
_BINS = 40
"""Two decades above the edge."""
_EDGE_PERCENTILE = 0.1
"""Fewer events lie below the edge: bubbles, electronic noise and what was carried over."""
Values = NDArray[np.float64]


@dataclass(frozen=True)
class SizeHistogram:
    """Events of one file, or several, by forward scatter above the file's lower edge.

    Attributes
    ----------
    every
        Numbers of all events, shape (bins,).
    dying
        The same of the cells of the population outside the quadrant viable.
    edge
        Linear forward scatter; of several files the lowest.
    """

    every: NDArray[np.int64]
    dying: NDArray[np.int64]
    edge: float

    def __add__(self, other: "SizeHistogram") -> "SizeHistogram":
        return SizeHistogram(
            self.every + other.every, self.dying + other.dying, min(self.edge, other.edge)
        )


def size_histogram(every: Values, dying: Values) -> SizeHistogram | None:
    """Parameters are linear forward scatter, shape (events,); None without events above 0."""
    ordered = _positive(every)
    if not len(ordered):
        return None
    edge = percentile(ordered, _EDGE_PERCENTILE)
    return SizeHistogram(_counted(ordered, edge), _counted(_positive(dying), edge), edge)


def _positive(sizes: Values) -> Values:
    """Those above 0, in ascending order."""
    ordered = np.sort(sizes)
    return ordered[np.searchsorted(ordered, 0, side="right") :]


def _counted(ordered: Values, edge: float) -> NDArray[np.int64]:
    """Numbers in bins from the edge; the first holds what is smaller, the last what is larger."""
    ends = np.searchsorted(ordered, edge * 10 ** (WIDTH * np.arange(1, _BINS)))
    return np.diff(ends, prepend=0, append=len(ordered)).astype(np.int64)
