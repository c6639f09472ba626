"""Threshold from the fluorescence-minus-one control: the tube with every stain but this one.

Without an FMO tube, a tube with only the other stain of Annexin V and viability dye is used. Both
lack the little Annexin V that live cells bind, so they are only used if there is no live peak.
"""

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
    """Roles of the files that it needs one of, the best first."""
    return _ROLES[stain]


def find(request: Request) -> Threshold | None:
    """The threshold; None if there is no such control."""
    controls = tubes(request)
    if not controls:
        return None
    return Threshold(upper_end(request.values(controls)), RULE, controls)


def tubes(request: Request) -> list[PooledTube]:
    """The controls without the stain but with the other one; empty if there are none."""
    full, alone = _ROLES[request.gate]
    panel = request.panel
    other = panel.viability_dye if request.gate == gates.ANNEXIN else panel.annexin
    return (
        request.tubes(lambda tube: tube.role == full)
        or request.tubes(lambda tube: tube.role == alone)
        or request.tubes(lambda tube: tube.role == "single_stain" and tube.stained_channel == other)
    )
