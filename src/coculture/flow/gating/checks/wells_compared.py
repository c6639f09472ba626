"""The wells of an experiment beside each other: by arm, against the untreated wells of their cells.

What the checks of unlike wells share. They compare live peaks (`gating/live_peaks.py`).
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from coculture.exchange.flags import Concerns
from coculture.exchange.outcomes import Outcome
from coculture.exchange.vocabulary import listed, many, number
from coculture.flow.fcs.data import read_events
from coculture.flow.files import WELLS
from coculture.flow.gating.acquisition_date import acquisition_date
from coculture.flow.gating.asinh_scale import linear
from coculture.flow.gating.live_peaks import LivePeak, middle
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.gating.sources.own_thresholds import WELL
from coculture.flow.ranges import rounded_range
from coculture.flow.tubes import Tube

Item = TypeVar("Item")

_MOST_NAMED = 4
"""Wells that a sentence names; of more it gives the number."""
_EMPTY_CHANNEL_FACTOR = 1.3
"""A median in a channel without a stain that differs by this factor is worth a mention: between
tubes of the same cells autofluorescence differs by a few percent."""
_MOST_EVENTS = 5000
"""Events of a file of which the median in an empty channel is taken."""
_CHANNEL_SETTINGS = {"V": "voltage", "G": "gain", "R": "range", "E": "amplification"}
"""$PnV, $PnG, $PnR and $PnE."""
_FILE_SETTINGS = {
    "$CYT": "cytometer",
    "$CYTSN": "cytometer's serial number",
    "$DATATYPE": "number format",
}


@dataclass(frozen=True)
class Well:
    """One sample with its live peak in the stain that is compared."""

    measurement: Measurement
    peak: LivePeak

    @property
    def fcs(self) -> str:
        """Its file."""
        return self.measurement.tube.fcs

    def percent(self, of: Outcome) -> float:
        """At the threshold that all wells share."""
        return self.measurement.counts.percent(*of.classes)

    def own_percent(self, of: Outcome) -> float:
        """At the threshold that the well alone would have."""
        return self.peak.percent(of.classes)

    def change(self, of: Outcome) -> float:
        """What the shared threshold adds to a percent, in percentage points."""
        return self.percent(of) - self.own_percent(of)

    @property
    def cells(self) -> int:
        """Number of cells of the population."""
        return self.measurement.counts.after["population"]


def wells(
    experiment: Experiment, population: str, stain: str, of: Measurement | None = None
) -> list[Well]:
    """The samples of the experiment that have a live peak; with `of`, those of its arm.

    Without arms (a table that does not say what samples were given), a sample is alone.
    """
    every = experiment.once(
        ("wells", population, stain),
        lambda: [
            Well(one, one.peaks[stain])
            for measured in experiment.measurements.values()
            for one in measured
            if one.population.name == population and stain in one.peaks
        ],
    )
    if of is None:
        return every
    arms = experiment.once(
        ("wells by arm", population, stain),
        lambda: _by_arm(every, lambda well: well.measurement),
    )
    return arms.get(_arm(of), [])


def samples(experiment: Experiment, population: str) -> list[Measurement]:
    """The samples of the experiment, as this population was counted in them."""
    return experiment.once(
        ("samples", population),
        lambda: [
            one
            for measured in experiment.measurements.values()
            for one in measured
            if one.population.name == population and one.tube.role == "sample"
        ],
    )


def replicates(experiment: Experiment, one: Measurement) -> list[Measurement]:
    """The samples of the arm and cell line of a sample, itself among them."""
    population = one.population.name
    arms = experiment.once(
        ("samples by arm", population),
        lambda: _by_arm(samples(experiment, population), lambda sample: sample),
    )
    return arms.get(_arm(one), [])


def untreated(experiment: Experiment, one: Measurement) -> list[Measurement]:
    """The untreated samples of the same cells as a sample."""
    population, cells = one.population.name, one.tube.cells
    return experiment.once(
        ("untreated", population, cells),
        lambda: [
            sample
            for sample in samples(experiment, population)
            if sample.tube.untreated and sample.tube.cells == cells
        ],
    )


def _by_arm(
    every: Iterable[Item], measurement: Callable[[Item], Measurement]
) -> dict[Hashable, list[Item]]:
    """What is known of several samples, by their arm and cell line; without arms each is alone."""
    arms: dict[Hashable, list[Item]] = {}
    for item in every:
        arms.setdefault(_arm(measurement(item)), []).append(item)
    return arms


def _arm(one: Measurement) -> Hashable:
    return (one.tube.arm, one.tube.cells) if one.tube.arm else one.tube.row


def reference(experiment: Experiment, one: Measurement, stain: str) -> list[Well]:
    """The untreated wells of the same cells; without them all untreated ones; else all wells."""
    key = ("reference", one.population.name, one.tube.cells, stain)
    return experiment.once(key, lambda: _reference(experiment, one, stain))


def _reference(experiment: Experiment, one: Measurement, stain: str) -> list[Well]:
    every = wells(experiment, one.population.name, stain)
    untreated = [well for well in every if well.measurement.tube.untreated]
    same = [well for well in untreated if well.measurement.tube.cells == one.tube.cells]
    return same or untreated or every


def shift(well: Well, references: Sequence[Well]) -> float:
    """How far the live peak lies above that of the reference wells, in SDs of theirs."""
    sd = middle(one.peak.sd for one in references)
    usual = middle(one.peak.position for one in references)
    return (well.peak.position - usual) / sd if sd > 0 else 0.0


def forward_scatter_ratio(well: Well, references: Sequence[Well]) -> float:
    """Forward scatter of the cells in the live peak, as a multiple of the reference wells'."""
    usual = middle(one.peak.forward_scatter for one in references)
    return well.peak.forward_scatter / usual if usual > 0 else float("nan")


