"""Threshold of forward scatter between debris and cells.

It is permissive, because dying cells are small: a live gate here would remove what is counted.
"""

from collections.abc import Sequence

import numpy as np

from coculture.flow.gating.densities import density
from coculture.flow.gating.gates import Block
from coculture.flow.gating.pool import PooledTube, Values, values
from coculture.flow.gating.sources.threshold import FEWEST_EVENTS, Threshold

VALLEY, MAIN_PEAK_SHARE, TOO_FEW_EVENTS = CODES = (
    "debris_valley",
    "main_peak_share",
    "too_few_events",
)

_DEBRIS_DECADES = 0.6
"""Debris is smaller than a quarter (10^-0.6) of the main peak: apoptotic cells shrink by less."""
_DEFAULT_SHARE = 0.15
"""Share of the main peak that is taken where there is no peak of debris."""
_LEAST_PEAK = 0.03
"""Share of the highest peak by which a peak must stand out: smaller than for stains, because a
permissive gate must not miss a small peak of debris."""

RULES = {
    VALLEY: "valley between debris and cells in forward scatter",
    MAIN_PEAK_SHARE: (
        f"{_DEFAULT_SHARE} times the most frequent forward scatter, because there is no peak of "
        "debris"
    ),
    TOO_FEW_EVENTS: "all events are kept, because there are too few to find debris",
}


def block(channel: str, tubes: Sequence[PooledTube]) -> Block:
    """The gate on forward scatter; `tubes` hold the events within the detectors' range."""
    sizes = values(tubes, channel)
    threshold, source = smallest_cell(sizes[sizes > 0])
    return Threshold(threshold, RULES[source], tubes).block(channel, "above", source)


def smallest_cell(sizes: Values) -> tuple[float, str]:
    """Forward scatter from which on an event is a cell, and the code of the rule that gave it.

    `sizes` are linear and positive, shape (events,). Peaks below a quarter of the main peak are
    debris; the threshold is the valley above the highest of them.
    """
    if len(sizes) < FEWEST_EVENTS:
        return 0.0, TOO_FEW_EVENTS
    curve = density(np.log10(sizes))
    main = int(np.argmax(curve.height))
    peaks = [*map(int, curve.peaks(_LEAST_PEAK)), main]
    debris = [p for p in peaks if curve.position[p] < curve.position[main] - _DEBRIS_DECADES]
    if not debris:
        return _DEFAULT_SHARE * float(10 ** curve.position[main]), MAIN_PEAK_SHARE
    cells = min(p for p in peaks if p > max(debris))
    valley = curve.position[curve.valley(max(debris), cells)]
    return float(10**valley), VALLEY
