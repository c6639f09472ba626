"""Whether a control is the tube that its role says: tested before it sets or checks a threshold.

A control must hold hardly any event as bright as the experiment's positive cells. It is compared
with these, and never with a threshold that the control has set itself.

All values are compared on the scale asinh(x / 150) in decades. A tube's limit lies 70 % of the way
from its own median to the median of the positive cells. Measured by simulation of 900 clean studies
with carry-over of up to 0.1 %: a contamination of 2 % is found in 97 % of unstained tubes, and a
clean tube is refused in fewer than 0.3 % of studies (`benchmarks/flow_mishaps.py`, case 1).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from coculture.flow.files import MARKER_FMO
from coculture.flow.gating import carry_over
from coculture.flow.gating.asinh_scale import decades
from coculture.flow.gating.densities import Distribution, lower_half_sd
from coculture.flow.gating.pool import PooledTube, values
from coculture.flow.gating.sources.live_peak import negative_peak
from coculture.flow.gating.sources.threshold import (
    FEWEST_EVENTS,
    FailedControl,
    LooksLike,
    Request,
    is_sample,
)
from coculture.flow.tubes import Tube

_FEWEST_POSITIVE = 20
"""With fewer positive events nothing can be said of a control."""
_SWAPPED = 0.25
"""A tube whose share of the other stain is below this part of the share of the stain that it
should lack was swapped."""
_FEW = 0.025
"""A smaller share of an FMO tube, less than half of that of the other stain, was carried over."""


def screened(request: Request) -> Request:
    """The request without the controls that fail, or without their bright events.

    A control into which stained cells were carried over is used without the events above its limit;
    one that is stained is not used.
    """
    controls = [one for one in request.singlets if len(one) and _should_lack(one.tube, request)]
    positive = _positive(request, request.channel) if controls else None
    if positive is None:
        return request
    found = [_tested(one, request, positive) for one in controls]
    failed = {one.fcs: one for one in found if one is not None}
    if not failed:
        return request

    def usable(tubes: Sequence[PooledTube]) -> list[PooledTube]:
        kept = []
        for one in tubes:
            failure = failed.get(one.tube.fcs)
            if failure is None:
                kept.append(one)
            elif failure.looks_like == "carry_over":
                kept.append(_without_bright(one, request, positive))
        return kept

    return replace(
        request,
        inside=usable(request.inside),
        singlets=usable(request.singlets),
        failed=tuple(failed.values()),
    )


def _should_lack(tube: Tube, request: Request) -> bool:
    """Whether the tube is a control that must be negative in the channel of the request."""
    if request.is_marker:
        # A negative marker's control without the population is the bright side.
        is_control = tube.is_control_of(request.channel) and not request.keeps_below
        return is_control or (request.is_compensated and tube.is_fmo_of(request.channel))
    if not request.is_compensated:
        # The spill of the other stain makes an FMO control bright.
        return tube.role == "unstained"
    has_other = tube.only_channel not in (None, "", request.channel)
    return tube.role == "unstained" or tube.lacked_channel == request.channel or has_other


def _tested(one: PooledTube, request: Request, positive: float) -> FailedControl | None:
    """What is wrong with a control; None if nothing is."""
    events, bright = len(one), _bright(one, request.channel, positive)
    if bright <= carry_over.most_allowed(events):
        return None
    other = _other_fmo(one, request)
    is_fmo = one.tube.lacked_channel is not None and not request.is_marker
    looks_like: LooksLike = (
        _fmo_looks_like(one, request, positive, bright / events)
        if is_fmo
        else _looks_like(request, positive, bright / events)
    )
    return FailedControl(
        fcs=one.tube.fcs,
        role=one.tube.role,
        looks_like="swapped" if other else looks_like,
        bright=bright,
        events=events,
        allowed=carry_over.most_allowed(events),
        partner=other or _partner(one.tube, request),
    )


def _other_fmo(one: PooledTube, request: Request) -> str:
    """The FMO control whose stain this one lacks, as if it were that; empty if there is none.

    Only where one of the two is of a marker.
    """
    lacked = one.tube.lacked_channel
    if lacked is None:
        return ""
    for other in request.singlets:
        channel = other.tube.lacked_channel
        of_marker = MARKER_FMO in (one.tube.role, other.tube.role)
        if channel is None or channel == lacked or not of_marker:
            continue
        positive = _positive(request, channel)
        if positive is not None and _bright(one, channel, positive) <= carry_over.most_allowed(
            len(one)
        ):
            return other.tube.fcs
    return ""


def _fmo_looks_like(one: PooledTube, request: Request, positive: float, share: float) -> LooksLike:
    """By its share of cells that are positive for the other one of two stains."""
    others = [one.channel for one in request.panel.of_stains if one.gate != request.gate]
    other = others[0] if others else None
    positive_for_other = None if other is None else _positive(request, other)
    if other is None or positive_for_other is None:
        return _looks_like(request, positive, share)
    of_other = _bright(one, other, positive_for_other) / len(one)
    if of_other < _SWAPPED * share:
        return "swapped"
    return "carry_over" if share < _FEW and of_other > 2 * share else "full_stain"


def _looks_like(request: Request, positive: float, share: float) -> LooksLike:
    """By its share of positive cells, beside that of the samples together."""
    samples = _samples(request)
    of_samples = sum(_bright(sample, request.channel, positive) for sample in samples)
    usual = of_samples / sum(map(len, samples))
    return "carry_over" if share < usual / 2 else "full_stain"


def _partner(tube: Tube, request: Request) -> str:
    """The tube that it may have been swapped with; empty where there is none."""
    if request.is_marker or tube.lacked_channel is None:
        return ""
    others = {stain.channel for stain in request.panel.of_stains} - {tube.lacked_channel}
    lacking = (one.tube for one in request.singlets if one.tube.lacked_channel in others)
    return next((one.fcs for one in lacking), "")


def _positive(request: Request, channel: str) -> float | None:
    """Median of the positive cells of the stained tubes, in decades; None with too few of them."""
    samples = _samples(request)
    untreated = [one for one in samples if one.tube.untreated] or samples
    if sum(map(len, untreated)) < FEWEST_EVENTS:
        return None
    reference = Distribution(decades(values(untreated, channel)))
    mode = negative_peak(reference).mode
    sd = lower_half_sd(reference, mode)
    own = [
        one
        for one in request.singlets
        if one.tube.role == "single_stain" and one.tube.stained_channel == channel
    ]
    stained = [*samples, *own]
    every = decades(values(stained, channel))
    above = every[every > mode + carry_over.POSITIVE_SDS * sd]
    return float(np.median(above)) if len(above) >= _FEWEST_POSITIVE else None


def _samples(request: Request) -> list[PooledTube]:
    return [one for one in request.singlets if is_sample(one.tube) and len(one)]


def _bright(one: PooledTube, channel: str, positive: float) -> int:
    """Number of events above the tube's limit."""
    found = decades(one.values(channel))
    return int(np.count_nonzero(found > carry_over.limit(found, positive, carry_over.LIMIT)))


def _without_bright(one: PooledTube, request: Request, positive: float) -> PooledTube:
    """The tube without the events above its limit."""
    if not len(one):
        return one
    found = decades(one.values(request.channel))
    part = carry_over.HALFWAY if request.is_marker else carry_over.LIMIT
    dim = found <= carry_over.limit(found, positive, part)
    kept = np.ones(len(one.events), bool) if one.kept is None else one.kept.copy()
    kept[np.flatnonzero(kept)[~dim]] = False
    return PooledTube(one.tube, one.events, kept)
