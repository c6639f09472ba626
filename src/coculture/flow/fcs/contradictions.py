"""What only the values can settle where a file contradicts itself: the place of the data, words
wider than $PnB, and logarithmic amplifiers of floating-point values."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coculture.flow.fcs.layout import Records, map_records, plain_values
from coculture.flow.fcs.parameters import FcsChannel
from coculture.flow.fcs.text import FcsError

LOOK_AT = 1000
"""Events that are looked at."""
_LARGEST_LOGARITHMIC = 65_536
"""Logarithmic amplifiers were digitised in at most 16 bits ($PnR), most in 10."""

_COUNTER = re.compile(
    r"^(time|event.?(#|no|number|count|id)?|hdr-(ce|se|v|t)|index)$", re.IGNORECASE
)
"""Names of channels that grow from event to event: acquisition time, and event counters."""

Values = NDArray[np.float64]


def place_of_data(
    path: Path,
    channels: Sequence[FcsChannel],
    byte_order: str,
    events: int,
    starts: Sequence[int],
) -> tuple[int, str]:
    """The first byte of the data, of several possible ones, and why it was chosen.

    The place at which time or the event counter grows steadily, if there is just one; else the
    place with most values in the range of their channel.

    Raises
    ------
    FcsError
        If neither tells them apart.
    """
    found = [
        map_records(path, channels, byte_order, min(events, LOOK_AT), start) for start in starts
    ]
    by_name = [any(_grows(values) for values in _counters(one, byte_order)) for one in found]
    if by_name.count(True) == 1:
        return starts[by_name.index(True)], "at which time or the event counter grows steadily"
    counted = [_has_steady_counter(one, channels, byte_order) for one in found]
    if counted.count(True) == 1:
        return starts[counted.index(True)], "that has a steady event counter"
    shares = [_share_in_range(one, channels, byte_order) for one in found]
    best = max(shares)
    if shares.count(best) > 1:
        raise FcsError(
            path,
            f"gives two places for its data, bytes {starts[0]} and {starts[1]}, and both are "
            "possible.",
        )
    return starts[shares.index(best)], "with most values in the range of their channel"


def _counters(records: Records, byte_order: str) -> list[Values]:
    names = records.dtype.names or ()
    return [plain_values(records, name, byte_order) for name in names if _COUNTER.match(name)]


def _grows(values: Values) -> bool:
    """Whether values never fall, and are not all the same."""
    if not np.isfinite(values).all() or len(values) < 2:
        return False
    steps = np.diff(values)
    return bool((steps >= 0).all() and steps.any())


def _has_steady_counter(records: Records, channels: Sequence[FcsChannel], byte_order: str) -> bool:
    """Whether a channel grows by one from each event to the next."""
    counted = (plain_values(records, channel.name, byte_order) for channel in channels)
    return len(records) > 1 and any(bool((np.diff(values) == 1).all()) for values in counted)


def _share_in_range(records: Records, channels: Sequence[FcsChannel], byte_order: str) -> float:
    """Share of stored values that are in the range of their channel.

    Floating-point values that are read from a wrong byte have random exponents: most are smaller
    than any cytometer writes (but not 0), or larger than the range.
    """
    good = 0
    for channel in channels:
        size = np.abs(plain_values(records, channel.name, byte_order))
        good += int(np.sum((size == 0) | ((size > 1e-6) & (size < channel.range))))
    return good / (len(records) * len(channels))


def check_padded_words(
    path: Path, channels: Sequence[FcsChannel], byte_order: str, events: int, start: int
) -> list[str]:
    """Notes on channels whose values lie in words that are wider than $PnB.

    Raises
    ------
    FcsError
        If a value has more bits than $PnB: then the data are packed, which is not supported.
    """
    padded = [channel for channel in channels if channel.bits < 8 * channel.bytes]
    if not padded:
        return []
    if events:
        records = map_records(path, channels, byte_order, min(events, LOOK_AT), start)
        for channel in padded:
            if plain_values(records, channel.name, byte_order).max() >= 2.0**channel.bits:
                raise FcsError(path, packed(channel))
    first = padded[0]
    names = ", ".join(channel.name for channel in padded)
    return [
        f"{names}: $PnB says {first.bits} bits, but the values are in words of "
        f"{8 * first.bytes} bits, as the length of the data shows; they were read as such."
    ]


def packed(channel: FcsChannel) -> str:
    """What is wrong with values that do not begin at a whole byte."""
    return (
        f"stores {channel.name} in {channel.bits} bits ($PnB), which is not a whole number of "
        "bytes up to 8, and its data do not lie in wider words. Export the file again as FCS 3.0 "
        "or 3.1."
    )


def linear_floats(
    path: Path, channels: Sequence[FcsChannel], byte_order: str, events: int, start: int
) -> tuple[tuple[FcsChannel, ...], list[str]]:
    """The channels, those of floating-point values without a logarithmic amplifier, and notes.

    The standard asks for $PnE 0,0 there. Software that writes linear values as floats (R) keeps
    the $PnE of the integers that it has read.

    Raises
    ------
    FcsError
        If the values are whole numbers in the range of the channel, so that they may well be the
        integers themselves, on the logarithmic scale.
    """
    stale = [one for one in channels if one.data_type in "FD" and one.decades > 0]
    if not stale:
        return tuple(channels), []
    if events:
        records = map_records(path, channels, byte_order, min(events, LOOK_AT), start)
        for channel in stale:
            values = plain_values(records, channel.name, byte_order)
            if _are_channel_numbers(values, channel.range):
                raise FcsError(
                    path,
                    f"gives {channel.name} a logarithmic amplifier ($PnE {channel.decades:g} "
                    "decades) although its data are floating-point, and its values are whole "
                    f"numbers from 0 to {channel.range:g}: they may be linear or logarithmic. "
                    "Export the file again with linear values, or as integers.",
                )
    names = ", ".join(channel.name for channel in stale)
    linear = tuple(
        replace(one, decades=0.0, log_minimum=0.0) if one in stale else one for one in channels
    )
    return linear, [
        f"{names}: $PnE gives a logarithmic amplifier, but the values are floating-point, which "
        "are linear; $PnE was ignored."
    ]


def _are_channel_numbers(values: Values, top: float) -> bool:
    if top > _LARGEST_LOGARITHMIC:
        return False
    inside = (values >= 0) & (values < top)
    return bool(inside.all() and (values == np.floor(values)).all() and values.any())
