"""Counting the events of one file in every gate, and measuring what the checks need besides."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.exchange.outcomes import Outcomes
from coculture.flow.gating import gates
from coculture.flow.gating.checks.margin_events import margin_percent
from coculture.flow.gating.checks.threshold_sensitive import largest_change
from coculture.flow.gating.flowcytometrytools import passes
from coculture.flow.gating.live_peaks import LivePeak, live_peaks
from coculture.flow.gating.marker_histograms import (
    MOST_EVENTS,
    MarkerHistogram,
    marker_histograms,
)
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
        counted = _count(tube, events, population, own, time.steady, settings.outcomes)
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
                medians=counted.medians,
                singlet_medians=counted.singlet_medians,
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
    medians: Mapping[str, float] = field(default_factory=dict)
    singlet_medians: Mapping[str, float] = field(default_factory=dict)


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
                inside = inside & passes(gates.draw(name, blocks[name]), events)
        masks[stage] = inside
    return masks


def _count(
    tube: Tube,
    events: TubeEvents,
    population: Population,
    blocks: Mapping[str, gates.Block],
    steady: NDArray[np.bool_],
    outcomes: Outcomes,
) -> _Counted:
    """Events after each stage and in each class, and what the checks need besides."""
    masks = stage_masks(events, population, blocks, steady)
    total = tube.header.events
    nonfinite = total - len(events) - events.beads
    beads = events.beads if tube.panel.counting_beads else None
    after = {stage: int(np.count_nonzero(mask)) for stage, mask in masks.items()}
    size = tube.panel.forward_scatter_area
    read = [*tube.panel.stains, size]
    cells = _of_events(events, masks["population"], read)
    medians = _medians(tube, cells)
    of_singlets = (
        {} if tube.role == "sample" else _medians(tube, _of_events(events, masks["singlets"], read))
    )
    if not outcomes.stains or any(stain.gate not in blocks for stain in outcomes.stains):
        return _Counted(
            Counts(total, nonfinite, after, beads=beads),
            medians=medians,
            singlet_medians=of_singlets,
        )
    counts = Counts(
        total=total,
        nonfinite=nonfinite,
        after=after,
        quadrants=gates.class_counts(outcomes, blocks, cells),
        beads=beads,
        sensitivity=largest_change(cells, blocks, outcomes),
    )
    peaks = live_peaks(cells, blocks, outcomes, size) if tube.role == "sample" else {}
    sizes = _sizes(tube, events, cells, blocks, outcomes)
    if tube.role == "single_stain" and len(cells) < FEWEST_EVENTS:
        cells = _of_events(events, masks["singlets"], read)
    lacking = {
        stain.gate: blocks[stain.gate] for stain in outcomes.stains if not stain.living_are_positive
    }
    return _Counted(
        counts,
        peaks,
        _along_markers(tube, events, population, blocks, masks["singlets"], outcomes),
        stained_of_tube(tube, cells, lacking, peaks),
        sizes,
        medians,
        of_singlets,
    )


def _medians(tube: Tube, cells: Columns) -> dict[str, float]:
    """Channel of each stain and marker -> the median of the cells, linear; none without cells."""
    if not len(cells):
        return {}
    return {name: float(np.median(np.asarray(cells[name]))) for name in tube.panel.stains}


def _sizes(
    tube: Tube,
    events: Columns,
    cells: Columns,
    blocks: Mapping[str, gates.Block],
    outcomes: Outcomes,
) -> SizeHistogram | None:
    """Of a sample: how small its dying cells are beside the smallest event."""
    if tube.role != "sample":
        return None
    size = tube.panel.forward_scatter_area
    is_dying = np.zeros(len(cells), bool)
    for stain in outcomes.stains:
        block = blocks[stain.gate]
        is_above = np.asarray(cells[str(block["channels"][0])]) >= float(block["threshold"])
        is_dying |= is_above != stain.living_are_positive
    return size_histogram(np.asarray(events[size]), np.asarray(cells[size])[is_dying])


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
    every = max(1, -(-int(np.count_nonzero(singlets)) // MOST_EVENTS))
    cells = _of_events(events, singlets, sorted(read), every)
    return marker_histograms(cells, markers, of_stains, outcomes)


def _of_events(
    events: Columns, wanted: NDArray[np.bool_], channels: Sequence[str], every: int = 1
) -> TubeEvents:
    """Each `every`-th of the wanted events, a mask of shape (events,), in some channels."""
    # A list of places, made once, is faster than a mask for each channel.
    places = np.flatnonzero(wanted)[::every]
    return TubeEvents(
        {channel: np.asarray(events[channel]).take(places) for channel in channels}, len(places)
    )
