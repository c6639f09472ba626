"""Counting the events of one file in every gate, and measuring what the checks need besides."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.flow.gating import gates
from coculture.flow.gating.cell_sample import MOST_EVENTS, sample_of, some_of
from coculture.flow.gating.checks.margin_events import margin_percent
from coculture.flow.gating.checks.threshold_sensitive import largest_change
from coculture.flow.gating.flowcytometrytools import passes
from coculture.flow.gating.live_peaks import LivePeak, live_peaks
from coculture.flow.gating.marker_histograms import MarkerHistogram, marker_histograms
from coculture.flow.gating.measurement import STAGES, Counts, Measurement
from coculture.flow.gating.size_histogram import SizeHistogram, size_histogram
from coculture.flow.gating.sources.threshold import FEWEST_EVENTS
from coculture.flow.gating.stained_cells import StainedCells, stained_of_tube
from coculture.flow.gating.steadiness import Steadiness, all_steady, steadiness
from coculture.flow.settings import FlowSettings, Population
from coculture.flow.tubes import Columns, Tube, TubeEvents, read_tube


def measure(
    tube: Tube,
    spillover: pd.DataFrame | None,
    settings: FlowSettings,
    blocks: Mapping[str, Mapping[str, gates.Block]],
) -> list[Measurement]:
    """What is counted and measured in one file, for each population."""
    populations = settings.populations
    if is_beads(tube):
        counts = Counts(tube.header.events, 0, {})
        return [Measurement(tube, population, counts, 0.0, 0.0, 0.0) for population in populations]
    events = read_tube(tube, spillover)
    own_time = all(gates.TIME in blocks[population.name] for population in populations)
    time = all_steady(events) if own_time else _steadiness(tube, events)
    measured = []
    for population in populations:
        own = gates.of_tube(blocks[population.name], tube)
        counted = _count(tube, events, population, own, time.steady)
        in_range = counted.counts.after["scatter"]
        measured.append(
            Measurement(
                tube,
                population,
                counted.counts,
                percent_margin=margin_percent(tube, events, in_range),
                percent_departing=time.percent_departing,
                percent_time_lost=time.percent_time_lost,
                seconds=_seconds(tube, events),
                peaks=counted.peaks,
                markers=counted.markers,
                stained=counted.stained,
                sizes=counted.sizes,
                constant=events.constant,
            )
        )
    return measured


@dataclass(frozen=True)
class _Counted:
    """What one population of one file gives; the attributes are those of `Measurement`."""

    counts: Counts
    peaks: Mapping[str, LivePeak] = field(default_factory=dict)
    markers: Mapping[str, MarkerHistogram] = field(default_factory=dict)
    stained: Mapping[str, StainedCells] = field(default_factory=dict)
    sizes: SizeHistogram | None = None


def is_beads(tube: Tube) -> bool:
    """Whether no cell is in the tube: beads of the cytometer, or compensation beads."""
    return tube.role == "beads" or tube.is_on_beads


def _seconds(tube: Tube, events: Columns) -> float:
    """From the first event to the last; NaN without a time channel or events."""
    if tube.panel.time is None or not len(events):
        return math.nan
    return float(np.ptp(np.asarray(events[tube.panel.time])))


def steady(tube: Tube, events: Columns) -> NDArray[np.bool_]:
    """Which events were acquired steadily, shape (events,); all without a time channel."""
    return _steadiness(tube, events).steady


def _steadiness(tube: Tube, events: Columns) -> Steadiness:
    panel = tube.panel
    if panel.time is None:
        return all_steady(events)
    channels = (panel.forward_scatter_area, panel.annexin, panel.viability_dye)
    signals = [np.asarray(events[channel]) for channel in channels if channel is not None]
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
                inside = inside & passes(gates.draw(name, blocks[name]), events)
        masks[stage] = inside
    return masks


def _count(
    tube: Tube,
    events: TubeEvents,
    population: Population,
    blocks: Mapping[str, gates.Block],
    steady: NDArray[np.bool_],
) -> _Counted:
    """Events after each stage and in each quadrant, and what the checks need besides."""
    masks = stage_masks(events, population, blocks, steady)
    total = tube.header.events
    nonfinite = total - len(events) - events.beads
    beads = events.beads if tube.panel.counting_beads else None
    after = {stage: int(np.count_nonzero(mask)) for stage, mask in masks.items()}
    if gates.ANNEXIN not in blocks or gates.VIABILITY_DYE not in blocks:
        return _Counted(Counts(total, nonfinite, after, beads=beads))
    annexin, dye = blocks[gates.ANNEXIN], blocks[gates.VIABILITY_DYE]
    is_cell = masks["population"]
    is_annexin, is_dye = (gates.is_positive(block, events) & is_cell for block in (annexin, dye))
    quadrants = gates.quadrants_of(is_annexin, is_dye, after["population"])
    counts = Counts(
        total=total,
        nonfinite=nonfinite,
        after=after,
        quadrants=quadrants,
        beads=beads,
        sensitivity=largest_change(events, is_cell, annexin, quadrants),
    )
    size = tube.panel.forward_scatter_area
    read = [annexin["channels"][0], dye["channels"][0], size]
    cells = sample_of(events, is_cell, read)
    is_sample = tube.role == "sample"
    peaks = live_peaks(cells, annexin, dye, size) if is_sample else {}
    sizes = _sizes(np.asarray(events[size]), is_annexin | is_dye) if is_sample else None
    if tube.role == "single_stain" and after["population"] < FEWEST_EVENTS:
        cells = sample_of(events, masks["singlets"], read)
    of_stains = {gates.ANNEXIN: annexin, gates.VIABILITY_DYE: dye}
    return _Counted(
        counts,
        peaks,
        _along_markers(tube, events, population, blocks, masks["singlets"]),
        stained_of_tube(tube, cells, of_stains, peaks),
        sizes,
    )


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
) -> dict[str, MarkerHistogram]:
    """Of a sample or a control without stains, the histograms of the population's markers."""
    markers = {one.gate: blocks[one.gate] for one in population.markers}
    if not markers or tube.role not in ("sample", "population_negative", "unstained"):
        return {}
    annexin, dye = blocks[gates.ANNEXIN], blocks[gates.VIABILITY_DYE]
    read = {str(name) for block in (*markers.values(), annexin, dye) for name in block["channels"]}
    cells = sample_of(events, singlets, sorted(read))
    return marker_histograms(cells, markers, annexin, dye)
