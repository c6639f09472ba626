"""The range of a detector where the one that the file gives ($PnR) is too small for its data.

Only floating-point values can lie above $PnR. Some instruments and exports write a range of another
scale (Sony SA3800: 4,096 for side scatter up to 262,143); all but the smallest events would then
count as saturated.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from coculture.exchange.vocabulary import listed, number
from coculture.flow.fcs.data import read_events
from coculture.flow.fcs.header import FcsHeader
from coculture.flow.fcs.parameters import LARGEST_OF_SHARES, FcsChannel

LOOK_AT = 2000
"""Events of each file that are looked at first: with more above the range than the limits below
allow, at least ten of these are expected there."""
MOST_BEYOND = 0.005
"""Largest share of events above $PnR. Saturated events lie at the range, not above it; losing so
few changes no percent by a point."""
FEWEST_BEYOND = 5
"""Fewer events above the range can be outliers of a computed value."""
FEWEST_PILED = 3
"""So many events with the very largest value lie at the limit of the detector."""

_USUAL_RANGE = 262_144.0
"""That of most digital cytometers (18 bits)."""


def rounded_range(written: str) -> str:
    """A $PnR as the next power of 2, to compare files: exports may give the largest value of each.

    >>> rounded_range("262144"), rounded_range("231877.4"), rounded_range("1024"), rounded_range("")
    ('262144', '262144', '1024', '')
    """
    try:
        return str(2 ** math.ceil(math.log2(float(written))))
    except (ValueError, OverflowError):
        return written


def with_own_ranges(headers: Sequence[FcsHeader], channels: Sequence[str]) -> list[FcsHeader]:
    """The headers of one experiment, with the ranges that their data show, and a note on each.

    Parameters
    ----------
    channels
        Names ($PnN) of the channels whose range matters; not time.

    Returns
    -------
    The headers in their order. A channel whose data exceed its range in any file gets one range in
    all files: up to the largest value where events pile up there, else up to the next power of 2.
    """
    beyond = {name for header in headers for name in _exceeded(header, channels)}
    exceeded = [name for name in channels if name in beyond]
    ranges = {name: _own_range(headers, name) for name in exceeded}
    shares = [name for name in channels if name not in beyond]
    return [_with_ranges(_enlarged(header, shares), ranges) for header in headers]


def _enlarged(header: FcsHeader, names: Sequence[str]) -> FcsHeader:
    """The header with values that are shares of a range as those of a cytometer, and a note.

    The scale on which peaks are looked for is linear below 150 units: all of these would lie there.
    """
    small = [
        one
        for one in header.channels
        if one.name in names and one.data_type != "I" and one.range <= LARGEST_OF_SHARES
    ]
    if not small:
        return header
    # One factor for all, so that the spill from one channel into another stays what it is.
    factor = _USUAL_RANGE / max(one.range for one in small)
    note = (
        f"{listed(one.name for one in small)}: the values are shares of a range ($PnR "
        f"{number(max(one.range for one in small))}); they were multiplied by {number(factor)}, "
        "and so are the thresholds of gates.yaml."
    )
    channels = tuple(
        replace(one, scale=one.scale * factor) if one in small else one for one in header.channels
    )
    return replace(header, channels=channels, notes=(*header.notes, note))


def _channel(header: FcsHeader, name: str) -> FcsChannel | None:
    return next((one for one in header.channels if one.name == name), None)


def _exceeded(header: FcsHeader, names: Sequence[str]) -> list[str]:
    """Those channels of a file whose range is too small for its data."""
    floats = [
        channel
        for channel in header.channels
        if channel.name in names and channel.data_type != "I" and np.isfinite(channel.range)
    ]
    first = _beyond(replace(header, events=min(header.events, LOOK_AT)), floats)
    # The first events of a run may be clumps or bubbles: the whole file decides.
    return [one.name for one in _beyond(header, first)]


def _beyond(header: FcsHeader, channels: Sequence[FcsChannel]) -> list[FcsChannel]:
    """Those of the channels in which too many events lie above the range."""
    if not channels:
        return []
    values = read_events(header, [channel.name for channel in channels])
    tops = np.array([channel.linear(channel.range) for channel in channels])
    counts = np.count_nonzero(values > tops, axis=0)
    limit = max(FEWEST_BEYOND, MOST_BEYOND * len(values))
    return [one for one, count in zip(channels, counts, strict=True) if count >= limit]


def _own_range(headers: Sequence[FcsHeader], name: str) -> float:
    """The number of values, as $PnR gives it, that holds the data of all files."""
    largest, piled = 0.0, 0
    for header in headers:
        channel = _channel(header, name)
        if channel is None or header.events == 0:
            continue
        values = read_events(header, [name])[:, 0] / channel.scale
        values = values[np.isfinite(values)]
        top = float(values.max(initial=0.0))
        if top > largest:
            largest, piled = top, 0
        piled += int(np.count_nonzero(values == largest))
    if piled >= FEWEST_PILED:
        return largest + 1
    return float(2 ** np.ceil(np.log2(largest + 1)))


def _with_ranges(header: FcsHeader, ranges: dict[str, float]) -> FcsHeader:
    wrong = [one for one in header.channels if ranges.get(one.name, 0.0) > one.range]
    if not wrong:
        return header
    notes = [
        f"{one.name}: the data lie above the range that the file gives ($PnR {number(one.range)}), "
        f"so a range of {number(ranges[one.name])} was used, from the data of the experiment."
        for one in wrong
    ]
    channels = tuple(
        replace(one, range=ranges[one.name]) if one in wrong else one for one in header.channels
    )
    return replace(header, channels=channels, notes=(*header.notes, *notes))
