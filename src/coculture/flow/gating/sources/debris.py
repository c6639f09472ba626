"""Threshold of forward scatter between debris and cells.

It is permissive, because dying cells are small: a live gate here would remove what is counted.

Cells are not simply the densest pile: where debris is, there can be more of it than of cells. Dead
cells take the viability dye and debris does not, so the dye tells a pile of debris from one of
shrunken cells, and from the cells where debris is the densest pile.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coculture.flow.gating.asinh_scale import decades
from coculture.flow.gating.densities import Density, Distribution, density, percentile
from coculture.flow.gating.gates import VIABILITY_DYE, Block
from coculture.flow.gating.pool import PooledTube, Values, thinned, values
from coculture.flow.gating.sources.live_peak import negative_peak
from coculture.flow.gating.sources.threshold import FEWEST_EVENTS, Threshold, is_sample
from coculture.flow.tubes import Panel

VALLEY, MAIN_PEAK_SHARE, TOO_FEW_EVENTS, UNTESTED = CODES = (
    "debris_valley",
    "main_peak_share",
    "too_few_events",
    "densest_pile",
)

_DEBRIS_DECADES = 0.6
"""Debris is smaller than a quarter (10^-0.6) of the main peak: apoptotic cells shrink by less."""
_DENSEST_DEBRIS_DECADES = 0.8
"""Where the densest pile itself is debris, it is smaller than a sixth of the largest cells. Less
would take lymphocytes beside stroma (a quarter of its forward scatter) for debris."""
_LARGEST_PILE = 0.05
"""The largest cells are the pile of highest forward scatter with at least this share of the height
of the densest one; a smaller one is of clumps."""
_DEFAULT_SHARE = 0.15
"""Share of the main peak that is taken where there is no peak of debris."""
_LEAST_PEAK = 0.03
"""Share of the highest peak by which a peak must stand out: smaller than for stains, because a
permissive gate must not miss a small peak of debris."""
_NEAR = 0.1
"""Events within this many decades of a pile are its own."""
_DYE_RATIO = 0.25
"""Debris takes the dye less than this share as often as larger events do (no false alarm among
1,693 piles of cells; shared/measured/flow_controls.md, section 11)."""
_DYE_SDS = 8.0
"""An event so many SDs above the dye-negative peak takes the dye."""
_SD_PER_MEDIAN = 1.4826
_FEWEST_STAINED = 20
"""Fewer events that take the dye are too few to compare shares."""
_LEAST_STAINED = 0.005
"""So is a smaller share of the larger events."""
_ENOUGH_EVENTS = 50_000
"""Of the samples, evenly chosen, to tell whether a pile takes the dye: with a twentieth of them in
the pile a share of 0.1 is known to 0.006, and the share that is compared is a quarter."""

RULES = {
    VALLEY: "valley between debris and cells in forward scatter",
    MAIN_PEAK_SHARE: (
        f"{_DEFAULT_SHARE} times the most frequent forward scatter, because there is no peak of "
        "debris"
    ),
    TOO_FEW_EVENTS: "all events are kept, because there are too few to find debris",
    UNTESTED: (
        f"{_DEFAULT_SHARE} times the most frequent forward scatter; whether this is of cells or of "
        "debris cannot be tested, because {why}"
    ),
}


@dataclass(frozen=True)
class Dyed:
    """Events of stained samples.

    Attributes
    ----------
    sizes
        Their log10 forward scatter, shape (events,).
    takes
        Which of them take the viability dye.
    """

    sizes: Values
    takes: NDArray[np.bool_]

    def share(self, low: float, high: float = np.inf) -> float:
        """Share that takes the dye of the events between two sizes; 0 without events."""
        inside = (self.sizes >= low) & (self.sizes < high)
        return float(np.mean(self.takes[inside])) if inside.any() else 0.0

    def can_tell(self, low: float) -> bool:
        """Whether enough events above a size take the dye."""
        above = self.takes[self.sizes >= low]
        return int(above.sum()) >= _FEWEST_STAINED and float(above.mean()) >= _LEAST_STAINED


def block(panel: Panel, tubes: Sequence[PooledTube]) -> Block:
    """The gate on forward scatter; `tubes` hold the events within the detectors' range."""
    channel = panel.forward_scatter_area
    sizes = values(tubes, channel)
    threshold, source = smallest_cell(sizes[sizes > 0], _dyed(panel, tubes))
    rule = RULES[source].format(why=why_untested(panel))
    return Threshold(threshold, rule, tubes).block(channel, "above", source)


