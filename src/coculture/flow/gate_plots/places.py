"""The bins that many values are in, found by the first digits of the values.

A search among a thousand edges takes ten steps for each value, in an order that the processor
cannot guess. The leading bits of a floating-point number (its sign, exponent and first digits) say
in one step in which narrow range it lies; only where an edge is in that range is it searched for.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_DROPPED = 44
"""Last bits of the 52 of a double's digits that are not looked at: cells are 1/256 of an octave."""
_SIZE_BITS = (1 << 63) - 1
_SMALLEST, _LARGEST = 2.0**-3, 2.0**24
"""Sizes below and above them share a cell; larger values than 2^24 are in no usual file."""
_FEW = 10_000
"""Up to so many values a plain search takes less time than to make the table of cells."""


class Edges:
    """Edges of bins, in ascending order, among which many values are placed.

    >>> Edges(np.array([-1.0, 0.0, 10.0])).places(np.array([-5.0, -1.0, 3.0, 10.0, 99.0]))
    array([0, 1, 2, 3, 3])
    """

    def __init__(self, edges: Values) -> None:
        self._edges = edges

    def places(self, values: Values) -> NDArray[np.intp]:
        """How many edges are at or below each value, as np.searchsorted from the right.

        `values` are finite and lie one after the other in memory, shape (values,).
        """
        if len(values) <= _FEW:
            return np.searchsorted(self._edges, values, side="right")
        first, is_sure, lowest, cells = self._cells
        bits = values.view(np.int64)
        cell = np.clip(((bits & _SIZE_BITS) >> _DROPPED) - lowest, 0, cells - 1)
        cell += cells * (bits < 0)
        found: NDArray[np.intp] = first.take(cell)
        unsure = np.flatnonzero(~is_sure.take(cell))
        found[unsure] = np.searchsorted(self._edges, values.take(unsure), side="right")
        return found

    @cached_property
    def _cells(self) -> tuple[NDArray[np.intp], NDArray[np.bool_], int, int]:
        """Of each cell the place of its smallest value and whether all others have it too.

        First the cells of positive values, then those of negative ones; then the leading bits of
        the first cell and the number of cells of one sign.
        """
        lowest, highest = (
            int(key) for key in np.array([_SMALLEST, _LARGEST]).view(np.int64) >> _DROPPED
        )
        starts = (np.arange(lowest, highest + 2) << _DROPPED).view(np.float64)
        starts[0], starts[-1] = 0.0, np.inf
        low, high = starts[:-1], np.nextafter(starts[1:], 0)
        first, last = (
            np.searchsorted(self._edges, np.concatenate(ends), side="right")
            for ends in ((low, -high), (high, -low))
        )
        return first, first == last, lowest, len(low)
