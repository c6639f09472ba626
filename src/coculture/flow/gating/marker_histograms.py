"""Where the single cells of one file lie on either side of a marker's gate.

A check of the gate needs the cells outside it too: a dim or shed marker puts dying cells there.
What is counted here is compared by the checks; nothing here changes a gate.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from coculture.flow.gating import gates
from coculture.flow.gating.asinh_scale import decades
from coculture.flow.gating.cell_sample import CellSample
from coculture.flow.gating.flowcytometrytools import passes

WIDTH = 0.02
"""Of a bin, in decades: a tenth of the SD of a marker's peak or less."""
_OUTSIDE, _INSIDE = 150, 250
"""Bins on the two sides of the gate: 3 decades outside and 5 inside."""
DISTANCES = (np.arange(-_OUTSIDE, _INSIDE) + 0.5) * WIDTH
"""Middle of each bin: decades from the gate, above 0 inside it, shape (bins,)."""


@dataclass(frozen=True)
class MarkerHistogram:
    """Single cells of one file along one marker, on the scale of `decades`.

    Cells that another marker of the population excludes are left out.

    Attributes
    ----------
    counts
        Quadrant -> number of cells at each distance from the marker's gate, shape (bins,), as
        `DISTANCES` has them.
    annexin_inside, annexin_outside
        Number of cells on each side of the marker's gate at each distance from the Annexin V
        threshold, shape (bins,): above 0 they are positive.
    """

    counts: Mapping[str, NDArray[np.int64]]
    annexin_inside: NDArray[np.int64]
    annexin_outside: NDArray[np.int64]

    def cells(self, quadrants: Sequence[str], *, inside: bool) -> int:
        """Number of cells of these quadrants on one side of the gate."""
        side = DISTANCES > 0 if inside else DISTANCES < 0
        return sum(int(self.counts[name][side].sum()) for name in quadrants)

    def __add__(self, other: "MarkerHistogram") -> "MarkerHistogram":
        return MarkerHistogram(
            {name: counts + other.counts[name] for name, counts in self.counts.items()},
            self.annexin_inside + other.annexin_inside,
            self.annexin_outside + other.annexin_outside,
        )


def together(histograms: Iterable[MarkerHistogram]) -> MarkerHistogram:
    """The cells of several files."""
    nothing = np.zeros(len(DISTANCES), np.int64)
    empty = MarkerHistogram(dict.fromkeys(gates.QUADRANTS, nothing), nothing, nothing)
    return reduce(MarkerHistogram.__add__, histograms, empty)


def marker_histograms(
    singlets: CellSample,
    markers: Mapping[str, gates.Block],
    annexin: gates.Block,
    dye: gates.Block,
) -> dict[str, MarkerHistogram]:
    """The histogram of each marker whose gate is a threshold.

    Parameters
    ----------
    singlets
        Some single cells of one file.
    markers
        Marker -> its gate.
    annexin, dye
        The gates of the two stains.
    """
    drawn = {name: passes(gates.draw(name, block), singlets) for name, block in markers.items()}
    stains = [gates.is_positive(block, singlets) for block in (annexin, dye)]
    along_annexin = _bins(singlets, annexin)
    found = {}
    for name, block in markers.items():
        if "threshold" not in block:
            continue
        others = [mask for other, mask in drawn.items() if other != name]
        seen = np.logical_and.reduce([np.ones(len(singlets), bool), *others])
        of_quadrants = _counted(_bins(singlets, block), stains, seen)
        outside, inside = _counted(along_annexin, [drawn[name]], seen)
        found[name] = MarkerHistogram(
            {name: of_quadrants[2 * a + d] for name, (a, d) in gates.POSITIVE.items()},
            inside,
            outside,
        )
    return found


def _counted(
    bins: NDArray[np.intp], splits: Sequence[NDArray[np.bool_]], seen: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The number of seen cells in each bin, shape (2 ** splits, bins).

    `splits` are masks that divide the cells; the row is the binary number of whether each applies.
    """
    row = np.zeros(len(bins), np.intp)
    for split in splits:
        row = 2 * row + split
    rows, width = 2 ** len(splits), len(DISTANCES)
    counts = np.bincount((row * width + bins)[seen], minlength=rows * width)
    return counts.reshape(rows, width).astype(np.int64)


def _bins(cells: CellSample, block: gates.Block) -> NDArray[np.intp]:
    """The bin of each cell along the channel of a gate, shape (cells,).

    The outermost bins hold what is farther away.
    """
    channel, threshold = str(block["channels"][0]), float(block["threshold"])
    distance = cells.along(channel).values - float(decades(np.array(threshold)))
    keeps_below = block.get("keep") == "below"
    # The threshold itself is inside a gate that keeps what is above it, as `passes` has it.
    bins = np.floor((-distance if keeps_below else distance) / WIDTH).astype(np.intp)
    is_inside = cells[channel] < threshold if keeps_below else cells[channel] >= threshold
    bins = np.where(is_inside, np.maximum(bins, 0), np.minimum(bins, -1)) + _OUTSIDE
    return np.minimum(np.maximum(bins, 0), len(DISTANCES) - 1)