def why_untested(panel: Panel) -> str:
    """Why debris cannot be told from cells, in words."""
    dye = next((stain for stain in panel.of_stains if stain.gate == VIABILITY_DYE), None)
    if dye is None:
        return "the study has no viability dye (flow.channels.viability_dye)"
    return (
        f"nothing takes the {dye.name}"
        if len(panel.of_stains) > 1
        else (f"nothing takes {dye.name}")
    )


def _dyed(panel: Panel, tubes: Sequence[PooledTube]) -> Dyed | None:
    """Which events of the samples take the dye; None without a dye or with too few events."""
    samples = thinned([one for one in tubes if is_sample(one.tube)], _ENOUGH_EVENTS)
    if panel.viability_dye is None:
        return None
    sizes = values(samples, panel.forward_scatter_area)
    dye = decades(values(samples, panel.viability_dye)[sizes > 0])
    if len(dye) < FEWEST_EVENTS:
        return None
    distribution = Distribution(dye)
    mode = negative_peak(distribution).mode
    below = mode - distribution.below(mode)[::-1]
    sd = _SD_PER_MEDIAN * percentile(below, 50) if len(below) else 0.0
    return Dyed(np.log10(sizes[sizes > 0]), dye > mode + _DYE_SDS * sd)


def smallest_cell(sizes: Values, dyed: Dyed | None = None) -> tuple[float, str]:
    """Forward scatter from which on an event is a cell, and the code of the rule that gave it.

    `sizes` are linear and positive, shape (events,). Peaks below a quarter of the main peak are
    debris, unless they take the dye as the larger events do. The main peak is the densest one; if
    that one is far below the largest cells and does not take the dye, it is debris too. The
    threshold is the valley above the highest pile of debris.
    """
    if len(sizes) < FEWEST_EVENTS:
        return 0.0, TOO_FEW_EVENTS
    curve = density(np.log10(sizes))
    densest = int(np.argmax(curve.height))
    peaks = sorted({*map(int, curve.peaks(_LEAST_PEAK)), densest})
    main, is_tested = _main(curve, peaks, densest, dyed)
    debris = [
        peak
        for peak in peaks
        if curve.position[peak] < curve.position[main] - _DEBRIS_DECADES
        and (main != densest or _lacks_dye(curve, peak, main, dyed) is not False)
    ]
    if not debris:
        share = _DEFAULT_SHARE * float(10 ** curve.position[main])
        return share, MAIN_PEAK_SHARE if is_tested else UNTESTED
    cells = min(p for p in peaks if p > max(debris))
    valley = curve.position[curve.valley(max(debris), cells)]
    return float(10**valley), VALLEY if is_tested else UNTESTED


def _main(
    curve: Density, peaks: Sequence[int], densest: int, dyed: Dyed | None
) -> tuple[int, bool]:
    """The peak of the cells, and whether it could be tested if that was needed."""
    least = _LARGEST_PILE * curve.height[densest]
    largest = max(peak for peak in peaks if curve.height[peak] >= least)
    if curve.position[densest] >= curve.position[largest] - _DENSEST_DEBRIS_DECADES:
        return densest, True
    lacks = _lacks_dye(curve, densest, largest, dyed)
    return (largest if lacks else densest), lacks is not None


def _lacks_dye(curve: Density, pile: int, cells: int, dyed: Dyed | None) -> bool | None:
    """Whether a pile takes the dye far less than larger events; None if that cannot be told."""
    larger = float(curve.position[curve.valley(pile, cells)])
    if dyed is None or not dyed.can_tell(larger):
        return None
    position = float(curve.position[pile])
    of_pile = dyed.share(position - _NEAR, position + _NEAR)
    return of_pile < _DYE_RATIO * dyed.share(larger)
