"""The live peak of one well in Annexin V or the dye, and what its own threshold would give.

All wells of an experiment share a threshold. A drug that fluoresces, another voltage or another
staining moves the live cells of some wells against it. What is measured here is compared by the
checks; nothing here changes a threshold.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from coculture.flow.gating import gates
from coculture.flow.gating.asinh_scale import decades, linear
from coculture.flow.gating.densities import Distribution, lower_half_sd
from coculture.flow.gating.sources.live_peak import LIVE_SDS, negative_peak
from coculture.flow.gating.sources.threshold import FEWEST_EVENTS
from coculture.flow.tubes import Columns

Values = NDArray[np.float64]

MOST_EVENTS = 10_000
"""Of one well: the peak of so many is known to a hundredth of its SD."""
_POSITIVE_SDS = 8.0
"""An event so many SDs above the live peak is stained: no live cell of ten thousand is."""
_FEWEST_POSITIVES = 50
"""Stained events of which a median is compared."""


@dataclass(frozen=True)
class LivePeak:
    """The lowest substantial peak of one stain in one well, on the scale of `decades`.

    That of the dye is of the cells below the shared Annexin V threshold.

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
        Quadrant -> percent at `threshold`, the other stain's threshold unchanged.
    """

    position: float
    sd: float
    share: float
    threshold: float
    forward_scatter: float
    positives: float = math.nan
    percents: Mapping[str, float] = field(default_factory=dict)

    @property
    def percent_apoptotic(self) -> float:
        """Percent apoptotic at the well's own threshold."""
        return self.percents.get("early", math.nan) + self.percents.get("late", math.nan)


def live_peaks(
    cells: Columns, annexin: gates.Block, dye: gates.Block, forward_scatter: str
) -> dict[str, LivePeak]:
    """The live peak of each stain.

    Parameters
    ----------
    cells
        The events of the population in one well.
    annexin, dye
        The gates of the two stains.
    forward_scatter
        Its channel.

    Returns
    -------
    Stain -> peak; none with fewer than 100 such cells.
    """
    if len(cells) < FEWEST_EVENTS:
        return {}
    every = slice(None, None, max(1, -(-len(cells) // MOST_EVENTS)))
    values = [np.asarray(cells[str(block["channels"][0])])[every] for block in (annexin, dye)]
    size = np.asarray(cells[forward_scatter])[every]
    shared = [float(annexin["threshold"]), float(dye["threshold"])]
    is_negative = values[0] < shared[0]
    found = {}
    for place, stain in enumerate((gates.ANNEXIN, gates.VIABILITY_DYE)):
        # Of the dye only cells without Annexin V, whose spill into the dye may be uncertain.
        seen = is_negative if place else np.ones(len(is_negative), bool)
        if np.count_nonzero(seen) < FEWEST_EVENTS:
            continue
        peak = _peak(values[place][seen], size[seen])
        ends = [peak.threshold if at == place else end for at, end in enumerate(shared)]
        is_positive = [value >= end for value, end in zip(values, ends, strict=True)]
        percents = {
            name: 100 * float(np.mean((is_positive[0] == a) & (is_positive[1] == d)))
            for name, (a, d) in gates.POSITIVE.items()
        }
        found[stain] = replace(peak, share=peak.share * float(np.mean(seen)), percents=percents)
    return found


def _peak(values: Values, size: Values) -> LivePeak:
    """The peak, without percents. `size` is the forward scatter of the same events."""
    positions = decades(values)
    distribution = Distribution(positions)
    peak = negative_peak(distribution)
    lower = lower_half_sd(distribution, peak.mode)
    sd = peak.sd if math.isnan(lower) else lower
    in_peak = positions < peak.mode
    bright = positions[positions > peak.mode + _POSITIVE_SDS * sd]
    return LivePeak(
        position=peak.mode,
        sd=sd,
        share=peak.share,
        threshold=linear(peak.mode + LIVE_SDS * peak.sd),
        forward_scatter=float(np.median(size[in_peak])) if in_peak.any() else math.nan,
        positives=float(np.median(bright)) if len(bright) >= _FEWEST_POSITIVES else math.nan,
    )


def middle(values: Iterable[float]) -> float:
    """Median of the values that are known; NaN if none is.

    >>> middle([1.0, float("nan"), 3.0])
    2.0
    """
    known = [value for value in values if not math.isnan(value)]
    return float(np.median(known)) if known else math.nan
