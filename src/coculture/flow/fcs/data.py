"""The DATA segment of an FCS file, decoded column by column from the mapped file.

Only the bytes of the requested channels are read, without a Python loop over events. Only one file
is in memory at a time.
"""

import mmap
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coculture.flow.fcs.header import FcsHeader
from coculture.flow.fcs.parameters import FcsChannel
from coculture.flow.fcs.text import FcsError

Events = NDArray[np.float64]

_LOOK_AT = 1000
"""Events that are checked to choose between two places of the data."""


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
        If the file lacks a channel, or gives two places for its data that are both possible.
    """
    by_name = {channel.name: channel for channel in header.channels}
    absent = [name for name in names or () if name not in by_name]
    if absent:
        raise FcsError(
            header.path,
            f"has no channel named {', '.join(absent)}; it has {', '.join(header.names)}. All "
            "files of one experiment need the same channel names ($PnN).",
        )
    wanted = [by_name[name] for name in (header.names if names is None else names)]
    rows = -(-header.events // every)
    events = np.empty((rows, len(wanted)), dtype=np.float64, order="F")
    if rows == 0:
        return events
    records = _thinned(_map(header, _start(header)), every)
    for column, channel in enumerate(wanted):
        events[:, column] = _stored(records, header, channel)
        _to_linear(events[:, column], channel)
    return events


def _map(header: FcsHeader, start: int) -> NDArray[np.void]:
    """The data as a structured array on the mapped file."""
    # Without np.memmap, which takes three times as long to make.
    with header.path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(mapped, _layout(header), header.events, start)


def _thinned(records: NDArray[np.void], every: int) -> NDArray[np.void]:
    """Each `every`-th event. They are copied whole, or each channel would read the file again."""
    if every == 1:
        return records
    # As plain bytes: numpy copies a structure field by field.
    return records.view(f"V{records.itemsize}")[::every].copy().view(records.dtype)


def _layout(header: FcsHeader) -> np.dtype[np.void]:
    return np.dtype([(channel.name, *_field(channel, header)) for channel in header.channels])


def _field(channel: FcsChannel, header: FcsHeader) -> tuple[str] | tuple[str, tuple[int]]:
    if channel.data_type in "FD":
        return (f"{header.byte_order}f{channel.bytes}",)
    if channel.bytes in (1, 2, 4, 8):
        return (f"{header.byte_order}u{channel.bytes}",)
    return ("u1", (channel.bytes,))


def _stored(
    records: NDArray[np.void], header: FcsHeader, channel: FcsChannel
) -> NDArray[np.float64] | NDArray[np.uint64]:
    column = records[channel.name]
    if channel.data_type in "FD":
        return column
    if column.ndim == 2:
        column = _odd_width(column, header.byte_order)
    mask = _mask(channel)
    return column if mask is None else column & column.dtype.type(mask)


def _odd_width(column: NDArray[np.uint8], byte_order: str) -> NDArray[np.uint64]:
    """Integers of 3, 5, 6 or 7 bytes, from their bytes."""
    most_significant_last = column if byte_order == "<" else column[:, ::-1]
    numbers = np.zeros(len(column), dtype=np.uint64)
    for place in range(most_significant_last.shape[1]):
        numbers |= most_significant_last[:, place].astype(np.uint64) << np.uint64(8 * place)
    return numbers


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


def _start(header: FcsHeader) -> int:
    """The first byte of the data; of several possible ones, that with most values in range."""
    if len(header.data_starts) == 1:
        return header.data_starts[0]
    shares = [_share_in_range(header, start) for start in header.data_starts]
    best = max(shares)
    if shares.count(best) > 1:
        raise FcsError(
            header.path,
            f"gives two places for its data, bytes {header.data_starts[0]} and "
            f"{header.data_starts[1]}, and both are possible.",
        )
    return header.data_starts[shares.index(best)]


def _share_in_range(header: FcsHeader, start: int) -> float:
    """Share of stored values, of the first events, that are in the range of their channel.

    Floating-point values that are read from a wrong byte have random exponents: most are smaller
    than any cytometer writes (but not 0), or larger than the range.
    """
    records = _map(header, start)[:_LOOK_AT]
    good = 0
    for channel in header.channels:
        column = records[channel.name]
        if column.ndim == 2:
            column = _odd_width(column, header.byte_order)
        size = np.abs(np.asarray(column, dtype=np.float64))
        good += int(np.sum((size == 0) | ((size > 1e-6) & (size < channel.range))))
    return good / (len(records) * len(header.channels))
