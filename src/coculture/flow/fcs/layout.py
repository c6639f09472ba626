"""How the events lie in the DATA segment of an FCS file: bytes to records."""

import mmap
from collections.abc import Iterator, Sequence
from io import RawIOBase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coculture.flow.fcs.parameters import FcsChannel

Records = NDArray[np.void]


def map_records(
    path: Path, channels: Sequence[FcsChannel], byte_order: str, events: int, start: int
) -> Records:
    """The data as a structured array on the mapped file: one record an event, named by $PnN.

    Parameters
    ----------
    byte_order
        `<` or `>`.
    events
        Number of records, at least 1.
    start
        Byte of the file at which the first one begins.
    """
    # Without np.memmap, which takes three times as long to make.
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(mapped, _layout(channels, byte_order), events, start)


def read_records(
    path: Path,
    channels: Sequence[FcsChannel],
    byte_order: str,
    events: int,
    start: int,
    every: int,
    most: int,
) -> Iterator[Records]:
    """The data piece by piece, each a structured array of at most `most` records.

    They are read and not mapped, because pages of a mapped file count as memory of the process. A
    piece is valid until the next one is asked for.

    Parameters
    ----------
    every
        Only each `every`-th event is given.

    Raises
    ------
    EOFError
        If the file has become shorter since its header was read.
    """
    layout = _layout(channels, byte_order)
    # Each piece begins with an event that is given.
    step = every * max(1, most // every)
    buffer = bytearray(min(step, events) * layout.itemsize)
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        for first in range(0, events, step):
            count = min(step, events - first)
            _fill(file, memoryview(buffer)[: count * layout.itemsize])
            yield np.frombuffer(buffer, layout, count)[::every]


def _fill(file: RawIOBase, piece: memoryview) -> None:
    """Read a whole piece: the system gives at most 2 GB at a time."""
    done = 0
    while done < len(piece):
        read = file.readinto(piece[done:])
        if not read:
            raise EOFError
        done += read


def _layout(channels: Sequence[FcsChannel], byte_order: str) -> np.dtype[np.void]:
    return np.dtype([(channel.name, *_field(channel, byte_order)) for channel in channels])


def whole_numbers(column: NDArray[np.uint8], byte_order: str) -> NDArray[np.uint64]:
    """Integers of 3, 5, 6 or 7 bytes, from their bytes, shape (events, bytes)."""
    most_significant_last = column if byte_order == "<" else column[:, ::-1]
    numbers = np.zeros(len(column), dtype=np.uint64)
    for place in range(most_significant_last.shape[1]):
        numbers |= most_significant_last[:, place].astype(np.uint64) << np.uint64(8 * place)
    return numbers


def plain_values(records: Records, name: str, byte_order: str) -> NDArray[np.float64]:
    """Stored values of one channel, before any scale, shape (events,)."""
    column = records[name]
    if column.ndim == 2:
        column = whole_numbers(column, byte_order)
    return np.asarray(column, dtype=np.float64)


def _field(channel: FcsChannel, byte_order: str) -> tuple[str] | tuple[str, tuple[int]]:
    if channel.data_type in "FD":
        return (f"{byte_order}f{channel.bytes}",)
    if channel.bytes in (1, 2, 4, 8):
        return (f"{byte_order}u{channel.bytes}",)
    return ("u1", (channel.bytes,))
