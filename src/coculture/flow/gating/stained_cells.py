"""The stained cells of one tube: how bright they are, and how many a weaker stain would lose.

A weak stain moves dimly stained cells below the threshold. How many is not seen in the tube itself,
but in a tube of the same cells that is stained better: those that would lie below the threshold if
all of its stained cells were as much dimmer.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy
from numpy.typing import NDArray

from coculture.flow.gating import gates
from coculture.flow.gating.asinh_scale import decades, linear
from coculture.flow.gating.cell_sample import CellSample
from coculture.flow.gating.densities import Distribution, lower_half_sd, median, percentiles
from coculture.flow.gating.live_peaks import LivePeak
from coculture.flow.gating.sources.live_peak import LIVE_SDS, negative_peak
from coculture.flow.gating.sources.threshold import FEWEST_EVENTS
from coculture.flow.tubes import Tube

Values = NDArray[np.float64]

BRIGHT_SDS = 8.0
"""A cell so many SDs above the live peak is stained: no live cell of ten thousand is."""
FEWEST_STAINED = 20
"""Stained cells of which a median is taken."""
PEAK_SDS = 3.0
"""A peak so many SDs above the live peak is a positive one."""
_LEAST_PEAK = 0.02
"""Share of the highest peak by which a positive peak must stand out."""
_LEAST_SHARE = 0.005
"""Share of bright cells that is seen where they are too few for a peak: five times what a cytometer
carries over."""
_MANY = 0.1
"""Share of positive cells of which some would be bright, were the stain not weak."""
_PLENTY = 0.05
"""Share of bright cells that is a peak wherever it lies."""
_ROUNDS = 4
"""Rounds in which the limit of the stained cells and their median settle."""
_PERCENTS = np.arange(0.5, 100, 1)
"""Of the positive cells: `StainedCells.multiples`."""


@dataclass(frozen=True)
class StainedCells:
    """The cells of one tube in the channel of one stain.

    Attributes
    ----------
    cells
        Number of cells.
    bright
        How many lie more than 8 SD above the live peak.
    has_peak
        Whether there is a peak at least 3 SD above the live peak; so many bright cells that they
        make one need no look.
    brightness
        Median of the stained cells above the live peak, linear; NaN with fewer than 20. They are
        those above the middle, on the scale of `decades`, between the live peak and their median;
        where fewer than 20 are bright but a tenth of all cells is positive, the positive ones.
    multiples
        Percentiles 0.5, 1.5, ... 99.5 of the positive cells, those above the threshold without as
        many of the dimmest as the live peak has there: their brightness as a multiple of the
        threshold's, both from the live peak; empty with fewer than 20.
    positive
        Number of these cells.
    has_live
        Whether the lowest peak is below the threshold. If not, all cells count as stained.
    """

    cells: int
    bright: int
    has_peak: bool
    has_live: bool = True
    brightness: float = math.nan
    positive: int = 0
    multiples: tuple[float, ...] = ()

    @property
    def is_seen(self) -> bool:
        """Whether the stain is seen: a positive peak, or more bright cells than carry-over."""
        fewest = max(FEWEST_STAINED, _LEAST_SHARE * self.cells)
        return self.has_peak or self.bright >= fewest

    def share_lost(self, times_dimmer: float) -> float:
        """Share of the positive cells that would be below the threshold with a weaker stain.

        The brightness becomes less, the noise does not. NaN with too few positive cells.
        """
        if not self.multiples:
            return math.nan
        multiples = np.array(self.multiples)
        before, after = (
            scipy.special.ndtr(LIVE_SDS * (1 - multiples / dimmer)) for dimmer in (1, times_dimmer)
        )
        return max(0.0, float(np.mean(after - before)))


@cache
def _live_above() -> float:
    """Share of live cells above a threshold that is 2.4 SD above their peak."""
    return float(scipy.special.ndtr(-LIVE_SDS))


def has_stain(tube: Tube, channel: str) -> bool:
    """Whether cells in the tube should have the stain, whose channel this is."""
    if tube.is_on_beads:
        return False
    if tube.role == "sample" or tube.only_channel is not None:
        return tube.role == "sample" or tube.only_channel == channel
    others = {stain.channel for stain in tube.panel.of_stains} - {channel}
    return tube.lacked_channel in others


def stained_of_tube(
    tube: Tube,
    cells: CellSample,
    blocks: Mapping[str, gates.Block],
    peaks: Mapping[str, LivePeak],
) -> dict[str, StainedCells]:
    """Stain -> its cells in a tube, of the stains that the tube should have.

    `blocks` are the gates of the stains that living cells lack, `peaks` the live peaks where they
    are known.
    """
    found = {}
    for stain, block in blocks.items():
        channel = str(block["channels"][0])
        if has_stain(tube, channel):
            threshold = float(block["threshold"])
            found[stain] = stained_cells(cells, channel, threshold, peaks.get(stain))
    return {stain: one for stain, one in found.items() if one is not None}


def stained_cells(
    cells: CellSample, channel: str, threshold: float, live_peak: LivePeak | None = None
) -> StainedCells | None:
    """The stained cells in one channel; None with fewer than 100 cells.

    `live_peak` is that of the tube, if it is known already: that of the dye is of cells without
    Annexin V, whose spill makes the peak of all cells wide. In a tube without live cells, whose
    lowest peak is above the threshold, all cells are stained.
    """
    if len(cells) < FEWEST_EVENTS:
        return None
    values, distribution = cells[channel], cells.along(channel)
    live, live_sd, share = _live(distribution) if live_peak is None else _known(live_peak)
    has_live = linear(live) < threshold
    first = live + BRIGHT_SDS * live_sd
    if not has_live:
        live, live_sd, share, first = 0.0, 0.0, 0.0, float(decades(np.array(threshold)))
    bright = len(distribution.above(first))
    of_live = round(_live_above() * share * len(values))
    positive = np.sort(values[values >= threshold])[of_live:] - linear(live)
    return StainedCells(
        cells=len(values),
        bright=bright,
        has_peak=(
            bright > _PLENTY * len(values) or _has_peak(distribution, live + PEAK_SDS * live_sd)
        ),
        has_live=has_live,
        brightness=_brightness(distribution, live, first, positive),
        positive=len(positive),
        multiples=_multiples(positive, threshold - linear(live)),
    )


def _live(distribution: Distribution) -> tuple[float, float, float]:
    """Mode, SD and share of the lowest peak."""
    peak = negative_peak(distribution)
    lower = lower_half_sd(distribution, peak.mode)
    return peak.mode, peak.sd if math.isnan(lower) else lower, peak.share


def _known(peak: LivePeak) -> tuple[float, float, float]:
    return peak.position, peak.sd, peak.share


def _has_peak(distribution: Distribution, above: float) -> bool:
    curve = distribution.usual
    return bool(np.any(curve.position[curve.peaks(_LEAST_PEAK)] > above))


def _brightness(cells: Distribution, live: float, first: float, positive: Values) -> float:
    """Median of the stained cells above the live peak at `live`, from those above `first` on.

    Of `positive` cells, their brightness in ascending order, where too few are so bright although
    they are many.
    """
    limit = first
    for _ in range(_ROUNDS):
        found = cells.above(limit)
        if len(found) < FEWEST_STAINED:
            are_many = len(positive) >= max(FEWEST_STAINED, _MANY * len(cells.values))
            return median(positive) if are_many else math.nan
        usual = median(found)
        limit = (live + usual) / 2
    return linear(usual) - linear(live)


def _multiples(positive: Values, threshold: float) -> tuple[float, ...]:
    if len(positive) < FEWEST_STAINED or threshold <= 0:
        return ()
    return tuple((percentiles(positive, _PERCENTS) / threshold).tolist())


def is_seen(tubes: Sequence[StainedCells]) -> bool:
    """Whether the stain is seen in any tube, or in all of them together."""
    fewest = max(FEWEST_STAINED, _LEAST_SHARE * sum(one.cells for one in tubes))
    return any(one.is_seen for one in tubes) or sum(one.bright for one in tubes) >= fewest
