"""Threshold of a marker from its FMO control: the tube with every stain but this one.

It shows what the other stains and the cells' own light give in the channel of the marker. Where
spill is not corrected it also shows the spill of the other stains, which differs between tubes, so
it is not used.
"""

from coculture.flow.gating.sources.population_negative import raised_to_valley
from coculture.flow.gating.sources.threshold import (
    Request,
    Threshold,
    Trust,
    is_sample,
    upper_end,
)

CODE = "marker_fmo"
NAME = "the FMO control of the marker"
RULE = "99.5th percentile of the FMO control of the marker"
RAISED = ", raised to the valley below the positive cells of all samples"
TRUST: Trust = "full"


def find(request: Request) -> Threshold | None:
    """The threshold; None if there is no such control, or where spill is not corrected."""
    controls = request.tubes(lambda tube: tube.is_fmo_of(request.channel))
    if not controls or not request.is_compensated:
        return None
    threshold = upper_end(request.values(controls))
    samples = request.tubes(is_sample)
    if samples:
        raised = raised_to_valley(threshold, request.values(samples), request.scale(samples))
        if raised is not None and raised > threshold:
            note = f"the 99.5th percentile is {threshold:.4g}"
            return Threshold(raised, RULE + RAISED, controls, samples, note)
    return Threshold(threshold, RULE, controls)
