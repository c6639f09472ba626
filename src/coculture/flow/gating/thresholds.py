"""Where positive begins in a channel: rules on arrays of linear, compensated values.

Positions and spreads are taken on the logicle scale, where negative populations are about
symmetric; thresholds are given on the linear one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coculture.exchange.problems import CocultureError
from coculture.flow.gating.densities import Density, density, silverman
from coculture.flow.gating.logicle import Logicle

Values = NDArray[np.float64]

FEWEST_EVENTS = 100
"""Fewest events that a threshold may rest on."""
NEGATIVE_PERCENTILE = 99.5
ROBUST_SDS = 3.0
LIVE_SDS = 2.4
"""SDs above the live peak. Less takes live cells for apoptotic ones, more loses cells that have
begun to bind Annexin V; benchmarks/flow_thresholds.py compares."""

_LEAST_PEAK = 0.05
_LEAST_POSITIVE_PEAK = 0.02
_LEAST_LIVE_SHARE = 0.2
_TAIL_SMOOTHING = 2.5
_FLAT = 0.02
_SMOOTHING = 1.5
_ONE_SD_HEIGHT = np.exp(-0.5)
_FARTHEST_SDS = 4.0
_DEEPEST_VALLEY = 0.5


class ThresholdError(CocultureError):
    """There is nothing from which a threshold could be set."""


@dataclass(frozen=True)
class NegativePeak:
    """The lowest substantial peak of a sample, on the logicle scale."""

    mode: float
    sd: float
    """Of its upper half: how far above the mode the density falls to exp(-1/2) of its height."""
    share: float
    """Share of the events in the peak: twice those below its mode."""


def negative_peak(positions: Values) -> NegativePeak:
    """The lowest substantial peak of values on the logicle scale.

    A first look with the whole sample's bandwidth finds it; a second, with a bandwidth of its own
    lower half, measures it. The smoothing's part is taken from the SD.
    """
    rough, _ = _lowest_peak(density(positions))
    below = rough - positions[positions < rough]
    spread = float(np.percentile(below, 68.27)) if len(below) else 0.0
    bandwidth = _SMOOTHING * silverman(spread, 2 * len(below)) or None
    mode, width = _lowest_peak(density(positions, bandwidth))
    sd = float(np.sqrt(max(width**2 - (bandwidth or 0.0) ** 2, 0.25 * width**2)))
    return NegativePeak(mode, sd, 2 * float(np.mean(positions < mode)))


def _lowest_peak(curve: Density) -> tuple[float, float]:
    """Its mode, and how far above it the density falls to exp(-1/2) of its height."""
    peak = int(curve.peaks(_LEAST_PEAK)[0])
    fallen = np.flatnonzero(curve.height[peak:] < _ONE_SD_HEIGHT * curve.height[peak])
    return float(curve.position[peak]), float(
        curve.position[peak + fallen[0]] - curve.position[peak]
    )


def live_peak(
    wells: Sequence[Values], reference: Values, scale: Logicle, highest: float = np.inf
) -> float | None:
    """Median over wells of the live cells' peak + 2.4 SD of its upper half.

    The live cells of stained wells, not unstained ones, say where live cells lie: they bind a
    little Annexin V, and drugs change their autofluorescence. The upper half of the peak at
    exp(-1/2) of its height is still clear of the apoptotic cells. The median over all wells gives
    one threshold for all treatments.

    Parameters
    ----------
    wells
        Each stained well's values.
    reference
        Values of the wells with most live cells. A well whose lowest peak lies further than 4 SD
        above the reference's has no live peak and does not count, nor does one whose peak holds
        less than a fifth of its events.
    scale
        The channel's logicle scale.
    highest
        Linear value above which a peak cannot be that of live cells.

    Returns
    -------
    The threshold; None if no well has a live peak.
    """
    expected = negative_peak(scale.transform(reference))
    if float(scale.inverse(expected.mode)) > highest:
        return None
    farthest = expected.mode + _FARTHEST_SDS * expected.sd
    peaks = [negative_peak(scale.transform(well)) for well in wells if len(well) >= FEWEST_EVENTS]
    live = [peak for peak in peaks if peak.share >= _LEAST_LIVE_SHARE and peak.mode <= farthest]
    if not live:
        return None
    return float(scale.inverse(np.median([peak.mode + LIVE_SDS * peak.sd for peak in live])))


def has_positive_peak(pooled: Values, above: float, scale: Logicle) -> bool:
    """Whether pooled wells have a peak of positive events above a threshold."""
    curve = density(scale.transform(pooled))
    return bool(np.any(curve.position[curve.peaks(_LEAST_POSITIVE_PEAK)] > scale.transform(above)))


def tail_end(events: Values, scale: Logicle) -> float:
    """Where the upper tail of the negative peak ends: its slope is below 2 % of the steepest.

    For samples without positive cells, whose negative ones may have a long tail.
    """
    positions = scale.transform(events)
    peak = negative_peak(positions)
    below = int(np.count_nonzero(positions < peak.mode))
    curve = density(positions, _TAIL_SMOOTHING * silverman(peak.sd, 2 * below) or None)
    falling = -np.gradient(curve.height, curve.position)
    mode, tail = np.searchsorted(curve.position, [peak.mode, peak.mode + 3 * peak.sd])
    steepest = int(mode) + int(np.argmax(falling[mode : max(tail, mode + 1)]))
    flat = np.flatnonzero(falling[steepest:] < _FLAT * falling[steepest])
    end = curve.position[steepest + flat[0]] if len(flat) else curve.position[-1]
    return float(scale.inverse(end))


def above_percentile(negative: Values) -> float:
    """The 99.5th percentile of events that are all negative."""
    return float(np.percentile(negative, NEGATIVE_PERCENTILE))


def above_median(negative: Values, scale: Logicle) -> float:
    """Median + 3 robust SD (1.4826 MAD) of events nearly all negative."""
    positions = scale.transform(negative)
    median = float(np.median(positions))
    sd = 1.4826 * float(np.median(np.abs(positions - median)))
    return float(scale.inverse(median + ROBUST_SDS * sd))


def raised_to_valley(threshold: float, pooled: Values, scale: Logicle) -> float:
    """A threshold moved up to the lowest place before the positive peak of pooled wells.

    Treated negative cells may be brighter than their control; where the samples show empty space
    above the control's threshold, its middle is the safer place. Without a peak above it stays.
    """
    curve = density(scale.transform(pooled))
    start = int(np.searchsorted(curve.position, scale.transform(threshold)))
    above = [int(peak) for peak in curve.peaks(_LEAST_PEAK) if peak > start]
    if not above:
        return threshold
    return max(threshold, float(scale.inverse(curve.position[curve.valley(start, above[-1])])))


def valley(pooled: Values, scale: Logicle) -> float | None:
    """The lowest place between the outermost peaks of pooled wells; None if unimodal.

    The place must lie below half of the lower peak.
    """
    curve = density(scale.transform(pooled))
    peaks = curve.peaks(_LEAST_PEAK)
    if len(peaks) < 2:
        return None
    first, last = int(peaks[0]), int(peaks[-1])
    place = curve.valley(first, last)
    if curve.height[place] > _DEEPEST_VALLEY * _lower(curve, first, last):
        return None
    return float(scale.inverse(curve.position[place]))


def _lower(curve: Density, first: int, second: int) -> float:
    return float(min(curve.height[first], curve.height[second]))
