"""Where the single cells of one file lie on either side of a marker's gate.

A check of the gate needs the cells outside it too: a dim or shed marker puts dying cells there.
What is counted here is compared by the checks; nothing here changes a gate.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from coculture.exchange.outcomes import Outcomes
from coculture.flow.gating import gates
from coculture.flow.gating.asinh_scale import decades
from coculture.flow.gating.cell_sample import CellSample

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
        Class of cells -> number of them at each distance from the marker's gate, shape (bins,), as
        `DISTANCES` has them.
    stain_inside, stain_outside
        Number of cells on each side of the marker's gate at each distance from the threshold of the
        leading stain (Annexin V), shape (bins,): above 0 they are as dying cells are.
    """

    counts: Mapping[str, NDArray[np.int64]]
    stain_inside: NDArray[np.int64]
    stain_outside: NDArray[np.int64]

    def cells(self, classes: Iterable[str] | None = None, *, inside: bool) -> int:
        """Number of cells of these classes, or of all, on one side of the gate."""
        side = DISTANCES > 0 if inside else DISTANCES < 0
        wanted = self.counts if classes is None else classes
        return sum(int(self.counts[name][side].sum()) for name in wanted if name in self.counts)

    def __add__(self, other: "MarkerHistogram") -> "MarkerHistogram":
        return MarkerHistogram(
            {
                name: self.counts.get(name, NOTHING) + other.counts.get(name, NOTHING)
                for name in {**self.counts, **other.counts}
            },
            self.stain_inside + other.stain_inside,
            self.stain_outside + other.stain_outside,
        )


NOTHING = np.zeros(len(DISTANCES), np.int64)
"""No cell at any distance."""


def together(histograms: Iterable[MarkerHistogram]) -> MarkerHistogram:
    """The cells of several files."""
    return reduce(MarkerHistogram.__add__, histograms, MarkerHistogram({}, NOTHING, NOTHING))


def marker_histograms(
    singlets: CellSample,
    markers: Mapping[str, gates.Block],
    of_stains: Mapping[str, gates.Block],
    outcomes: Outcomes,
) -> dict[str, MarkerHistogram]:
    """The histogram of each marker whose gate is a threshold.

    Parameters
    ----------
    singlets
        Some single cells of one file.
    markers
        Marker -> its gate.
    of_stains, outcomes
        The gates of the stains, by name, and the classes that they make.
    """
    drawn = {name: gates.kept(name, block, singlets) for name, block in markers.items()}
    is_above = list(gates.positives(outcomes, of_stains, singlets).values())
    assert outcomes.leading is not None
    leading = of_stains[outcomes.leading.gate]
    if outcomes.leading.living_are_positive:
        leading = {**leading, "keep": "below"}
    along_stain = _bins(singlets, leading)
    found = {}
    for name, block in markers.items():
        if "threshold" not in block:
            continue
        others = [mask for other, mask in drawn.items() if other != name]
        seen = np.logical_and.reduce([np.ones(len(singlets), bool), *others])
        of_classes = _counted(_bins(singlets, block), is_above, seen)
        outside, inside = _counted(along_stain, [drawn[name]], seen)
        found[name] = MarkerHistogram(
            {
                of_class: of_classes[tuple(map(int, signs))]
                for of_class, signs in outcomes.signs.items()
            },
            inside,
            outside,
        )
    return found


def _counted(
    bins: NDArray[np.intp], splits: Sequence[NDArray[np.bool_]], seen: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The number of seen cells in each bin, shape (2, ..., bins).

    `splits` are masks that divide the cells; each has an axis: 0 where it does not apply, 1 where
    it does.
    """
    row = np.zeros(len(bins), np.intp)
    for split in splits:
        row = 2 * row + split
    rows, width = 2 ** len(splits), len(DISTANCES)
    counts = np.bincount((row * width + bins)[seen], minlength=rows * width)
    return counts.reshape(*[2] * len(splits), width).astype(np.int64)


def _bins(cells: CellSample, block: gates.Block) -> NDArray[np.intp]:
    """The bin of each cell along the channel of a gate, shape (cells,).

    The outermost bins hold what is farther away.
    """
    channel, threshold = str(block["channels"][0]), float(block["threshold"])
    distance = cells.along(channel).values - float(decades(np.array(threshold)))
    keeps_below = block.get("keep") == "below"
    # The threshold itself is inside a gate that keeps what is above it, as `kept` has it.
    bins = np.floor((-distance if keeps_below else distance) / WIDTH).astype(np.intp)
    is_inside = cells[channel] < threshold if keeps_below else cells[channel] >= threshold
    bins = np.where(is_inside, np.maximum(bins, 0), np.minimum(bins, -1)) + _OUTSIDE
    return np.minimum(np.maximum(bins, 0), len(DISTANCES) - 1)
