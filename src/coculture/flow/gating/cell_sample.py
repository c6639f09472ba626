"""Some of the cells of one tube, evenly chosen: what is measured beside the counts is of these.

Counts and percents are of all events. Peaks, brightness and histograms, which only checks compare,
need not be. A tube is thinned once, and each of its channels is transformed and sorted once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from coculture.flow.gating.asinh_scale import decades
from coculture.flow.gating.densities import Distribution
from coculture.flow.tubes import Columns

MOST_EVENTS = 5_000
"""Of one tube. The limits of the checks were measured on simulated samples of so many events. The
mode of a live peak varies by 0.06 of its SD, its threshold by 0.1 SD, and a share of 30 % by 0.6
percentage points; limits are 0.6 SD, 3 points and more."""
Values = NDArray[np.float64]


@dataclass(frozen=True)
class CellSample:
    """Cells of one tube.

    Attributes
    ----------
    columns
        Channel -> linear values, shape (cells,), at least one channel.
    """

    columns: Mapping[str, Values]
    _along: dict[str, Distribution] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, channel: str) -> Values:
        return self.columns[channel]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def along(self, channel: str) -> Distribution:
        """The cells along one channel, on the scale of `decades`."""
        if channel not in self._along:
            self._along[channel] = Distribution(decades(self.columns[channel]))
        return self._along[channel]


def sample_of(events: Columns, wanted: NDArray[np.bool_], channels: Sequence[str]) -> CellSample:
    """At most 5,000 of the wanted events, a mask of shape (events,), in some channels."""
    places = thinned(np.flatnonzero(wanted))
    return CellSample({channel: np.asarray(events[channel]).take(places) for channel in channels})


def thinned(places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Each k-th place, so that at most 5,000 are left.

    >>> thinned(np.arange(12_000))[:4], len(thinned(np.arange(12_000)))
    (array([0, 3, 6, 9]), 4000)
    """
    return places[:: max(1, -(-len(places) // MOST_EVENTS))]
