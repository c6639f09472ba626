"""The DATA segment of an FCS file, decoded block by block and column by column.

Only the requested channels are decoded, without a Python loop over events. Of a file no more than a
block is in memory besides what was asked for.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from coculture.flow.fcs.header import FcsHeader
from coculture.flow.fcs.layout import Records, read_records, whole_numbers
from coculture.flow.fcs.parameters import FcsChannel
from coculture.flow.fcs.text import FcsError

Events = NDArray[np.float64]

BLOCK = 8192
"""Events decoded at a time: they stay in the processor's cache from one channel to the next."""


def read_events(header: FcsHeader, names: Sequence[str] | None = None, every: int = 1) -> Events:
    """Events on the linear scale.

    Integers are masked to the range of the channel. Logarithmic amplifiers ($PnE) and gains ($PnG)
    are applied: linear = 10^(decades · stored / range) · minimum, or stored / gain (FCS 3.1).

    Parameters
    ----------
    header
        The file, from `read_header`.
    names
        Channels to read, in this order; None for all.
    every
        Read only each `every`-th event.

    Returns
    -------
    Array of shape (events, channels), in Fortran order (each channel contiguous). Values that are
    not finite are included.

    Raises
    ------
    FcsError
        If the file lacks a channel.
    """
    wanted = _channels(header, names)
    rows = -(-header.events // every)
    events = np.empty((rows, len(wanted)), dtype=np.float64, order="F")
    done = 0
    for records in _records(header, every, BLOCK):
        _decode(records, header, wanted, events[done : done + len(records)])
        done += len(records)
    return events


def read_blocks(header: FcsHeader, names: Sequence[str], most: int = BLOCK) -> Iterator[Events]:
    """The same, at most `most` events at a time; an array is valid until the next is asked for."""
    wanted = _channels(header, names)
    block = np.empty((min(most, header.events), len(wanted)), dtype=np.float64, order="F")
    for records in _records(header, 1, most):
        _decode(records, header, wanted, block[: len(records)])
        yield block[: len(records)]


def _channels(header: FcsHeader, names: Sequence[str] | None) -> list[FcsChannel]:
    by_name = {channel.name: channel for channel in header.channels}
    absent = [name for name in names or () if name not in by_name]
    if absent:
        raise FcsError(
            header.path,
            f"has no channel named {', '.join(absent)}; it has {', '.join(header.names)}. All "
            "files of one experiment need the same channel names ($PnN).",
        )
    return [by_name[name] for name in (header.names if names is None else names)]


def _records(header: FcsHeader, every: int, most: int) -> Iterator[Records]:
    try:
        yield from read_records(
            header.path,
            header.channels,
            header.byte_order,
            header.events,
            header.data_start,
            every,
            most,
        )
    except EOFError:
        raise FcsError(header.path, "became shorter while it was read. Copy it again.") from None


def _decode(
    records: Records, header: FcsHeader, wanted: Sequence[FcsChannel], into: Events
) -> None:
    """Write the linear values of some events into an array of shape (events, wanted)."""
    for column, channel in enumerate(wanted):
        into[:, column] = _stored(records, header, channel)
        _to_linear(into[:, column], channel)


def _stored(
    records: Records, header: FcsHeader, channel: FcsChannel
) -> NDArray[np.float64] | NDArray[np.uint64]:
    column = records[channel.name]
    if channel.data_type in "FD":
        return column
    if column.ndim == 2:
        column = whole_numbers(column, header.byte_order)
    mask = _mask(channel)
    return column if mask is None else column & column.dtype.type(mask)


def _mask(channel: FcsChannel) -> int | None:
    """Mask of the bits within the range, if the word has more (FCS 3.1, section on $PnR)."""
    if channel.range > 2 ** (8 * channel.bytes) - 1:
        return None
    bits = max(1, (int(np.ceil(channel.range)) - 1).bit_length())
    return None if bits >= 8 * channel.bytes else 2**bits - 1


def _to_linear(values: NDArray[np.float64], channel: FcsChannel) -> None:
    """Convert stored values to linear values, in place."""
    if channel.decades > 0:
        values *= channel.decades / channel.range
        np.power(10.0, values, out=values)
        values *= channel.log_minimum
    elif channel.scale != 1.0:
        values *= channel.scale
