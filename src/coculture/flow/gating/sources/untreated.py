"""Threshold from the peak of the live cells in the untreated samples only.

For drugs that change the autofluorescence of live cells or the Annexin V that they bind. Only used
if the config asks for it.
"""

from coculture.flow.gating.sources import live_peak
from coculture.flow.gating.sources.threshold import Request, Threshold, Trust

CODE = "untreated"
NAME = "the peak of the live cells in the untreated samples"
TRUST: Trust = "full"


def roles(stain: str) -> tuple[str, ...]:
    """Roles of the files that it needs one of."""
    return live_peak.roles(stain)


def find(request: Request) -> Threshold | None:
    """The threshold, as of `live_peak`; None if there are no untreated samples."""
    samples = [one for one in request.inside if one.tube.untreated]
    return live_peak.from_samples(request, samples, CODE)
