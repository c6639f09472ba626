"""Events of one tube in bins, and some of them one by one, on the axes of its experiment.

The page counts with them while a gate moves. From the bins it counts every event: cells in bins of
the stains, single cells in bins of a marker. From the events that are stored it estimates what
gates further up would change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from coculture.exchange.outcomes import Outcomes
from coculture.flow.gate_plots.places import Edges
from coculture.flow.gating import gates
from coculture.flow.plot_axes import View
from coculture.flow.settings import Population
from coculture.flow.tubes import Columns, Panel

MOST_EVENTS = 2000
"""Events of a tube that are stored: a percent of them is known to 1.1 points (one SD)."""
PAIR_BINS = 128
"""Bins along each of two stains."""
SINGLE_BINS = 1024
"""Bins along one stain, or one marker."""
LEVELS = 256
"""Places on an axis that a stored event can have."""
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class StoredEvents:
    """Some events of a tube, evenly chosen among those that the scatter gates keep.

    Attributes
    ----------
    places
        Place of each event on each axis, in LEVELS steps, shape (axes, events).
    is_steady
        Whether each was acquired steadily.
    among
        How many events they are chosen from.
    """

    places: NDArray[np.uint8]
    is_steady: Mask
    among: int


@dataclass(frozen=True)
class PopulationBins:
    """The cells of a population of one tube in bins; events beyond an axis are in its end bins.

    Attributes
    ----------
    stains
        Events in each bin, shape (bins up, bins across); of one stain (bins across,); without
        stains empty.
    markers
        Gate of a marker -> single cells that pass the population's other markers, by class of
        cells (at the thresholds of this tube) and place along the marker, shape (classes, bins).
    """

    stains: Counts
    markers: Mapping[str, Counts]


def stored_events(
    events: Columns, in_range: Mask, is_steady: Mask, axes: Mapping[str, View]
) -> StoredEvents:
    """At most MOST_EVENTS of the events in `in_range`; both masks have the shape (events,)."""
    places = np.flatnonzero(in_range)
    if len(places) > MOST_EVENTS:
        places = places[np.linspace(0, len(places) - 1, MOST_EVENTS).astype(np.intp)]
    found = np.empty((len(axes), len(places)), dtype=np.uint8)
    for row, (channel, view) in enumerate(axes.items()):
        found[row] = _bin(np.asarray(events[channel]).take(places), view, LEVELS)
    return StoredEvents(found, is_steady[places], int(np.count_nonzero(in_range)))


def population_bins(
    events: Columns,
    singlets: Mask,
    population: Population,
    blocks: Mapping[str, gates.Block],
    panel: Panel,
    outcomes: Outcomes,
    axes: Mapping[str, View],
) -> PopulationBins:
    """The cells of a population in bins.

    Parameters
    ----------
    singlets
        Mask of the single cells, shape (events,).
    blocks
        The gates of the population with the thresholds of this tube.
    """
    keeps = {
        one.gate: gates.kept(one.gate, blocks[one.gate], events)
        for one in population.markers
        if one.gate in blocks
    }
    cells = singlets.copy()
    for mask in keeps.values():
        cells &= mask
    has_classes = bool(outcomes.stains) and all(one.gate in blocks for one in outcomes.stains)
    channels = [one.channel for one in panel.of_stains] if has_classes else []
    of_class = _classes(events, outcomes, blocks) if has_classes else np.zeros(len(events), int)
    markers = {}
    for marker in population.markers:
        if marker.gate in keeps:
            wanted = singlets.copy()
            for gate, mask in keeps.items():
                wanted &= mask | (gate == marker.gate)
            view = axes[panel.markers[marker.channel]]
            place = _bin(np.asarray(events[view.channel])[wanted], view, SINGLE_BINS)
            number = max(1, len(outcomes.classes) if has_classes else 1)
            markers[marker.gate] = _counted(
                of_class[wanted] * SINGLE_BINS + place, (number, SINGLE_BINS)
            )
    return PopulationBins(_in_stains(events, cells, channels, axes), markers)


def _in_stains(
    events: Columns, cells: Mask, channels: Sequence[str], axes: Mapping[str, View]
) -> Counts:
    values = [np.asarray(events[channel])[cells] for channel in channels]
    if not values:
        return np.zeros(0, dtype=np.int64)
    if len(values) == 1:
        return _counted(_bin(values[0], axes[channels[0]], SINGLE_BINS), (SINGLE_BINS,))
    across, up = (
        _bin(one, axes[channel], PAIR_BINS) for one, channel in zip(values, channels, strict=True)
    )
    return _counted(up * PAIR_BINS + across, (PAIR_BINS, PAIR_BINS))


def _classes(
    events: Columns, outcomes: Outcomes, blocks: Mapping[str, gates.Block]
) -> NDArray[np.intp]:
    """The place of each event's class in `outcomes.classes`, shape (events,)."""
    signs = gates.positives(outcomes, blocks, events)
    # Each class as a number whose binary digits say for which stains it is positive.
    digits = np.zeros(len(events), dtype=np.intp)
    for mask in signs.values():
        digits = 2 * digits + mask
    place_of = np.zeros(2 ** len(signs), dtype=np.intp)
    for place, name in enumerate(outcomes.classes):
        place_of[int("".join(str(int(sign)) for sign in outcomes.signs[name]), 2)] = place
    return place_of[digits]


def _bin(values: NDArray[np.float64], view: View, bins: int) -> NDArray[np.intp]:
    """The bin of each value; those beyond the axis are in the bins at its ends."""
    return np.clip(_edges(view, bins).places(values) - 1, 0, bins - 1)


@lru_cache(maxsize=64)
def _edges(view: View, bins: int) -> Edges:
    return Edges(view.edges(bins))


def _counted(places: NDArray[np.intp], shape: tuple[int, ...]) -> Counts:
    return np.bincount(places, minlength=int(np.prod(shape))).reshape(shape)
