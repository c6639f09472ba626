"""Counting the events of one file in every gate, and measuring what the checks need besides."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.exchange.alternatives import Alternative
from coculture.exchange.outcomes import Outcomes
from coculture.flow.gate_plots.bins import PopulationBins, population_bins, stored_events
from coculture.flow.gating import gates
from coculture.flow.gating.alternatives.other_counts import (
    OtherCounts,
    SampledCells,
    counts_under,
)
from coculture.flow.gating.alternatives.other_gate import OtherGate
from coculture.flow.gating.cell_sample import MOST_EVENTS, sample_of, some_of
from coculture.flow.gating.checks.margin_events import margin_percent
from coculture.flow.gating.checks.threshold_sensitive import largest_change
from coculture.flow.gating.densities import median_of_unsorted
from coculture.flow.gating.live_peaks import LivePeak, live_peaks
from coculture.flow.gating.marker_histograms import MarkerHistogram, marker_histograms
from coculture.flow.gating.measurement import STAGES, Counts, Measurement
from coculture.flow.gating.size_histogram import SizeHistogram, size_histogram
from coculture.flow.gating.sources.threshold import FEWEST_EVENTS
from coculture.flow.gating.stained_cells import StainedCells, stained_of_tube
from coculture.flow.gating.steadiness import Steadiness, all_steady, steadiness, stretches
from coculture.flow.plot_axes import View
from coculture.flow.settings import FlowSettings, Population
from coculture.flow.tubes import Columns, Tube, TubeEvents, read_tube


def measure(
    tube: Tube,
    spillover: pd.DataFrame | None,
    settings: FlowSettings,
    blocks: Mapping[str, Mapping[str, gates.Block]],
    others: Sequence[OtherGate] = (),
    axes: Mapping[str, View] | None = None,
) -> list[Measurement]:
    """What is counted and measured in one file, for each population.

    A sample is also counted with each of the gates `others` in place of the one that is used. With
    `axes` (channel -> its axis), the events are also stored and binned for the gate page.
    """
    populations = settings.populations
    if is_beads(tube):
        counts = Counts(tube.header.events, 0, {})
        return [Measurement(tube, population, counts, 0.0, 0.0, 0.0) for population in populations]
    events = read_tube(tube, spillover)
    time = _time(tube, events, settings, blocks)
    unsteady = _unsteady(tube, events, time.steady)
    measured: list[Measurement] = []
    for population in populations:
        own = gates.of_tube(blocks[population.name], tube)
        of_population = [one for one in others if one.population == population.name]
        masks = stage_masks(events, population, own, time.steady)
        counted = _count(tube, events, population, own, masks, settings.outcomes, of_population)
        in_range = counted.counts.after["scatter"]
        stored = stored_events(events, masks["scatter"], time.steady, axes) if axes else None
        measured.append(
            Measurement(
                tube,
                population,
                counted.counts,
                percent_margin=margin_percent(tube, events, in_range),
                percent_departing=time.percent_departing,
                percent_time_lost=time.percent_time_lost,
                unsteady=unsteady,
                seconds=_seconds(tube, events),
                peaks=counted.peaks,
                markers=counted.markers,
                stained=counted.stained,
                sizes=counted.sizes,
                constant=events.constant,
                medians=counted.medians,
                singlet_medians=counted.singlet_medians,
                others=counted.others,
                stored=stored if not measured else None,
                binned=_binned(tube, events, masks, population, own, settings.outcomes, axes),
            )
        )
    return measured


def _binned(
    tube: Tube,
    events: Columns,
    masks: Mapping[str, NDArray[np.bool_]],
    population: Population,
    blocks: Mapping[str, gates.Block],
    outcomes: Outcomes,
    axes: Mapping[str, View] | None,
) -> PopulationBins | None:
    """The cells in bins, if the gate page asks for them; `masks` are those of `stage_masks`."""
    if not axes:
        return None
    singlets = masks["singlets"]
    return population_bins(events, singlets, population, blocks, tube.panel, outcomes, axes)


def count(
    tube: Tube,
    spillover: pd.DataFrame | None,
    settings: FlowSettings,
    blocks: Mapping[str, Mapping[str, gates.Block]],
) -> list[Measurement]:
    """The counts and medians of `measure`, without what the checks need."""
    events = read_tube(tube, spillover)
    time = _time(tube, events, settings, blocks)
    counted = []
    for population in settings.populations:
        own = gates.of_tube(blocks[population.name], tube)
        masks = stage_masks(events, population, own, time.steady)
        counts, _ = _counts(tube, events, own, masks, settings.outcomes)
        medians = _medians(tube, events, masks["population"])
        counted.append(
            Measurement(tube, population, counts, math.nan, math.nan, math.nan, medians=medians)
        )
    return counted


def _time(
    tube: Tube,
    events: Columns,
    settings: FlowSettings,
    blocks: Mapping[str, Mapping[str, gates.Block]],
) -> Steadiness:
    """What the acquisition time shows; nothing where the user set a gate on it."""
    own_time = all(gates.TIME in blocks[population.name] for population in settings.populations)
    return all_steady(events) if own_time else _steadiness(tube, events)


@dataclass(frozen=True)
class _Counted:
    """What one population of one file gives; the attributes are those of `Measurement`."""

    counts: Counts
    peaks: Mapping[str, LivePeak] = field(default_factory=dict)
    markers: Mapping[str, MarkerHistogram] = field(default_factory=dict)
    stained: Mapping[str, StainedCells] = field(default_factory=dict)
    sizes: SizeHistogram | None = None
    medians: Mapping[str, float] = field(default_factory=dict)
    singlet_medians: Mapping[str, float] = field(default_factory=dict)
    others: Mapping[Alternative, OtherCounts] = field(default_factory=dict)


def is_beads(tube: Tube) -> bool:
    """Whether no cell is in the tube: beads of the cytometer, or compensation beads."""
    return tube.role == "beads" or tube.is_on_beads


def _seconds(tube: Tube, events: Columns) -> float:
    """From the first event to the last; NaN without a time channel or events."""
    if tube.panel.time is None or not len(events):
        return math.nan
    return float(np.ptp(np.asarray(events[tube.panel.time])))


def _unsteady(
    tube: Tube, events: Columns, steady: NDArray[np.bool_]
) -> tuple[tuple[float, float], ...]:
    """The stretches of time that are not used."""
    if tube.panel.time is None or not len(events):
        return ()
    return stretches(np.asarray(events[tube.panel.time]), steady)


def steady(tube: Tube, events: Columns) -> NDArray[np.bool_]:
    """Which events were acquired steadily, shape (events,); all without a time channel."""
    return _steadiness(tube, events).steady


def _steadiness(tube: Tube, events: Columns) -> Steadiness:
    panel = tube.panel
    if panel.time is None:
        return all_steady(events)
    channels = (panel.forward_scatter_area, *(stain.channel for stain in panel.of_stains))
    signals = [np.asarray(events[channel]) for channel in channels]
    return steadiness(np.asarray(events[panel.time]), signals)


def stage_masks(
    events: Columns,
    population: Population,
    blocks: Mapping[str, gates.Block],
    steady: NDArray[np.bool_],
) -> dict[str, NDArray[np.bool_]]:
    """Which events are left after each of STAGES, masks of shape (events,).

    `steady` are the events that were acquired steadily. It is not used if the user set a gate on
    time.
    """
    of_stage = {
        "scatter": [gates.SCATTER, gates.SIDE_SCATTER],
        "time": [gates.TIME],
        "cells": [gates.CELLS],
        "singlets": [gates.SINGLETS],
        "population": [marker.gate for marker in population.markers],
    }
    inside = np.ones(len(events), dtype=bool)
    masks = {}
    for stage in STAGES:
        if stage == "time" and gates.TIME not in blocks:
            inside = inside & steady
        for name in of_stage[stage]:
            if name in blocks:
                inside = inside & gates.kept(name, blocks[name], events)
        masks[stage] = inside
    return masks


def _count(
    tube: Tube,
    events: TubeEvents,
    population: Population,
    blocks: Mapping[str, gates.Block],
    masks: Mapping[str, NDArray[np.bool_]],
    outcomes: Outcomes,
    others: Sequence[OtherGate],
) -> _Counted:
    """Events after each stage and in each class, and what the checks need besides.

    `masks` are those of `stage_masks`.
    """
    counts, positives = _counts(tube, events, blocks, masks, outcomes)
    is_cell = masks["population"]
    medians = _medians(tube, events, is_cell)
    of_singlets = {} if tube.role == "sample" else _medians(tube, events, masks["singlets"])
    of_others = _under(others, tube, events, population, blocks, masks, positives, outcomes)
    if not positives:
        return _Counted(counts, medians=medians, singlet_medians=of_singlets, others=of_others)
    counts = replace(counts, sensitivity=largest_change(events, is_cell, blocks, outcomes))
    is_above = {gate: mask & is_cell for gate, mask in positives.items()}
    size = tube.panel.forward_scatter_area
    read = [*(str(blocks[stain.gate]["channels"][0]) for stain in outcomes.stains), size]
    cells = sample_of(events, is_cell, read)
    is_sample = tube.role == "sample"
    peaks = live_peaks(cells, blocks, outcomes, size) if is_sample else {}
    sizes = None
    if is_sample:
        sizes = _sizes(np.asarray(events[size]), _dying(outcomes, is_above, is_cell))
    if tube.role == "single_stain" and counts.cells < FEWEST_EVENTS:
        cells = sample_of(events, masks["singlets"], read)
    lacking = {stain.gate: blocks[stain.gate] for stain in outcomes.lacking}
    return _Counted(
        counts,
        peaks,
        _along_markers(tube, events, population, blocks, masks["singlets"], outcomes),
        stained_of_tube(tube, cells, lacking, peaks),
        sizes,
        medians,
        of_singlets,
        of_others,
    )


def _counts(
    tube: Tube,
    events: TubeEvents,
    blocks: Mapping[str, gates.Block],
    masks: Mapping[str, NDArray[np.bool_]],
    outcomes: Outcomes,
) -> tuple[Counts, dict[str, NDArray[np.bool_]]]:
    """Events after each stage and in each class; gate of each stain -> the positive events.

    Both lack the stains where one has no gate.
    """
    total = tube.header.events
    after = {stage: int(np.count_nonzero(mask)) for stage, mask in masks.items()}
    counts = Counts(
        total=total,
        nonfinite=total - len(events) - events.beads,
        after=after,
        beads=events.beads if tube.panel.counting_beads else None,
    )
    if not outcomes.stains or any(stain.gate not in blocks for stain in outcomes.stains):
        return counts, {}
    positives = gates.positives(outcomes, blocks, events)
    is_above = {gate: mask & masks["population"] for gate, mask in positives.items()}
    quadrants = gates.classes_of(outcomes, is_above, after["population"])
    return replace(counts, quadrants=quadrants), positives


def _under(
    others: Sequence[OtherGate],
    tube: Tube,
    events: TubeEvents,
    population: Population,
    blocks: Mapping[str, gates.Block],
    masks: Mapping[str, NDArray[np.bool_]],
    positives: Mapping[str, NDArray[np.bool_]],
    outcomes: Outcomes,
) -> dict[Alternative, OtherCounts]:
    """What a sample would count with other gates; nothing of controls."""
    if tube.role != "sample":
        return {}
    markers = {one.gate: blocks[one.gate] for one in population.markers if one.gate in blocks}

    def medians(is_cell: NDArray[np.bool_]) -> dict[str, float]:
        return _medians(tube, events, is_cell)

    cells = SampledCells(events, masks["singlets"], masks["population"], markers, positives)
    return {
        one.alternative: counts_under(one, tube, cells, outcomes, medians)
        for one in others
        if one.block is not None
    }


def _medians(tube: Tube, events: Columns, wanted: NDArray[np.bool_]) -> dict[str, float]:
    """Channel of each stain and marker -> the median of all wanted events, linear; none without.

    `wanted` is a mask of shape (events,).
    """
    # A list of places, made once, is faster than a mask for each channel.
    places = np.flatnonzero(wanted)
    if not len(places):
        return {}
    return {
        name: median_of_unsorted(np.asarray(events[name]).take(places))
        for name in tube.panel.stains
    }


def _dying(
    outcomes: Outcomes, is_above: Mapping[str, NDArray[np.bool_]], is_cell: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which cells are not as living ones are in any stain, shape (events,)."""
    found = [
        is_cell & ~is_above[stain.gate] if stain.living_are_positive else is_above[stain.gate]
        for stain in outcomes.stains
    ]
    return reduce(np.logical_or, found)


def _sizes(size: NDArray[np.float64], is_dying: NDArray[np.bool_]) -> SizeHistogram | None:
    """How small the dying cells are beside the smallest event; arrays of shape (events,)."""
    every = size[:: max(1, -(-len(size) // MOST_EVENTS))]
    return size_histogram(every, size.take(some_of(is_dying)))


def _along_markers(
    tube: Tube,
    events: Columns,
    population: Population,
    blocks: Mapping[str, gates.Block],
    singlets: NDArray[np.bool_],
    outcomes: Outcomes,
) -> dict[str, MarkerHistogram]:
    """Of a sample or a control without stains, the histograms of the population's markers."""
    markers = {one.gate: blocks[one.gate] for one in population.markers}
    if not markers or tube.role not in ("sample", "population_negative", "unstained"):
        return {}
    of_stains = {stain.gate: blocks[stain.gate] for stain in outcomes.stains}
    used = (*markers.values(), *of_stains.values())
    read = {str(name) for block in used for name in block["channels"]}
    cells = sample_of(events, singlets, sorted(read))
    return marker_histograms(cells, markers, of_stains, outcomes)
