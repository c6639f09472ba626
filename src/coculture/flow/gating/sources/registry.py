"""What sets a gate: one module for each source.

A threshold source is a module with a CODE, a NAME, a TRUST and `find(request)`. To add one for
stains that living cells lack (Annexin V, a viability dye), write such a module, list it here, and
add its code to study/schemas/flow.schema.yaml (`thresholds` and `$defs.gate.source`).

FOR_STAINS and FOR_MARKERS are in the order in which they are tried; benchmarks/flow_thresholds.py
measures that order. A block in the config (`manual`) replaces all of them.
"""

from collections.abc import Sequence
from typing import Protocol

from coculture.flow.gating import gates
from coculture.flow.gating.sources import (
    bright_control,
    debris,
    detector_range,
    fmo,
    live_peak,
    living_positive,
    manual,
    marker_fmo,
    own_thresholds,
    pooled,
    population_negative,
    singlet_spread,
    unstained,
    untreated,
)
from coculture.flow.gating.sources.threshold import (
    FEWEST_EVENTS,
    Request,
    Threshold,
    ThresholdError,
    Trust,
)
from coculture.flow.threshold_settings import AUTO


class Source(Protocol):
    """What the module of a threshold source has."""

    CODE: str
    """As gates.yaml and the config write it."""
    NAME: str
    """What the threshold is set from, in words."""
    TRUST: Trust

    def find(self, request: Request) -> Threshold | None:
        """The threshold; None if the experiment does not have what it needs."""


class StainSource(Source, Protocol):
    """A source for stains that living cells lack, which the config can ask for."""

    def roles(self, stain: str) -> tuple[str, ...]:
        """Roles of the files of which it needs at least one."""


FOR_STAINS: tuple[StainSource, ...] = (live_peak, fmo, unstained, pooled)
"""Tried in this order for Annexin V, the viability dye and other stains that living cells lack."""
ONLY_ON_REQUEST: tuple[StainSource, ...] = (untreated,)
"""For the same stains, if the config asks for it."""
_FROM_LIVE_PEAKS = (live_peak, untreated)
"""Sources of which a cell line or a well can have its own threshold."""
FOR_MARKERS: tuple[Source, ...] = (
    bright_control,
    population_negative,
    marker_fmo,
    pooled,
    unstained,
)
"""Tried in this order for the markers of populations."""
SOURCES = {
    source.CODE: source
    for source in (*FOR_STAINS, *ONLY_ON_REQUEST, *FOR_MARKERS)
}  # fmt: skip
"""Every threshold source by its code."""
CODES = (
    manual.CODE,
    *SOURCES,
    detector_range.CODE,
    *debris.CODES,
    singlet_spread.CODE,
)
"""What `source` of a gate block can be."""


def of_stain(code: str) -> StainSource:
    """The source for stains that living cells lack with this code."""
    return next(one for one in (*FOR_STAINS, *ONLY_ON_REQUEST) if code == one.CODE)


def stain_block(
    request: Request, asked: str, population: str, scope: str = own_thresholds.EXPERIMENT
) -> gates.Block:
    """The gate of a stain.

    Parameters
    ----------
    request
        What is to be set, with the events.
    asked
        The source that the config asks for: a code, or auto for the best one.
    population
        Name of the population, for the message.
    scope
        What has a threshold of its own: the experiment, with cell lines that differ, or each well.

    Raises
    ------
    ThresholdError
        If the experiment does not have what the source needs.
    """
    if request.keeps_living_above:
        return _living_positive_block(request, asked, population)
    for source in _to_try(request, asked):
        found = source.find(request)
        if found is not None:
            shared = found.block(request.channel, "above", source.CODE, request.failed)
            if source not in _FROM_LIVE_PEAKS:
                return shared
            return own_thresholds.block(request, shared, source.find, scope)
    needed = "any control or samples" if asked == AUTO else f"what {asked!r} (see config) needs"
    raise ThresholdError(_lacks(request, population, needed))


def _living_positive_block(request: Request, asked: str, population: str) -> gates.Block:
    """The gate of a stain that living cells have; the arguments are those of `stain_block`."""
    for code in living_positive.CODES if asked == AUTO else (asked,):
        found = living_positive.find(request, code)
        if found is not None:
            return found.block(request.channel, "above", code, request.failed)
    needed = (
        "a control without it that is dimmer than living cells"
        if asked == AUTO
        else f"what {asked!r} (see config) needs"
    )
    raise ThresholdError(_lacks(request, population, needed))


def _lacks(request: Request, population: str, needed: str) -> str:
    return (
        f"The population {population!r} needs a threshold for {request.gate}, but the experiment "
        f"lacks {needed} with at least {FEWEST_EVENTS} events; samples alone must have two clear "
        "peaks. Add a control or set the gate in flow.gates."
    )


def _to_try(request: Request, asked: str) -> Sequence[StainSource]:
    """The sources in their order; others than the one asked for only if its control failed."""
    if asked == AUTO:
        return FOR_STAINS
    wanted = of_stain(asked)
    has_failed = {one.role for one in request.failed} & {*wanted.roles(request.gate)}
    return (wanted, *(one for one in FOR_STAINS if has_failed and one != wanted))


def marker_block(request: Request, positive: bool, population: str) -> gates.Block:
    """The gate of one marker, which keeps the cells above (`positive`) or below its threshold.

    Raises
    ------
    ThresholdError
        If there is neither a control nor a valley.
    """
    for source in FOR_MARKERS:
        found = source.find(request)
        if found is not None:
            keep = "above" if positive else "below"
            return found.block(request.channel, keep, source.CODE, request.failed)
    wanted = "cells that lack it" if positive else "cells that have it, stained for it"
    raise ThresholdError(
        f"The population {population!r} needs a threshold for {request.gate}, but the experiment "
        f"has no population_negative ({wanted}), fmo or unstained control of at least "
        f"{FEWEST_EVENTS} single cells for it, and the samples together have no two separate "
        "peaks. Add a control or set the gate in flow.gates."
    )
