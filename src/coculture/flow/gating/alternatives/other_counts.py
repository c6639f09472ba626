"""What a sample counts with one gate set otherwise, from the masks that are there already."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from coculture.exchange.outcomes import Outcomes
from coculture.flow.files import FlowFile
from coculture.flow.gating import gates
from coculture.flow.gating.alternatives.other_gate import OtherGate
from coculture.flow.tubes import Columns

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class OtherCounts:
    """The counts of one sample and population with other gates.

    Attributes
    ----------
    cells
        Single cells of the population.
    quadrants
        Class of cells -> events of the population; empty without stains.
    medians
        Channel ($PnN) of each stain and marker -> median of the population's cells; empty where
        the population is the same.
    """

    cells: int
    quadrants: Mapping[str, int] = field(default_factory=dict)
    medians: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class SampledCells:
    """The events of a sample and what its own gates keep; masks of shape (events,).

    Attributes
    ----------
    singlets, is_cell
        The single cells, and those of the population.
    markers
        The gates of the population's markers.
    positives
        Gate of each stain -> which events are positive for it; empty without stains.
    """

    events: Columns
    singlets: Mask
    is_cell: Mask
    markers: Mapping[str, gates.Block]
    positives: Mapping[str, Mask]


def counts_under(
    other: OtherGate,
    tube: FlowFile,
    sample: SampledCells,
    outcomes: Outcomes,
    medians: Callable[[Mask], Mapping[str, float]],
) -> OtherCounts:
    """The counts with `other` in place of the gate of the same name.

    `medians` gives those of the events of a mask.
    """
    assert other.block is not None
    block = gates.of_tube({other.gate: other.block}, tube)[other.gate]
    if other.gate not in sample.markers:
        positive = gates.is_positive(block, sample.events)
        return _counted(sample.is_cell, {**sample.positives, other.gate: positive}, outcomes)
    markers = {**sample.markers, other.gate: block}
    kept = [gates.kept(name, one, sample.events) for name, one in markers.items()]
    is_cell = reduce(np.logical_and, kept, sample.singlets)
    return _counted(is_cell, sample.positives, outcomes, medians(is_cell))


def _counted(
    is_cell: Mask,
    positives: Mapping[str, Mask],
    outcomes: Outcomes,
    medians: Mapping[str, float] | None = None,
) -> OtherCounts:
    cells = int(np.count_nonzero(is_cell))
    is_above = {gate: mask & is_cell for gate, mask in positives.items()}
    quadrants = gates.classes_of(outcomes, is_above, cells) if is_above else {}
    return OtherCounts(cells, quadrants, medians or {})
