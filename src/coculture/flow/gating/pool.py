"""The events that gates are set from: every control and some of the samples, thinned evenly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.flow.gating import gates
from coculture.flow.gating.acquisition_date import MAX_DAYS, days_apart, usual_day
from coculture.flow.gating.logicle import Logicle, logicle_for
from coculture.flow.tubes import Columns, Tube, read_tube

Values = NDArray[np.float64]

MAX_SAMPLES = 24
"""Untreated samples, and other samples, that are read: limits time and memory for full plates."""
MAX_EVENTS = 20_000
"""Events of one file: 100 of them are above the 99.5th percentile."""


@dataclass(frozen=True)
class PooledTube:
    """Some events of one tube, and which of them the gates so far keep."""

    tube: Tube
    events: Columns
    kept: NDArray[np.bool_] | None = None
    """Mask of shape (events,); None keeps all."""
    _found: dict[str, Values] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        """Number of events that are kept."""
        return len(self.places)

    def values(self, channel: str) -> Values:
        """Linear values of the kept events in one channel."""
        if channel not in self._found:
            every = np.asarray(self.events[channel])
            self._found[channel] = every if self.kept is None else every.take(self.places)
        return self._found[channel]

    @cached_property
    def places(self) -> NDArray[np.intp]:
        """Of the kept events, in ascending order. Made once: a mask is searched again each time."""
        return np.arange(len(self.events)) if self.kept is None else np.flatnonzero(self.kept)


def pool(
    tubes: Sequence[Tube], spillover: pd.DataFrame | None, most: int = MAX_SAMPLES
) -> list[PooledTube]:
    """Every control, up to `most` untreated and other samples, about 20,000 events of each.

    Samples and events are chosen evenly. Tubes without events, or of beads, are left out, and so
    are single stains of another day: they may compensate, but the gains may have changed since.
    """
    day = usual_day(tube.header for tube in tubes)
    controls = [
        tube
        for tube in tubes
        if tube.role not in ("sample", "beads")
        and not tube.is_on_beads
        and not (tube.role == "single_stain" and days_apart(tube.header, day) > MAX_DAYS)
    ]
    untreated = [tube for tube in tubes if tube.role == "sample" and tube.untreated]
    treated = [tube for tube in tubes if tube.role == "sample" and not tube.untreated]
    return [
        PooledTube(tube, read_tube(tube, spillover, _step(tube.header.events, MAX_EVENTS)))
        for tube in [*controls, *_evenly(untreated, most), *_evenly(treated, most)]
        if tube.header.events > 0
    ]


def _evenly(tubes: Sequence[Tube], most: int) -> list[Tube]:
    return list(tubes[:: _step(len(tubes), most)])


def _step(count: int, most: int) -> int:
    return max(1, -(-count // most))


def gated(tubes: Sequence[PooledTube], blocks: Mapping[str, gates.Block]) -> list[PooledTube]:
    """The tubes with the events that pass all of the gates."""
    result = []
    for pooled in tubes:
        kept = np.ones(len(pooled.events), bool) if pooled.kept is None else pooled.kept.copy()
        for name, block in gates.of_tube(blocks, pooled.tube).items():
            kept &= gates.kept(name, block, pooled.events)
        result.append(PooledTube(pooled.tube, pooled.events, kept))
    return result


def thinned(tubes: Sequence[PooledTube], most: int) -> list[PooledTube]:
    """The tubes with each k-th of the events that are kept, at most about `most` together."""
    every = _step(number_of_events(tubes), most)
    if every == 1:
        return list(tubes)
    result = []
    for pooled in tubes:
        kept = np.zeros(len(pooled.events), bool)
        kept[pooled.places[::every]] = True
        result.append(PooledTube(pooled.tube, pooled.events, kept))
    return result


def number_of_events(tubes: Sequence[PooledTube]) -> int:
    """How many events all tubes together keep."""
    return sum(map(len, tubes))


def values(tubes: Sequence[PooledTube], channel: str) -> Values:
    """Linear values of one channel of all tubes together, shape (events,)."""
    return np.concatenate([np.empty(0), *(pooled.values(channel) for pooled in tubes)])


def scale_of(channel: str, tubes: Sequence[PooledTube]) -> Logicle:
    """A logicle scale for a channel, fitted to the events of the tubes."""
    events = values(tubes, channel)
    entry = next(c for c in tubes[0].tube.header.channels if c.name == channel)
    highest = float(np.max(events, initial=1.0))
    return logicle_for(events, entry.maximum if 1 < entry.maximum < np.inf else highest)
