"""Whether the cells without a marker are brighter in some wells than where its gate was set from.

A gate lies above the cells without the marker, as a control or the untreated wells show them. Where
those of other wells shine more (autofluorescence, a drug that fluoresces), they enter the
population. They are then a peak of its own below that of the population.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coculture.flow.gating.densities import Distribution, lower_half_sd
from coculture.flow.gating.marker_histograms import DISTANCES, NOTHING, MarkerHistogram
from coculture.flow.gating.marker_state import ArmBackground

LEAST_SDS = 1.5
"""From the peak that the gate was set from to that of the wells, in SDs of the first."""
LEAST_SHARE = 0.05
"""Of the cells inside the gate that lack the marker: where half of them count as apoptotic, percent
apoptotic moves by about 2 points."""
_FEWEST_CELLS = 200
_SAME_SHARE = 2.0
"""In an arm and the untreated wells the share of cells without the marker differs by less. Dying
cells that lose the marker are a peak too, of another size."""
Values = NDArray[np.float64]


@dataclass(frozen=True)
class _Lowest:
    """The lowest peak of some cells along a marker, in decades from its gate.

    Attributes
    ----------
    mode, sd
        Where it lies, and the SD of its lower half.
    share
        Share of the cells in it: twice those below the mode.
    inside_share
        Share of the cells inside the gate that are of this peak.
    is_last
        Whether there is no peak above it.
    """

    mode: float
    sd: float
    share: float
    inside_share: float
    is_last: bool


def backgrounds(
    arms: Mapping[str, MarkerHistogram],
    untreated: MarkerHistogram,
    control: MarkerHistogram,
) -> Iterator[ArmBackground]:
    """The arms in which cells without the marker enter its gate.

    Parameters
    ----------
    arms
        Arm -> its wells together.
    untreated, control
        The untreated wells, and the controls without the marker; may be empty.
    """
    of_control, of_untreated = _lowest(control), _lowest(untreated)
    for name, arm in arms.items():
        found = _lowest(arm)
        if found is None or found.is_last or found.inside_share < LEAST_SHARE:
            continue
        if of_untreated is not None:
            times = found.share / of_untreated.share
            moved = _shift(found, of_untreated)
            if moved > LEAST_SDS and 1 / _SAME_SHARE < times < _SAME_SHARE:
                yield ArmBackground(name, found.mode, of_untreated.mode, found.inside_share, False)
                continue
        # Treated cells that lose the marker would look the same.
        is_usual = of_untreated is None or abs(_shift(found, of_untreated)) <= LEAST_SDS
        if of_control is not None and is_usual and _shift(found, of_control) > LEAST_SDS:
            yield ArmBackground(name, found.mode, of_control.mode, found.inside_share, True)


def _shift(one: _Lowest, other: _Lowest) -> float:
    return (one.mode - other.mode) / other.sd if other.sd > 0 else 0.0


def _lowest(histogram: MarkerHistogram) -> _Lowest | None:
    """None with too few cells."""
    counts = sum(histogram.counts.values(), NOTHING)
    positions = np.repeat(DISTANCES, counts)
    if len(positions) < _FEWEST_CELLS:
        return None
    cells = Distribution(positions)
    curve = cells.usual
    peaks = curve.peaks()
    mode = float(curve.position[peaks[0]])
    below, outside = len(cells.below(mode)), len(cells.below(0))
    # The upper half of the peak mirrors the lower one.
    of_peak = len(cells.below(2 * mode)) if mode < 0 else 2 * below - outside
    sd = lower_half_sd(cells, mode)
    return _Lowest(
        mode=mode,
        sd=0.0 if math.isnan(sd) else sd,
        share=2 * below / len(positions),
        inside_share=of_peak / max(1, len(positions) - outside),
        is_last=len(peaks) == 1,
    )
