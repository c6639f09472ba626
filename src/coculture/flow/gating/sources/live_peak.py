"""Threshold from the peak of the live cells in the stained samples, checked with a control.

The live cells of stained samples, not of unstained ones, show where live cells are: they bind a
little Annexin V, and drugs change their autofluorescence. The upper half of the peak, down to
exp(-1/2) of its height, is still free of apoptotic cells. The median over the samples gives one
threshold for all treatments. `benchmarks/flow_thresholds.py` compares it with the other sources.

The FMO control, or else the unstained control, checks the threshold. If too much of the control is
above it, the threshold is raised to the control's 99.5th percentile. Where spill is not corrected,
the FMO control is not used: the spill of its other stain would raise the threshold (at a spill of
0.2 by 19 percentage points, ../shared/measured/flow_controls.md, 7-8).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from weakref import WeakKeyDictionary

import numpy as np

from coculture.flow.gating.densities import (
    Density,
    Distribution,
    joined,
    percentile,
    silverman,
)
from coculture.flow.gating.logicle import Logicle
from coculture.flow.gating.pool import PooledTube, number_of_events
from coculture.flow.gating.sources import fmo, unstained
from coculture.flow.gating.sources.threshold import (
    FEWEST_EVENTS,
    Request,
    Threshold,
    Trust,
    is_sample,
    upper_end,
)

CODE = "live_peak"
NAME = "the peak of the live cells"
TRUST: Trust = "full"

LIVE_SDS = 2.4
"""SDs above the live peak. Fewer count live cells as apoptotic, more lose cells that have begun to
bind Annexin V; chosen with benchmarks/flow_thresholds.py."""
RULE = f"peak of the live cells + {LIVE_SDS} SD, median of the {{samples}} samples"
RULE_WITHOUT_POSITIVE = (
    "end of the upper tail of the live cells in the {samples} samples, because none has a positive "
    "peak"
)
RAISED = ", raised to the 99.5th percentile of the {control} control"

_MAX_BACKGROUND = 5.0
"""Live cells bind little Annexin V: a lowest peak above this multiple of the negative control's
99.5th percentile is that of apoptotic cells, in samples without live ones."""
MAX_CONTROL_ABOVE = 0.03
"""If more than this share of the negative control is above the threshold, the threshold is raised.
Six times the 0.5 % that are above the control's own 99.5th percentile: the control and the samples
then contradict each other."""
_ENOUGH_EVENTS = 100_000
"""Of all samples together, evenly chosen, to see where their live peak is about, and whether there
is a positive one: a peak of 0.1 % of them is 100 events."""
_LEAST_LIVE_SHARE = 0.2
"""A peak with a smaller share of the events is too small to be measured next to dead cells."""
_FARTHEST_SDS = 4.0
"""A peak farther above that of the reference samples is not the peak of live cells."""
_LEAST_POSITIVE_PEAK = 0.02
"""Share of the highest peak by which a positive peak must stand out: smaller than for other peaks,
because in few samples few cells are positive."""
_TAIL_SMOOTHING = 2.5
"""Factor on Silverman's bandwidth where the slope of a tail is followed, which is noisier than the
density."""
_FLAT = 0.02
"""A tail ends where its slope is below this share of the steepest slope."""
_SMOOTHING = 1.5
"""Factor on Silverman's bandwidth when a peak is measured: a peak then has one maximum."""
_ONE_SD_HEIGHT = np.exp(-0.5)
"""Height of a normal curve one SD from its mode, as a share of its maximum."""
_MIN_SD_SHARE = 0.25
"""Smallest share of the measured variance that is left when the smoothing's share is removed."""
_ONE_SD_PERCENT = 68.27
"""Percent of a normal distribution within one SD of its mean."""


def roles(stain: str) -> tuple[str, ...]:
    """Roles of the files that it needs one of."""
    del stain
    return ("sample",)


def find(request: Request) -> Threshold | None:
    """The threshold; None if too few events were measured or no sample has a live peak."""
    samples = [one for one in request.inside if is_sample(one.tube)]
    return from_samples(request, samples, "stained")


def from_samples(request: Request, samples: Sequence[PooledTube], which: str) -> Threshold | None:
    """The threshold from the live peaks of these samples; `which` describes them in the rule."""
    reference = [one for one in samples if one.tube.untreated] or list(samples)
    if number_of_events(reference) < FEWEST_EVENTS:
        return None
    scale = request.scale(samples)
    control, control_tubes = _negative_control(request)
    negative = request.values(control_tubes)
    highest = upper_end(negative) if len(negative) else np.inf
    positions = [one.along(request.channel, scale) for one in samples]
    together = joined(positions, _ENOUGH_EVENTS)
    of_reference = together
    if len(reference) < len(samples):
        untreated = [one.tube.untreated for one in samples]
        of_reference = joined(list(compress(positions, untreated)), _ENOUGH_EVENTS)
    threshold = live_threshold(positions, of_reference, scale, _MAX_BACKGROUND * highest)
    if threshold is None:
        return None
    rule, note = RULE, ""
    if not has_positive_peak(together, threshold, scale):
        threshold, rule = max(threshold, tail_end(joined(positions), scale)), RULE_WITHOUT_POSITIVE
    above = float(np.mean(negative >= threshold)) if len(negative) else 0.0
    if above > MAX_CONTROL_ABOVE:
        threshold, rule = highest, rule + RAISED
    elif len(negative):
        note = f"{100 * above:.2g} % of the {control} control is above it"
    rule = rule.format(samples=which, control=control)
    return Threshold(threshold, rule, samples, control_tubes, note)


