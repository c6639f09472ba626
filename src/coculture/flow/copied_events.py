"""Samples whose events are those of another sample: the same cells, declared as two cultures.

Bytes do not show it: a file that was exported again, in another order or with a last digit changed,
has other bytes. Events do. For an event of one file, the nearest event of the other is compared
with the neighbour that this one has in its own file: about 1 for cells that were measured apart,
near 0 for copies. All channels but time are compared, as asinh(x / 150).

Every pair of files cannot be compared in full. `_Sketch` keeps, of a part of each file, in which
cell of a grid each event is; copies share cells, and independent files hardly do. Only pairs that
share some are compared. Measured in `benchmarks/copied_data.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.flow.fcs.data import read_blocks, read_events
from coculture.flow.fcs.header import FcsHeader
from coculture.flow.fcs.text import FcsError
from coculture.flow.files import FlowFile, flow_files, open_file

COFACTOR = 150.0
"""Of asinh, as is usual for fluorescence: linear below it, logarithmic above."""
FEWEST_EVENTS = 500
"""Fewer in a file are not compared: repeats of 500 events have a distance of at least .90."""
LARGEST_DISTANCE = 0.5
"""Below it two files are copies. Repeats are above .90, copies with 1 % of noise below .12, with
3 % below .35, and files of which half is copied below .15."""
_COMPARED_EVENTS = 500
_CELL = 0.1
"""Side of a cell of the grid, in asinh: 1 % of noise leaves a third of the copies of 12 channels in
their cell, and independent events of 12 channels share one in less than .1 %."""
_SMALLEST_CELL = 0.1 / 16
"""Where cells are crowded, as with few channels, they are halved down to this."""
_MOST_CROWDED = 0.05
"""Largest part of the events of a file that may share a cell with another one of the same file."""
_BLOCK = 2**17
"""Events of a file that are looked at at a time."""
_ROWS = 256
"""Files that are compared with all others at a time."""
_ONE_IN = 8
"""One in as many cells of the first channel is kept."""
_FEWEST_SHARED = 4
_MORE_THAN_OWN = 6.0
"""A pair is compared if the files share this many times more of their cells than events of a usual
file share with each other, and at least `_LEAST_SHARE`. In the example repeats share 1.7 %, at most
5.8 %, where 1.8 % of the events of a file share one."""
_LEAST_SHARE = 0.004

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CopiedFile:
    """Two samples of different cultures that have the same events.

    Attributes
    ----------
    row, other_row
        Their rows in flow.csv; `other_row` comes first.
    distance
        Median distance to the nearest event of the other file, over that inside the file.
    """

    row: int
    other_row: int
    distance: float


def copied_files(files: pd.DataFrame) -> list[CopiedFile]:
    """Every sample whose events are those of a sample of another culture above it.

    Parameters
    ----------
    files
        Rows of flow.csv. Excluded files, controls and files that cannot be read are left out, as
        are several files of one culture: they may be parts of one acquisition.
    """
    samples = [one for one in flow_files(files) if one.role == "sample" and not one.exclude]
    sketches = _sketches(samples)
    found: dict[int, CopiedFile] = {}
    for one, other in _candidates(sketches):
        if one.file.row in found:
            continue
        distance = _distance(one.file, other.file)
        if distance < LARGEST_DISTANCE:
            found[one.file.row] = CopiedFile(one.file.row, other.file.row, distance)
    return list(found.values())


def event_distance(one: Floats, other: Floats) -> float:
    """Median distance from events of one file to the nearest of the other, over that inside it.

    The smaller of both directions, so that a file that is a part of the other is found.

    Parameters
    ----------
    one, other
        Transformed events, each of shape (events, channels) with the same channels.

    Returns
    -------
    About 1 for independent files, near 0 for copies; NaN if most events of a file are equal to
    another of the same file, so that nothing can be said.
    """
    both = [_one_way(one, other), _one_way(other, one)]
    return float(np.nanmin(both)) if not np.isnan(both).all() else float("nan")


def _one_way(queries: Floats, events: Floats) -> float:
    """From some events of one file to the other: against the distances that the found ones have.

    Each found event is compared with its own neighbour in its file, so that it does not matter
    which cells are many in a file.
    """
    # Imported here, because a run with nothing to do compares no files.
    from scipy.spatial import KDTree

    tree = KDTree(events)
    used = queries[:: max(len(queries) // _COMPARED_EVENTS, 1)][:_COMPARED_EVENTS]
    across, nearest = map(np.asarray, tree.query(used))
    inside = np.asarray(tree.query(events[nearest], k=2)[0])[:, 1]
    own = float(np.median(inside))
    return float(np.median(across)) / own if own > 0 else float("nan")


@dataclass(frozen=True)
class _Sketch:
    """The cells of the grid in which a part of the events of a file are.

    Attributes
    ----------
    cells
        Each once, sorted: 32 bits of a hash. Two files of thousands of cells have less than one in
        common by chance.
    crowded
        The part of the events that share their cell with another.
    """

    file: FlowFile
    channels: tuple[str, ...]
    cells: NDArray[np.uint32]
    crowded: float


def _sketches(samples: Sequence[FlowFile]) -> list[_Sketch]:
    """Of the files that have enough events; those with the same channels on the same grid."""
    by_channels: dict[tuple[str, ...], list[tuple[FlowFile, FcsHeader]]] = {}
    for file in samples:
        try:
            header = open_file(file)
        except FcsError:
            continue
        channels = _channels(header)
        if header.events >= FEWEST_EVENTS and channels:
            by_channels.setdefault(channels, []).append((file, header))
    return [
        sketch
        for channels, opened in by_channels.items()
        if len(opened) > 1
        for sketch in _on_one_grid(channels, opened)
    ]


def _on_one_grid(
    channels: tuple[str, ...], opened: Sequence[tuple[FlowFile, FcsHeader]]
) -> list[_Sketch]:
    side = _CELL
    first = _sketch(*opened[0], channels, side)
    while first is not None and first.crowded > _MOST_CROWDED and side > _SMALLEST_CELL:
        side /= 2
        first = _sketch(*opened[0], channels, side)
    made = (_sketch(*one, channels, side) for one in opened)
    return [one for one in made if one is not None]


def _sketch(
    file: FlowFile, header: FcsHeader, channels: tuple[str, ...], side: float
) -> _Sketch | None:
    try:
        blocks = read_blocks(header, channels, _BLOCK)
        keys = np.concatenate([_kept_cells(events, side) for events in blocks])
    except FcsError:
        return None
    cells, counts = np.unique(keys, return_counts=True)
    crowded = float(counts[counts > 1].sum() / len(keys)) if len(keys) else 1.0
    return _Sketch(file, channels, np.unique(cells.astype(np.uint32)), crowded)


def _kept_cells(events: Floats, side: float) -> NDArray[np.uint64]:
    """A hash of the cell of each event that is kept, shape (kept,)."""
    first = _cells_of(events[:, 0], side)
    kept = np.flatnonzero(first % _ONE_IN == 0)
    key = np.zeros(len(kept), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in range(events.shape[1]):
            cell = _cells_of(events[kept, column], side).astype(np.uint64)
            # Fowler, Noll and Vo's hash: cells in the same place get the same number.
            key = (key ^ cell) * np.uint64(1099511628211)
            key ^= key >> np.uint64(29)
    return key


def _cells_of(values: Floats, side: float) -> NDArray[np.int64]:
    return np.floor(_transformed(values) / side).astype(np.int64)


def _candidates(sketches: Sequence[_Sketch]) -> Iterator[tuple[_Sketch, _Sketch]]:
    """The pairs of different cultures that share more cells than independent files do."""
    by_channels: dict[tuple[str, ...], list[_Sketch]] = {}
    for one in sketches:
        by_channels.setdefault(one.channels, []).append(one)
    for alike in by_channels.values():
        usual = float(np.median([one.crowded for one in alike]))
        share = max(_LEAST_SHARE, _MORE_THAN_OWN * min(usual, _MOST_CROWDED))
        sizes = np.array([one.cells.size for one in alike])
        for place, shared in enumerate(_shared_cells(alike)):
            least = np.maximum(_FEWEST_SHARED, share * np.minimum(sizes[place], sizes))
            for later in place + 1 + np.flatnonzero((shared >= least)[place + 1 :]):
                if not _is_one_culture(alike[place].file, alike[later].file):
                    yield alike[later], alike[place]


def _shared_cells(sketches: Sequence[_Sketch]) -> Iterator[NDArray[np.int32]]:
    """For each file how many cells it shares with each of them, shape (files,)."""
    # Imported here for the same reason as the tree.
    from scipy.sparse import csr_array

    every = np.sort(np.concatenate([one.cells for one in sketches]))
    several = np.unique(every[1:][every[1:] == every[:-1]])
    places = [_places(one.cells, several) for one in sketches]
    ends = np.cumsum([0, *map(len, places)])
    columns = np.concatenate(places).astype(np.int32)
    ones = np.ones(len(columns), dtype=np.int32)
    holds = csr_array((ones, columns, ends), shape=(len(sketches), len(several)))
    held_by = holds.T.tocsr()
    for start in range(0, len(sketches), _ROWS):
        yield from (holds[start : start + _ROWS] @ held_by).toarray()


def _places(cells: NDArray[np.uint32], among: NDArray[np.uint32]) -> NDArray[np.intp]:
    """The places of those cells that are `among` others; both are sorted."""
    found = np.searchsorted(among, cells)
    found = found[found < len(among)]
    places: NDArray[np.intp] = found[among[found] == cells[: len(found)]]
    return places


def _is_one_culture(one: FlowFile, other: FlowFile) -> bool:
    return bool(one.culture) and one.culture == other.culture


def _distance(one: FlowFile, other: FlowFile) -> float:
    headers = [open_file(one), open_file(other)]
    channels = [name for name in _channels(headers[0]) if name in headers[1].names]
    events = [_finite(_transformed(read_events(header, channels))) for header in headers]
    if min(map(len, events)) < FEWEST_EVENTS:
        return float("nan")
    return event_distance(*events)


def _channels(header: FcsHeader) -> tuple[str, ...]:
    """All channels but time."""
    return tuple(name for name in header.names if "time" not in name.casefold())


def _transformed(values: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.arcsinh(np.nan_to_num(values) / COFACTOR))


def _finite(events: Floats) -> Floats:
    return np.ascontiguousarray(events[np.isfinite(events).all(axis=1)])
