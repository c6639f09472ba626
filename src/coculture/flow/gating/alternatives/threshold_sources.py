"""Thresholds of stains and markers from every other source that passed its control test."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from coculture.exchange.alternatives import Alternative
from coculture.exchange.vocabulary import listed
from coculture.flow.gating import carry_over, gates, sources
from coculture.flow.gating.alternatives.other_gate import OtherGate, stains_and_markers
from coculture.flow.gating.gate_setting import requests_of
from coculture.flow.gating.pool import PooledTube
from coculture.flow.gating.sources import living_positive, unstained
from coculture.flow.gating.sources.threshold import Request, ThresholdError
from coculture.flow.settings import FlowSettings

CHOICE = "threshold_source"
_EXPLORATORY = "this source is exploratory: no control tests it"


def others(
    pooled: Sequence[PooledTube],
    blocks: Mapping[str, Mapping[str, gates.Block]],
    settings: FlowSettings,
    *,
    is_compensated: bool,
) -> Iterator[OtherGate]:
    """The threshold of each stain and marker from each other source that the experiment has.

    A source whose control failed its test gives no threshold in this experiment.

    Parameters
    ----------
    pooled
        The events of the experiment that gates are set from, before any gate.
    blocks
        Population -> gate -> the block that is used.
    is_compensated
        Whether the spill is corrected, as far as it is known.
    """
    requests = {
        (population.name, request.gate): request
        for population in settings.populations
        for request in requests_of(
            population, pooled, blocks[population.name], is_compensated=is_compensated
        )
    }
    for population, gate, name, block in stains_and_markers(blocks, settings):
        request = requests[population, gate]
        for code in _codes(request):
            if code == block.get("source"):
                continue
            source = sources.SOURCES[code]
            not_counted = _EXPLORATORY if source.TRUST == "exploratory" else ""
            title = f"the {name} threshold from {source.NAME}"
            alternative = Alternative(title, CHOICE, not_counted)
            why = _fault(request, code, block)
            if why:
                yield OtherGate(alternative, population, gate, None, why)
                continue
            found = _block(request, code, str(block.get("keep", "above")), population, settings)
            if found is not None:
                yield OtherGate(alternative, population, gate, found)


def _codes(request: Request) -> list[str]:
    if request.is_marker:
        return [source.CODE for source in sources.FOR_MARKERS]
    if request.keeps_living_above:
        return list(living_positive.CODES)
    return [source.CODE for source in sources.FOR_STAINS]


def _fault(request: Request, code: str, used: gates.Block) -> str:
    """Why a control of the source cannot set the threshold; empty if it passed its test.

    `used` is the gate that is used.
    """
    if request.is_marker:
        return _unstained_has_marker(request, used) if code == unstained.CODE else ""
    if request.keeps_living_above:
        return ""
    roles = sources.of_stain(code).roles(request.gate)
    failed = [one.fcs for one in request.failed if one.role in roles]
    return f"{listed(failed)} failed the test of controls" if failed else ""


def _unstained_has_marker(request: Request, used: gates.Block) -> str:
    """Whether unstained cells are as bright as the population: they may have a reporter."""
    controls = unstained.tubes(request)
    if not controls:
        return ""
    values = request.values(controls)
    bright = int(np.count_nonzero(values >= float(used["threshold"])))
    if bright <= carry_over.most_allowed(len(values)):
        return ""
    return f"unstained cells have {request.gate}"


def _block(
    request: Request, code: str, keep: str, population: str, settings: FlowSettings
) -> gates.Block | None:
    """The gate from this source; None if the experiment does not have what it needs."""
    # A control that failed is no longer among the events; without the record of it, no other
    # source takes the place of this one.
    request = replace(request, failed=())
    if request.is_marker:
        found = sources.SOURCES[code].find(request)
        return None if found is None else found.block(request.channel, keep, code)
    try:
        return sources.stain_block(request, code, population, settings.threshold_scope)
    except ThresholdError:
        return None
