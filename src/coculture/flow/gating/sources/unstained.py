"""Threshold from the unstained control.

Unstained cells lack the little Annexin V that live cells bind. Unstained transduced cells have
their reporter (such as GFP), so for a marker this is the last choice.
"""

import numpy as np

from coculture.flow.gating.logicle import Logicle
from coculture.flow.gating.pool import PooledTube, Values
from coculture.flow.gating.sources.threshold import Request, Threshold, Trust, upper_end

CODE = "unstained"
NAME = "the unstained control"
RULE = "median + 3 robust SD of the unstained control on the logicle scale"
RULE_FOR_MARKERS = "99.5th percentile of the unstained control"
TRUST: Trust = "fallback"

_ROBUST_SDS = 3.0
"""About 99.9 % of a normal distribution is below this many SDs above its median."""
_SD_PER_MAD = 1.4826
"""SD of a normal distribution divided by its median absolute deviation."""


def roles(stain: str) -> tuple[str, ...]:
    """Roles of the files that it needs one of."""
    del stain
    return ("unstained",)


def find(request: Request) -> Threshold | None:
    """The threshold; None without an unstained control."""
    controls = tubes(request)
    if not controls:
        return None
    events = request.values(controls)
    if request.is_marker:
        return Threshold(upper_end(events), RULE_FOR_MARKERS, controls)
    return Threshold(above_median(events, request.scale(controls)), RULE, controls)


def tubes(request: Request) -> list[PooledTube]:
    """The unstained controls of untreated cells; empty if there are none."""
    return request.tubes(lambda tube: tube.is_unstained)


def above_median(negative: Values, scale: Logicle) -> float:
    """Median + 3 robust SD (1.4826 MAD) on the logicle scale, as a linear value.

    `negative` are the linear values of events of which nearly all are negative, shape (events,).
    """
    positions = scale.transform(negative)
    median = float(np.median(positions))
    sd = _SD_PER_MAD * float(np.median(np.abs(positions - median)))
    return float(scale.inverse(median + _ROBUST_SDS * sd))