def _negative_control(request: Request) -> tuple[str, list[PooledTube]]:
    """Name and tubes of the best control without the stain; no tubes if there is none."""
    tubes = fmo.tubes(request) if request.is_compensated else []
    return ("FMO", tubes) if tubes else ("unstained", unstained.tubes(request))


@dataclass(frozen=True)
class NegativePeak:
    """The lowest substantial peak of a sample, on the logicle scale."""

    mode: float
    sd: float
    """Of its upper half: the distance above the mode at which the density is exp(-1/2) of its
    height."""
    share: float
    """Share of the events in the peak: twice the share below its mode."""


_KNOWN: "WeakKeyDictionary[Distribution, NegativePeak]" = WeakKeyDictionary()
"""Of the distributions in use: a threshold and its alternatives look at the same ones."""


def negative_peak(positions: Distribution) -> NegativePeak:
    """The lowest substantial peak of values on the logicle scale.

    It is found with the bandwidth of the whole sample, and then measured with the bandwidth of its
    own lower half. The part of the SD that comes from smoothing is removed.
    """
    if positions not in _KNOWN:
        _KNOWN[positions] = _negative_peak(positions)
    return _KNOWN[positions]


def _negative_peak(positions: Distribution) -> NegativePeak:
    rough, _ = _lowest_peak(positions.usual)
    below = rough - positions.below(rough)[::-1]
    spread = percentile(below, _ONE_SD_PERCENT) if len(below) else 0.0
    bandwidth = _SMOOTHING * silverman(spread, 2 * len(below))
    mode, width = _lowest_peak(_density(positions, bandwidth))
    sd = float(np.sqrt(max(width**2 - bandwidth**2, _MIN_SD_SHARE * width**2)))
    return NegativePeak(mode, sd, 2 * len(positions.below(mode)) / len(positions.values))


def _density(positions: Distribution, bandwidth: float) -> Density:
    """With the usual bandwidth where a part of the values gives none."""
    return positions.density(bandwidth) if bandwidth else positions.usual


def _lowest_peak(curve: Density) -> tuple[float, float]:
    """Its mode, and the distance above it at which the density is exp(-1/2) of its height."""
    peak = int(curve.peaks()[0])
    fallen = np.flatnonzero(curve.height[peak:] < _ONE_SD_HEIGHT * curve.height[peak])
    return float(curve.position[peak]), float(
        curve.position[peak + fallen[0]] - curve.position[peak]
    )


def live_threshold(
    samples: Sequence[Distribution],
    reference: Distribution,
    scale: Logicle,
    highest: float = np.inf,
) -> float | None:
    """Median over samples of the mode of the live peak + 2.4 SD of its upper half.

    Parameters
    ----------
    samples
        Values of each stained sample on the logicle scale.
    reference
        Those of the samples with most live cells together. Samples do not count if their lowest
        peak is more than 4 SD above that of the reference, or has less than a fifth of their
        events.
    scale
        The logicle scale of the channel.
    highest
        Linear value above which a peak cannot be that of live cells.

    Returns
    -------
    The threshold on the linear scale; None if no sample has a live peak.
    """
    expected = negative_peak(reference)
    if float(scale.inverse(expected.mode)) > highest:
        return None
    farthest = expected.mode + _FARTHEST_SDS * expected.sd
    peaks = [negative_peak(one) for one in samples if len(one.values) >= FEWEST_EVENTS]
    live = [peak for peak in peaks if peak.share >= _LEAST_LIVE_SHARE and peak.mode <= farthest]
    if not live:
        return None
    return float(scale.inverse(np.median([peak.mode + LIVE_SDS * peak.sd for peak in live])))


def has_positive_peak(pooled: Distribution, above: float, scale: Logicle) -> bool:
    """Whether pooled samples, on the logicle scale, have a peak above a linear threshold."""
    curve = pooled.usual
    return bool(np.any(curve.position[curve.peaks(_LEAST_POSITIVE_PEAK)] > scale.transform(above)))


def tail_end(positions: Distribution, scale: Logicle) -> float:
    """Where the upper tail of the negative peak ends: its slope is below 2 % of the steepest.

    For samples without positive cells, whose negative cells may have a long tail. They are given
    on the logicle scale; the end is linear.
    """
    peak = negative_peak(positions)
    below = len(positions.below(peak.mode))
    curve = _density(positions, _TAIL_SMOOTHING * silverman(peak.sd, 2 * below))
    falling = -np.gradient(curve.height, curve.position)
    mode, tail = np.searchsorted(curve.position, [peak.mode, peak.mode + 3 * peak.sd])
    steepest = int(mode) + int(np.argmax(falling[mode : max(tail, mode + 1)]))
    flat = np.flatnonzero(falling[steepest:] < _FLAT * falling[steepest])
    end = curve.position[steepest + flat[0]] if len(flat) else curve.position[-1]
    return float(scale.inverse(end))