def level(compared: Sequence[Well]) -> str:
    """The live peak of some wells as a linear value, in words."""
    return number(linear(middle(one.peak.position for one in compared)))


def named(compared: Sequence[Well]) -> str:
    """The files of some wells: by name, or how many there are."""
    return files([one.fcs for one in compared])


def files(names: Sequence[str]) -> str:
    """Some files: by name, or how many there are."""
    if len(names) > _MOST_NAMED:
        return f"{many(len(names), 'well')}, {names[0]} to {names[-1]}"
    return listed(names)


def used_threshold(experiment: Experiment) -> str:
    """The threshold at which cells are counted, in words."""
    if experiment.settings.threshold_scope == WELL:
        return "at the threshold that was used"
    return "at the threshold that all wells share"


def of_each_well(experiment: Experiment) -> str:
    """The advice to use thresholds of each well; empty where they are used already."""
    if experiment.settings.threshold_scope == WELL:
        return ""
    return ", or use thresholds of each well (flow.thresholds.scope: well)"


def arm_of(one: Measurement) -> str:
    """The arm of a sample; its file where the arm is not known."""
    return one.tube.arm or one.tube.fcs


def arm(one: Measurement, channel: str) -> Concerns:
    """The arm of a sample, in one channel."""
    return Concerns(
        WELLS,
        "arm",
        experiment=one.tube.experiment,
        fcs="" if one.tube.arm else one.tube.fcs,
        population=one.population.name,
        channel=channel,
        arm=one.tube.arm,
        culture="" if one.tube.arm else one.tube.culture,
    )


def differences(compared: Sequence[Well], references: Sequence[Well]) -> str:
    """What the files themselves say of the difference: a sentence."""
    tubes = [compared[0].measurement.tube, references[0].measurement.tube]
    dates = [acquisition_date(tube.header) for tube in tubes]
    found = [
        *other_settings(*tubes),
        *([f"the date ({_two(dates)})"] if dates[0] != dates[1] else []),
        *_empty_channels(compared, references),
    ]
    return f"The files differ in {listed(found)}." if found else "The files show no other setting."


def other_settings(one: Tube, other: Tube) -> Iterator[str]:
    """Cytometer and settings of channels that differ between two files, in words.

    Channels with the same two values are named together.
    """
    for keyword, what in _FILE_SETTINGS.items():
        values = [_keyword(tube, keyword) for tube in (one, other)]
        if values[0] != values[1]:
            yield f"the {what} ({_two(values)})"
    read = one.panel.names.values()
    for letter, what in _CHANNEL_SETTINGS.items():
        channels: dict[str, list[str]] = {}
        for name in (name for name in one.header.names if name in read):
            values = [_of_channel(tube, name, letter) for tube in (one, other)]
            if values[0] != values[1]:
                channels.setdefault(_two(values), []).append(name)
        for pair, names in channels.items():
            yield f"the {what} of {listed(names)} ({pair})"


def _two(values: Sequence[str]) -> str:
    return f"{values[0] or 'none'} and {values[1] or 'none'}"


def _of_channel(tube: Tube, name: str, letter: str) -> str:
    if name not in tube.header.names:
        return ""
    written = _keyword(tube, f"$P{1 + tube.header.names.index(name)}{letter}")
    return rounded_range(written) if letter == "R" else written


def _keyword(tube: Tube, keyword: str) -> str:
    return tube.header.keywords.get(keyword, "").strip()


def _empty_channels(compared: Sequence[Well], references: Sequence[Well]) -> Iterator[str]:
    """Channels without a stain of the study in which the medians differ: autofluorescence."""
    medians = [_empty_medians(wells[0].measurement) for wells in (compared, references)]
    for channel in medians[0]:
        here, usual = medians[0][channel], medians[1].get(channel, float("nan"))
        if min(here, usual) > 0 and abs(np.log(here / usual)) > np.log(_EMPTY_CHANNEL_FACTOR):
            yield (
                f"the median in {channel}, which has no stain of this study ({number(here)} and "
                f"{number(usual)})"
            )


def _empty_medians(one: Measurement) -> Mapping[str, float]:
    """Channel without a use in the config -> median of all events, not compensated."""
    header, used = one.tube.header, set(one.tube.panel.names.values())
    empty = [
        name for name in header.names if name not in used and not name.upper().startswith(_NOT_DYES)
    ]
    if not empty or not header.events:
        return {}
    events = read_events(header, empty, max(1, header.events // _MOST_EVENTS))
    return dict(zip(empty, np.median(events, axis=0).tolist(), strict=True))


_NOT_DYES = ("FSC", "SSC", "TIME", "FS ", "SS ", "EVENT", "WIDTH")
"""Beginnings of names of channels that are no fluorescence."""
