"""Threshold from the fluorescence-minus-one control: the tube with every stain but this one.

Without an FMO tube, a tube with only the other stain (of Annexin V and viability dye) is used. Both
lack the little Annexin V that live cells bind, so they are only used if there is no live peak.
"""

from coculture.flow.files import MARKER_FMO
from coculture.flow.gating import gates
from coculture.flow.gating.pool import PooledTube
from coculture.flow.gating.sources.threshold import Request, Threshold, Trust, upper_end

CODE = "fmo"
NAME = "the FMO control"
RULE = "99.5th percentile of the FMO control"
TRUST: Trust = "fallback"

_ROLES = {
    gates.ANNEXIN: ("fmo_annexin", "dye_only"),
    gates.VIABILITY_DYE: ("fmo_dye", "annexin_only"),
}


def roles(stain: str) -> tuple[str, ...]:
    """Roles of the files that it needs one of, the best first; fmo with the stain's channel."""
    return _ROLES.get(stain, (MARKER_FMO,))


def find(request: Request) -> Threshold | None:
    """The threshold; None if there is no such control."""
    controls = tubes(request)
    if not controls:
        return None
    return Threshold(upper_end(request.values(controls)), RULE, controls)


def tubes(request: Request) -> list[PooledTube]:
    """The controls without the stain but with the other one; empty if there are none."""
    others = {one.channel for one in request.panel.of_stains} - {request.channel}
    return (
        request.tubes(lambda tube: tube.lacked_channel == request.channel)
        or request.tubes(lambda tube: tube.only_channel in others and tube.role != "single_stain")
        or request.tubes(lambda tube: tube.only_channel in others)
    )
