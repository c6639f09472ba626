"""Threshold at the valley between negative and positive cells of all samples together.

It needs no control, so it is exploratory: where cells are stained gradually, the valley depends on
how many of them there are. Refused if there is only one peak.
"""

from coculture.flow.gating.densities import density
from coculture.flow.gating.logicle import Logicle
from coculture.flow.gating.pool import Values
from coculture.flow.gating.sources.threshold import Request, Threshold, Trust, is_sample

CODE = "pooled"
NAME = "the valley of all samples together"
RULE = "valley between negative and positive cells of all samples together (exploratory)"
TRUST: Trust = "exploratory"

_DEEPEST_VALLEY = 0.5
"""The valley must be below this share of the lower peak; otherwise the two peaks may be one."""


def roles(stain: str) -> tuple[str, ...]:
    """Roles of the files that it needs one of."""
    del stain
    return ("sample",)


def find(request: Request) -> Threshold | None:
    """The threshold; None if the samples have only one peak."""
    samples = request.tubes(is_sample)
    if not samples:
        return None
    split = valley(request.values(samples), request.scale(samples))
    return None if split is None else Threshold(split, RULE, samples)


def valley(pooled: Values, scale: Logicle) -> float | None:
    """The lowest point between the outermost peaks; None if there is only one peak.

    The density there must be below half of the lower peak.
    """
    curve = density(scale.transform(pooled))
    peaks = curve.peaks()
    if len(peaks) < 2:
        return None
    first, last = int(peaks[0]), int(peaks[-1])
    lowest = curve.valley(first, last)
    lower_peak = float(min(curve.height[first], curve.height[last]))
    if curve.height[lowest] > _DEEPEST_VALLEY * lower_peak:
        return None
    return float(scale.inverse(curve.position[lowest]))
