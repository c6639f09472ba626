"""Thresholds of single cell lines, or of single wells, beside the one of the experiment.

Two cell lines bind different amounts of Annexin V while they live. One threshold for both counts
live cells of the brighter line, or loses dying ones of the dimmer. So lines whose live peaks differ
have thresholds of their own, if each has untreated wells.

A threshold of each well follows a drug that fluoresces, but also live cells that begin to bind
Annexin V, so it is used only if the config asks for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from coculture.flow.gating import gates
from coculture.flow.gating.asinh_scale import decades
from coculture.flow.gating.densities import Distribution
from coculture.flow.gating.pool import PooledTube, number_of_events, values
from coculture.flow.gating.sources.live_peak import NegativePeak, live_threshold, negative_peak
from coculture.flow.gating.sources.threshold import (
    FEWEST_EVENTS,
    Request,
    Threshold,
    is_sample,
)

EXPERIMENT, WELL = "experiment", "well"
"""What the config can say of `thresholds.scope`."""

_DIFFERENT_SDS = 1.0
"""Live peaks of two lines differ if they are more than one SD apart: a smaller distance changes
percent apoptotic by less than 1.5 points."""
_FEWEST_OF_WELL = 500
"""Cells of a well that has a threshold of its own: with fewer it is placed badly."""
_LEAST_SHARE = 0.2
"""Share of a well's cells in its live peak."""
_SAME_FORWARD_SCATTER = 0.07
"""Share by which the cells in the peak differ in size from untreated live cells at most: others are
dying cells (shared/measured/flow_controls.md, section 5)."""

OF_CELLS = ", for each cell line, because their live peaks differ"
OF_FILES = ", for each well at its own live peak where the live cells have kept their size"


def block(
    request: Request,
    shared: gates.Block,
    find: Callable[[Request], Threshold | None],
    scope: str,
) -> gates.Block:
    """The gate with the thresholds of cell lines, and of wells if the config asks for them.

    Parameters
    ----------
    request
        What is to be set.
    shared
        The gate with the threshold of all samples.
    find
        The source that set it, from the live peak.
    scope
        experiment or well.
    """
    of_cells = _of_cells(request, find)
    of_files = _of_files(request) if scope == WELL else {}
    rule = str(shared["rule"]) + (OF_CELLS if of_cells else "") + (OF_FILES if of_files else "")
    added = {"of_cells": of_cells, "of_files": of_files}
    whole = {**shared, "rule": rule, **{key: value for key, value in added.items() if value}}
    return {key: whole[key] for key in gates.BLOCK_KEYS if key in whole}


def _of_cells(request: Request, find: Callable[[Request], Threshold | None]) -> dict[str, float]:
    """Cell line -> threshold; empty if all lines can share one."""
    samples = [one for one in request.inside if is_sample(one.tube)]
    lines = sorted({one.tube.cells for one in samples})
    untreated = {
        line: [one for one in samples if one.tube.untreated and one.tube.cells == line]
        for line in lines
    }
    if len(lines) < 2 or any(number_of_events(one) < FEWEST_EVENTS for one in untreated.values()):
        return {}
    peaks = [_peak(request, one) for one in untreated.values()]
    modes = [peak.mode for peak in peaks]
    if max(modes) - min(modes) <= _DIFFERENT_SDS * min(peak.sd for peak in peaks):
        return {}
    found = {line: find(_only(request, line, lines)) for line in lines}
    return {line: float(one.value) for line, one in found.items() if one is not None}


def _only(request: Request, line: str, lines: Sequence[str]) -> Request:
    """The request without the samples and controls of other cell lines."""

    def kept(tubes: Sequence[PooledTube]) -> list[PooledTube]:
        return [one for one in tubes if one.tube.cells == line or one.tube.cells not in lines]

    return replace(request, inside=kept(request.inside), singlets=kept(request.singlets))


def _peak(request: Request, tubes: Sequence[PooledTube]) -> NegativePeak:
    """The live peak on the scale asinh(x / 150)."""
    return negative_peak(Distribution(decades(request.values(tubes))))


def _of_files(request: Request) -> Mapping[str, float]:
    """File -> threshold, of the wells whose live cells are as large as untreated ones."""
    samples = [one for one in request.inside if is_sample(one.tube)]
    scale = request.scale(samples)
    found = {}
    for one in samples:
        if len(one) < _FEWEST_OF_WELL:
            continue
        untreated = [
            other
            for other in samples
            if other.tube.untreated and other.tube.cells == one.tube.cells and len(other)
        ]
        usual = [_size(request, [other]) for other in untreated or samples if len(other)]
        moved = abs(_size(request, [one]) / float(np.median(usual)) - 1)
        # Early apoptotic cells lack the dye and are small.
        if request.gate == gates.ANNEXIN and moved > _SAME_FORWARD_SCATTER:
            continue
        positions = Distribution(scale.transform(request.values([one])))
        if negative_peak(positions).share < _LEAST_SHARE:
            continue
        threshold = live_threshold([positions], positions, scale)
        if threshold is not None:
            found[one.tube.fcs] = threshold
    return found


def _size(request: Request, tubes: Sequence[PooledTube]) -> float:
    """Forward scatter of the cells in the live peak."""
    stain = decades(request.values(tubes))
    size = values(tubes, request.panel.forward_scatter_area)
    in_peak = stain < negative_peak(Distribution(stain)).mode
    return float(np.median(size[in_peak] if in_peak.any() else size))
