"""The live peak of one well in a stain, and what its own threshold would give.

All wells of an experiment share a threshold. A drug that fluoresces, another voltage or another
staining moves the live cells of some wells against it. What is measured here is compared by the
checks; nothing here changes a threshold.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from coculture.exchange.outcomes import Outcomes
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
    cells: Columns,
    blocks: Mapping[str, gates.Block],
    outcomes: Outcomes,
    forward_scatter: str,
) -> dict[str, LivePeak]:
    """The live peak of each stain that living cells lack.

    Parameters
    ----------
    cells
        The events of the population in one well.
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
    every = slice(None, None, max(1, -(-len(cells) // MOST_EVENTS)))
    used = [blocks[stain.gate] for stain in outcomes.stains]
    values = [np.asarray(cells[str(block["channels"][0])])[every] for block in used]
    size = np.asarray(cells[forward_scatter])[every]
    shared = [float(block["threshold"]) for block in used]
    seen = np.ones(len(size), bool)
    found = {}
    for place, stain in enumerate(outcomes.stains):
        if place:
            # Of the dye only cells without Annexin V, whose spill into the dye may be uncertain.
            first = outcomes.stains[0].living_are_positive
            seen = (values[0] >= shared[0]) == first
        if stain.living_are_positive or np.count_nonzero(seen) < FEWEST_EVENTS:
            continue
        peak = _peak(values[place][seen], size[seen])
        ends = [peak.threshold if at == place else end for at, end in enumerate(shared)]
        is_positive = [value >= end for value, end in zip(values, ends, strict=True)]
        percents = {
            name: 100
            * float(
                np.mean(
                    np.logical_and.reduce(
                        [own == sign for own, sign in zip(is_positive, signs, strict=True)]
                    )
                )
            )
            for name, signs in outcomes.signs.items()
        }
        found[stain.gate] = replace(
            peak, share=peak.share * float(np.mean(seen)), percents=percents
        )
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
