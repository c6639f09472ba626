"""The live peak of one well in a stain, and what its own threshold would give.

All wells of an experiment share a threshold. A drug that fluoresces, another voltage or another
staining moves the live cells of some wells against it. What is measured here is compared by the
checks; nothing here changes a threshold.
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from coculture.exchange.outcomes import Outcomes
from coculture.flow.gating import gates
from coculture.flow.gating.asinh_scale import linear
from coculture.flow.gating.cell_sample import CellSample
from coculture.flow.gating.densities import Distribution, lower_half_sd, median
from coculture.flow.gating.sources.live_peak import LIVE_SDS, negative_peak
from coculture.flow.gating.sources.threshold import FEWEST_EVENTS

Values = NDArray[np.float64]

_POSITIVE_SDS = 8.0
"""An event so many SDs above the live peak is stained: no live cell of ten thousand is."""
_FEWEST_POSITIVES = 50
"""Stained events of which a median is compared."""


@dataclass(frozen=True)
class LivePeak:
    """The lowest substantial peak of one stain in one well, on the scale of `decades`.

    That of a second stain is of the cells that are as living ones are in the first, by its shared
    threshold.

    Attributes
    ----------
    position
        Its mode.
    sd
        Of its lower half: the upper half holds graded and bright cells.
    share
        Share of the well's cells in the peak: twice the share below its mode.
    threshold
        Linear threshold that the well alone would have: mode + 2.4 SD of the upper half.
    forward_scatter
        Median of the cells in the lower half of the peak.
    positives
        Median position of the stained cells; NaN with fewer than 50.
    percents
        Class of cells -> percent at `threshold`, the other stain's threshold unchanged.
    """

    position: float
    sd: float
    share: float
    threshold: float
    forward_scatter: float
    positives: float = math.nan
    percents: Mapping[str, float] = field(default_factory=dict)

    def percent(self, classes: Sequence[str]) -> float:
        """Percent of the cells in these classes at the well's own threshold."""
        return sum((self.percents.get(name, math.nan) for name in classes), start=0.0)


def live_peaks(
    cells: CellSample,
    blocks: Mapping[str, gates.Block],
    outcomes: Outcomes,
    forward_scatter: str,
) -> dict[str, LivePeak]:
    """The live peak of each stain that living cells lack.

    Parameters
    ----------
    cells
        Some cells of the population in one well.
    blocks, outcomes
        The gates of the stains, by name, and the classes that they make.
    forward_scatter
        Its channel.

    Returns
    -------
    Stain -> peak; none with fewer than 100 such cells.
    """
    if len(cells) < FEWEST_EVENTS:
        return {}
    channels = [str(blocks[stain.gate]["channels"][0]) for stain in outcomes.stains]
    shared = gates.positives(outcomes, blocks, cells)
    size = cells[forward_scatter]
    found = {}
    for place, stain in enumerate(outcomes.stains):
        if stain.living_are_positive:
            continue
        along, of_size, share = cells.along(channels[place]), size, 1.0
        if place:
            # Of the dye only cells without Annexin V, whose spill into the dye may be uncertain.
            first = outcomes.stains[0]
            is_living = shared[first.gate] == first.living_are_positive
            along, of_size = Distribution(along.values[is_living]), size[is_living]
            share = len(of_size) / len(size)
        if len(of_size) < FEWEST_EVENTS:
            continue
        peak = _peak(along, of_size)
        own = {**shared, stain.gate: cells[channels[place]] >= peak.threshold}
        counts = gates.classes_of(outcomes, own, len(cells))
        percents = {name: 100 * count / len(cells) for name, count in counts.items()}
        found[stain.gate] = replace(peak, share=peak.share * share, percents=percents)
    return found


def _peak(along: Distribution, size: Values) -> LivePeak:
    """The peak, without percents. `size` is the forward scatter of the same cells."""
    peak = negative_peak(along)
    lower = lower_half_sd(along, peak.mode)
    sd = peak.sd if math.isnan(lower) else lower
    in_peak = np.sort(size[along.values < peak.mode])
    bright = along.above(peak.mode + _POSITIVE_SDS * sd)
    return LivePeak(
        position=peak.mode,
        sd=sd,
        share=peak.share,
        threshold=linear(peak.mode + LIVE_SDS * peak.sd),
        forward_scatter=median(in_peak) if len(in_peak) else math.nan,
        positives=median(bright) if len(bright) >= _FEWEST_POSITIVES else math.nan,
    )


def middle(values: Iterable[float]) -> float:
    """Median of the values that are known; NaN if none is.

    >>> middle([1.0, float("nan"), 3.0])
    2.0
    """
    known = [value for value in values if not math.isnan(value)]
    return float(statistics.median(known)) if known else math.nan
