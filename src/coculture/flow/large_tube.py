"""The channels of a tube that is too large to hold all of them: each is read when it is asked for.

A mask of the events is held, and the channels that were used last. So memory grows with the number
of events, but not with the number of channels: 10 million events take 80 MB a channel. The values
are those of the whole file at once, and so is every count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from coculture.flow.fcs.data import BLOCK, Events, read_blocks
from coculture.flow.fcs.header import FcsHeader
from coculture.flow.settings import CountingBeads
from coculture.linear_algebra import weighted_sum

Values = NDArray[np.float64]

_HELD = 3
"""Channels: a gate or a ratio looks at two at a time, a median at one more."""


@dataclass(frozen=True)
class Unmixing:
    """How stains follow from what the detectors saw.

    Attributes
    ----------
    seen
        The channels that are looked at.
    stains
        The channels that are unmixed.
    coefficients
        Of shape (seen, stains).
    """

    seen: Sequence[str] = ()
    stains: Sequence[str] = ()
    coefficients: Values = field(default_factory=lambda: np.empty((0, 0)))


class LargeTube(Mapping[str, Values]):
    """Channel -> linear, compensated values of the events, shape (events,).

    Events with a value that is not finite in one of the channels are left out, and so are beads.

    Parameters
    ----------
    header
        The file.
    as_is
        Channels that are not compensated.
    unmixing
        Those that are, and from what.
    ratios
        Name of a further column -> the two channels whose ratio it is.
    beads
        What counting beads are, if there are some in the tube; `channel` is its $PnN.
    """

    def __init__(
        self,
        header: FcsHeader,
        as_is: Sequence[str],
        unmixing: Unmixing,
        ratios: Mapping[str, tuple[str, str]],
        beads: CountingBeads | None = None,
    ) -> None:
        self._header = header
        self._recorded = [*as_is, *unmixing.seen]
        self._unmixing = unmixing
        self._ratios = ratios
        self._held: dict[str, Values] = {}
        self.beads = 0
        """Number of counting beads."""
        self.constant: dict[str, float] = {}
        """Channel that has one value in all events -> this value as recorded."""
        self._used = np.zeros(header.events, dtype=bool)
        self._look_through(beads)
        self.count = int(np.count_nonzero(self._used))
        """Number of events."""

    def __getitem__(self, name: str) -> Values:
        found = self._held.pop(name, None)
        if found is None:
            self._make_room()
            found = self._read(name)
        # A ratio reads two others.
        self._make_room()
        self._held[name] = found
        return found

    def _make_room(self) -> None:
        """Forget what was used longest ago, until one more channel can be held."""
        while len(self._held) >= _HELD:
            del self._held[next(iter(self._held))]

    def __iter__(self) -> Iterator[str]:
        yield from (*self._recorded, *self._ratios)

    def __len__(self) -> int:
        return len(self._recorded) + len(self._ratios)

    def _look_through(self, beads: CountingBeads | None) -> None:
        """Find the events that are used, the beads, and the channels with one value."""
        lowest = np.full(len(self._recorded), np.inf)
        highest = -lowest
        for place, block in self._blocks(self._recorded):
            used = np.isfinite(block).all(axis=1)
            if beads is not None:
                is_bead = block[:, self._recorded.index(beads.channel)] >= beads.above
                self.beads += int(np.count_nonzero(used & is_bead))
                used &= ~is_bead
            self._used[place] = used
            seen = block[used]
            np.minimum(lowest, seen.min(axis=0, initial=np.inf), out=lowest)
            np.maximum(highest, seen.max(axis=0, initial=-np.inf), out=highest)
        same = lowest == highest
        for name, value, is_constant in zip(self._recorded, lowest, same, strict=True):
            if is_constant:
                self.constant[name] = float(value)

    def _read(self, name: str) -> Values:
        if name in self._ratios:
            above, below = self._ratios[name]
            with np.errstate(divide="ignore", invalid="ignore"):
                return self[above] / self[below]
        values = np.empty(self.count)
        done = 0
        for part in self._parts(name):
            values[done : done + len(part)] = part
            done += len(part)
        return values

    def _parts(self, name: str) -> Iterator[Values]:
        """The values of a recorded channel, block by block."""
        if name not in self._unmixing.stains:
            for place, block in self._blocks([name]):
                yield block[self._used[place], 0]
            return
        stain = list(self._unmixing.stains).index(name)
        coefficients = self._unmixing.coefficients[:, stain]
        for place, block in self._blocks(self._unmixing.seen):
            yield weighted_sum(block.T, coefficients)[self._used[place]]

    def _blocks(self, names: Sequence[str]) -> Iterator[tuple[slice, Events]]:
        done = 0
        for block in read_blocks(self._header, names, BLOCK):
            yield slice(done, done + len(block)), block
            done += len(block)
