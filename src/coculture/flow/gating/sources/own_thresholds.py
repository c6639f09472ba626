"""Thresholds of single cell lines, or of single wells, beside the one of the experiment.

Two cell lines bind different amounts of Annexin V while they live. One threshold for both counts
live cells of the brighter line, or loses dying ones of the dimmer. So lines whose live peaks differ
have thresholds of their own, if each has untreated wells.

A threshold of each well follows a drug that fluoresces, but also live cells that begin to bind
Annexin V, so it is used only if the config asks for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from coculture.flow.gating import gates
from coculture.flow.gating.asinh_scale import decades
from coculture.flow.gating.densities import Distribution
from coculture.flow.gating.pool import PooledTube, number_of_events, values
from coculture.flow.gating.sources.live_peak import (
    LIVE_SDS,
    NegativePeak,
    live_threshold,
    negative_peak,
)
from coculture.flow.gating.sources.threshold import (
    FEWEST_EVENTS,
    Request,
    Threshold,
    is_sample,
)
from coculture.flow.tubes import Tube

EXPERIMENT, WELL = "experiment", "well"
"""What the config can say of `thresholds.scope`."""

_DIFFERENT_SDS = 1.0
"""Live peaks of two lines differ if they are more than one SD apart: a smaller distance changes
percent apoptotic by less than 1.5 points."""
_SD_PER_MEDIAN = 1.4826
"""SD of a normal distribution divided by the median distance from its middle."""
_FEWEST_OF_WELL = 500
"""Cells of a well that has a threshold of its own: with fewer it is placed badly."""
_LEAST_SHARE = 0.2
"""Share of a well's cells in its live peak."""
_SAME_FORWARD_SCATTER = 0.07
"""Share by which the cells in the peak differ in size from untreated live cells at most: others are
dying cells (shared/measured/flow_controls.md, section 5)."""

OF_CELLS = ", for each cell line, because their live peaks differ"
OF_ARMS = ", moved for the arms whose own unstained control is brighter"
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
    of_arms = _of_arms(request, float(shared["threshold"]), of_cells)
    of_files = _of_files(request) if scope == WELL else {}
    rule = str(shared["rule"]) + "".join(
        text
        for text, found in ((OF_CELLS, of_cells), (OF_ARMS, of_arms), (OF_FILES, of_files))
        if found
    )
    of_files = {**of_arms, **of_files}
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


def _of_arms(request: Request, shared: float, of_cells: Mapping[str, float]) -> dict[str, float]:
    """File -> threshold, of the arms whose unstained control is unlike that of untreated cells.

    The threshold moves by as much as the upper end of the unstained cells does.
    """
    usual = request.tubes(lambda tube: tube.is_unstained)
    arms = sorted({one.tube.arm for one in request.singlets if one.tube.is_treated_unstained})
    found: dict[str, float] = {}
    for arm in arms if usual else ():
        controls = request.tubes(partial(_is_control_of, arm=arm))
        if not controls:
            continue
        (high, sd), (low, usual_sd) = _unstained(request, controls), _unstained(request, usual)
        if abs(high - low) <= _DIFFERENT_SDS * usual_sd:
            continue
        moved = high - low + LIVE_SDS * (sd - usual_sd)
        for one in (*request.singlets, *controls):
            if one.tube.arm == arm and (is_sample(one.tube) or one.tube.is_treated_unstained):
                found[one.tube.fcs] = of_cells.get(one.tube.cells, shared) + moved
    return found


def _is_control_of(tube: Tube, arm: str) -> bool:
    return tube.is_treated_unstained and tube.arm == arm


def _unstained(request: Request, tubes: Sequence[PooledTube]) -> tuple[float, float]:
    """Median and SD of unstained cells on the linear scale; the SD is of their lower half."""
    linear = request.values(tubes)
    median = float(np.median(linear))
    return median, _SD_PER_MEDIAN * float(np.median(median - linear[linear <= median]))


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
        if request.gate != gates.VIABILITY_DYE and moved > _SAME_FORWARD_SCATTER:
            continue
        positions = one.along(request.channel, scale)
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
