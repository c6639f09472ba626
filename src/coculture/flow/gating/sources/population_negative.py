"""Threshold of a marker from cells that lack it.

Treated negative cells may be brighter than their control. If the samples have a positive peak, the
threshold is raised to the lowest point before it.
"""

import numpy as np

from coculture.flow.gating.densities import density
from coculture.flow.gating.logicle import Logicle
from coculture.flow.gating.pool import Values
from coculture.flow.gating.sources.threshold import Request, Threshold, Trust, is_sample, upper_end

CODE = "population_negative"
NAME = "the cells without the marker"
RULE = "99.5th percentile of the cells without the marker"
RAISED = ", raised to the valley below the positive cells of all samples"
TRUST: Trust = "full"


def find(request: Request) -> Threshold | None:
    """The threshold; None if there is no such control."""
    controls = request.tubes(request.is_for_marker)
    if not controls:
        return None
    threshold = upper_end(request.values(controls))
    samples = request.tubes(is_sample)
    if samples:
        raised = raised_to_valley(threshold, request.values(samples), request.scale(samples))
        if raised > threshold:
            note = f"the 99.5th percentile is {threshold:.4g}"
            return Threshold(raised, RULE + RAISED, controls, samples, note)
    return Threshold(threshold, RULE, controls)


def raised_to_valley(threshold: float, pooled: Values, scale: Logicle) -> float:
    """The threshold, or the lowest point between it and the highest peak above it.

    Without a peak above it, the threshold does not change.

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
        return threshold
    return max(threshold, float(scale.inverse(curve.position[curve.valley(start, above[-1])])))
