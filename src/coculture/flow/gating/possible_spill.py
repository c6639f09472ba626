"""How much of the dye-positive cells' Annexin V may be spill of the dye, if nothing is compensated.

Late cells have both stains, so that samples do not show the spill of the dye into Annexin V. If
some dye-positive cells have little Annexin V, all of it may be spill.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coculture.flow.compensation.remaining_spill import RemainingSpill
from coculture.flow.gating.pool import PooledTube, thinned, values
from coculture.flow.gating.sample_spill import ENOUGH_EVENTS, POSITIVE_SDS, SCALE, lowest_peak
from coculture.flow.tubes import Panel

_LARGEST = 0.25
"""Above it the lowest Annexin V of dye-positive cells is that of late cells: spill is 0.01 to 0.25
in the simulations that gave the limits (../shared/measured/flow_controls.md)."""
_NONE = 0.015
"""Below it hardly any spill is possible; the limit of single stains."""
_ASSUMED = 0.1
"""If no dye-positive cells have little Annexin V: as in the base study."""
_FEWEST = 50
"""Of dye-positive cells: fewer move no percent."""


@dataclass(frozen=True)
class PossibleSpill:
    """A spill that is not known.

    Attributes
    ----------
    stain, channel
        Channel of the stain, and the channel that its signal may be seen in ($PnN).
    share
        The spill that would explain what is seen; 0.1 if nothing is seen.
    events
        Dye-positive cells.
    is_seen
        Whether some of them have as little signal as this spill gives.
    """

    stain: str
    channel: str
    share: float
    events: int
    is_seen: bool

    @property
    def as_remaining(self) -> RemainingSpill:
        """As spill that is left and can be taken away."""
        return RemainingSpill(self.stain, self.channel, self.share, _NONE, self.events)


@dataclass(frozen=True)
class PossibleEffect:
    """A spill that is not known, and the change of percent apoptotic without it.

    `change` is in percentage points, of the arm in which it is largest, as in `SpillEffect`.
    """

    spill: PossibleSpill
    change: float


def of_dye_in_annexin(inside: Sequence[PooledTube], panel: Panel) -> PossibleSpill | None:
    """The spill of the dye that may be in Annexin V; None if hardly any is possible.

    Parameters
    ----------
    inside
        Events of one population of the stained samples, not compensated.
    panel
        The channels of the experiment.
    """
    if panel.annexin is None or panel.viability_dye is None or not sum(map(len, inside)):
        return None
    inside = thinned(inside, ENOUGH_EVENTS)
    annexin, dye = (values(inside, name) for name in (panel.annexin, panel.viability_dye))
    live, sd = lowest_peak(dye)
    positive = np.arcsinh(dye / SCALE) > live + POSITIVE_SDS * sd
    events = int(np.count_nonzero(positive))
    if events < _FEWEST:
        return None
    mode, sd = lowest_peak(annexin[positive])
    near = positive & (np.abs(np.arcsinh(annexin / SCALE) - mode) <= max(sd, 1e-6))
    of_live = SCALE * np.sinh(lowest_peak(annexin)[0])
    share = float((SCALE * np.sinh(mode) - of_live) / np.median(dye[near]))
    if share < _NONE:
        return None
    is_seen = share < _LARGEST
    return PossibleSpill(
        panel.viability_dye, panel.annexin, share if is_seen else _ASSUMED, events, is_seen
    )
