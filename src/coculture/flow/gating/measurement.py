"""What was counted in each file, and what else the quality checks need."""

import datetime
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

from coculture.exchange.alternatives import Alternative
from coculture.exchange.outcomes import Outcome, Stain
from coculture.flow.compensation.experiment_spillover import ExperimentSpillover
from coculture.flow.gate_plots.bins import PopulationBins, StoredEvents
from coculture.flow.gating import gates
from coculture.flow.gating.alternatives.other_counts import OtherCounts
from coculture.flow.gating.cell_density import Amounts
from coculture.flow.gating.live_peaks import LivePeak
from coculture.flow.gating.marker_histograms import MarkerHistogram
from coculture.flow.gating.marker_state import MarkerState
from coculture.flow.gating.possible_spill import PossibleEffect
from coculture.flow.gating.size_histogram import SizeHistogram
from coculture.flow.gating.spill_effect import SpillEffect
from coculture.flow.gating.stained_cells import StainedCells
from coculture.flow.settings import FlowSettings, Population
from coculture.flow.tubes import Tube

Found = TypeVar("Found")

STAGES = ("scatter", "time", "cells", "singlets", "population")
"""The gates before those of the stains, in the order in which they apply."""


@dataclass(frozen=True)
class Counts:
    """Numbers of events of one file and population.

    Attributes
    ----------
    total
        All events of the file.
    nonfinite
        Events that were removed because a value is not finite.
    after
        Stage -> events left after it.
    quadrants
        Class of cells (of two stains a quadrant) -> events of the population; empty without stains.
    sensitivity
        Largest change of the first outcome (percent apoptotic), in percentage points, when the
        threshold of a stain that it depends on (Annexin V) moves by a tenth of a decade; NaN if it
        cannot be computed.
    beads
        Counting beads in the tube; None if the config names none.
    """

    total: int
    nonfinite: int
    after: Mapping[str, int]
    quadrants: Mapping[str, int] = field(default_factory=dict)
    sensitivity: float = math.nan
    beads: int | None = None

    @property
    def has_quadrants(self) -> bool:
        return bool(self.quadrants)

    @property
    def cells(self) -> int:
        """Single cells of the population."""
        return self.after["population"]

    def percent(self, *quadrants: str) -> float:
        """Percent of the population in these classes; NaN without events or classes."""
        whole = sum(self.quadrants.values())
        return 100 * sum(self.quadrants[name] for name in quadrants) / whole if whole else math.nan


@dataclass(frozen=True)
class Measurement:
    """One file as one population was counted in it.

    Attributes
    ----------
    percent_margin
        Percent of all events at the edge of a detector's range.
    percent_departing
        Percent of the events acquired while the signal or the rate was unsteady.
    percent_time_lost
        Percent of the acquisition time in which almost no events were recorded.
    unsteady
        The stretches of time that are not used, each from a time to before another one.
    seconds
        From the first event to the last; NaN without a time channel.
    peaks
        Stain -> its live peak, of a sample with enough cells.
    markers
        Marker -> where the single cells lie along it, of a sample, an unstained control, or a
        control of markers.
    stained
        Stain -> its stained cells, of every tube that has the stain; of a single stain without
        cells of the population (it lacks the marker) those of all single cells.
    sizes
        Forward scatter of a sample's events and dying cells, above the smallest event.
    constant
        Channel that is the same in all events, as recorded -> its value.
    medians
        Channel ($PnN) of each stain and marker -> median of the population's cells, linear and
        compensated; empty without cells.
    singlet_medians
        The same of all single cells, of controls.
    others
        What a sample would count with other gates.
    stored, binned
        What the gate page shows; None where it is not asked for.
    """

    tube: Tube
    population: Population
    counts: Counts
    percent_margin: float
    percent_departing: float
    percent_time_lost: float
    unsteady: tuple[tuple[float, float], ...] = ()
    seconds: float = math.nan
    peaks: Mapping[str, LivePeak] = field(default_factory=dict)
    markers: Mapping[str, MarkerHistogram] = field(default_factory=dict)
    stained: Mapping[str, StainedCells] = field(default_factory=dict)
    sizes: SizeHistogram | None = None
    constant: Mapping[str, float] = field(default_factory=dict)
    medians: Mapping[str, float] = field(default_factory=dict)
    singlet_medians: Mapping[str, float] = field(default_factory=dict)
    others: Mapping[Alternative, OtherCounts] = field(default_factory=dict)
    stored: StoredEvents | None = None
    binned: PopulationBins | None = None


@dataclass(frozen=True)
class Experiment:
    """All measurements of one experiment, and what they have in common.

    Attributes
    ----------
    blocks
        Population -> gate -> its block.
    spillover
        The matrix that the experiment was compensated with; None without compensation.
    usual_day
        The day on which most of its files were acquired; None if no file says.
    measurements
        Row of a file -> its measurements, one for each population.
    compensation
        Where that matrix is from, and what was not used.
    remaining
        The spill that is left after compensation, with its effect.
    markers
        How well each marker separates each cell line.
    possible
        Without compensation, a spill that samples do not show, with its effect; else None.
    amounts
        What the cells of its samples are counted per.
    """

    name: str
    settings: FlowSettings
    blocks: Mapping[str, Mapping[str, gates.Block]]
    spillover: pd.DataFrame | None
    usual_day: datetime.date | None
    measurements: Mapping[int, Sequence[Measurement]]
    compensation: ExperimentSpillover | None = None
    remaining: Sequence[SpillEffect] = ()
    markers: Sequence[MarkerState] = ()
    possible: PossibleEffect | None = None
    amounts: Amounts = field(default_factory=Amounts)
    _computed: dict[Hashable, Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def once(self, key: Hashable, compute: Callable[[], Found]) -> Found:
        """What `compute` gives, computed once: each check is asked of every well.

        `key` says what it is, and of which wells.
        """
        if key not in self._computed:
            self._computed[key] = compute()
        found: Found = self._computed[key]
        return found

    @property
    def first(self) -> Outcome:
        """The first outcome of the study: "apoptotic"; one of no class without stains."""
        return self.settings.outcomes.first or Outcome("", ())

    @property
    def leading(self) -> Stain | None:
        """The stain that dying cells are followed by: Annexin V; None without stains."""
        return self.settings.outcomes.leading

    @property
    def of_leading(self) -> Outcome:
        """What that stain says of dying cells: "apoptotic", "PI-positive"."""
        return Outcome("", ()) if self.leading is None else self.read_from(self.leading)

    def read_from(self, stain: Stain) -> Outcome:
        """What a stain alone says of dying cells."""
        return self.settings.outcomes.read_from(stain)

    def percent(self, one: Measurement) -> float:
        """Percent of the first outcome; NaN without events or stains."""
        return one.counts.percent(*self.first.classes)

    @property
    def is_compensated(self) -> bool:
        """Whether the spill is corrected, as far as it is known."""
        known = self.compensation is None or self.compensation.is_known
        return known and not self.remaining
