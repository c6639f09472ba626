"""Threshold of a marker from cells that lack it.

Treated negative cells may be brighter than their control. If the samples have a positive peak, the
threshold is raised to the lowest point before it.

Where the marker is dim, the 99.5th percentile of the control lies among the positive cells, and
dying cells, which are dimmer than live ones, are lost first. The threshold then goes down as far as
few of the samples' cells above it are cells without the marker. With live cells 7 SDs of noise
above the control (issue 14, case 9, 800) percents were off by up to 8 points at the 99.5th
percentile, and are by up to 3.
"""

import numpy as np

from coculture.flow.gating.densities import density
from coculture.flow.gating.logicle import Logicle
from coculture.flow.gating.pool import Values
from coculture.flow.gating.sources.threshold import (
    NEGATIVE_PERCENTILE,
    Request,
    Threshold,
    Trust,
    is_sample,
    upper_end,
)

CODE = "population_negative"
NAME = "the cells without the marker"
RULE = "99.5th percentile of the cells without the marker"
RAISED = ", raised to the valley below the positive cells of all samples"
OVERLAPPING = (
    "below the 99.5th percentile of the cells without the marker, because the positive cells of "
    "the samples reach below it: where few of the cells above it lack the marker, or at the valley "
    "above that"
)
TRUST: Trust = "full"

_LOWEST_PERCENTILE = 95.0
"""Of the control: no threshold is lower, because stroma may be rarer in the samples that set it
than in others."""
_OTHER_SHARE = 0.03
"""Cells without the marker per cell of the population that may be above the threshold. Where half
of the population is dying and none of the others, they move its percent by 1.5 points."""


def find(request: Request) -> Threshold | None:
    """The threshold; None if there is no such control."""
    controls = request.controls_of_marker()
    if not controls:
        return None
    negative = request.values(controls)
    highest = upper_end(negative)
    samples = request.tubes(is_sample)
    if not samples:
        return Threshold(highest, RULE, controls)
    pooled, scale = request.values(samples), request.scale(samples)
    lowest = float(np.percentile(negative, lowest_percentile(negative, pooled)))
    found = raised_to_valley(lowest, pooled, scale)
    if found is None:
        return Threshold(highest, RULE, controls)
    if found > highest:
        note = f"the 99.5th percentile is {highest:.4g}"
        return Threshold(found, RULE + RAISED, controls, samples, note)
    if found == highest:
        return Threshold(highest, RULE, controls)
    note = f"{100 * np.mean(negative >= found):.2g} % of the cells without the marker are above it"
    return Threshold(found, OVERLAPPING, controls, samples, note)


def lowest_percentile(negative: Values, pooled: Values) -> float:
    """Percentile of the control above which few of the samples' cells are cells like it.

    Parameters
    ----------
    negative
        Linear values of the cells without the marker, shape (events,).
    pooled
        Linear values of all samples. Their cells without the marker are twice those below the
        median of the control.

    Returns
    -------
    95 to 99.5.
    """
    without = min(2 * int(np.count_nonzero(pooled < np.median(negative))), len(pooled))
    if not without:
        return _LOWEST_PERCENTILE
    above = 100 * _OTHER_SHARE * (len(pooled) - without) / without
    return float(np.clip(100 - above, _LOWEST_PERCENTILE, NEGATIVE_PERCENTILE))


def raised_to_valley(threshold: float, pooled: Values, scale: Logicle) -> float | None:
    """The threshold, or the lowest point between it and the highest peak above it.

    None without a peak above it.

    Parameters
    ----------
    threshold
        On the linear scale.
    pooled
        Linear values of all samples, shape (events,).
    scale
        The logicle scale of the channel.
    """
    curve = density(scale.transform(pooled))
    start = int(np.searchsorted(curve.position, scale.transform(threshold)))
    above = [int(peak) for peak in curve.peaks() if peak > start]
    if not above:
        return None
    return max(threshold, float(scale.inverse(curve.position[curve.valley(start, above[-1])])))
