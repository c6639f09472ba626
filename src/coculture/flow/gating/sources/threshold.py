"""What a threshold source gets and what it gives: the request, and the threshold with its data."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from coculture.exchange.problems import CocultureError
from coculture.flow.gating import gates
from coculture.flow.gating.logicle import Logicle
from coculture.flow.gating.pool import (
    PooledTube,
    Values,
    number_of_events,
    scale_of,
    values,
)
from coculture.flow.tubes import Panel, Tube

FEWEST_EVENTS = 100
"""Fewest events from which a threshold is set: with fewer, a 99.5th percentile is little more than
the maximum."""
NEGATIVE_PERCENTILE = 99.5
"""Percentile of a negative control that is its upper end: common for FMO controls."""

_MAY_BE_EMPTY = ("note", "failed_controls")
"""Keys of a block that are left out if there is nothing to say."""

Trust = Literal["full", "fallback", "exploratory"]
"""fallback: flagged unless the config asks for this source; exploratory: always flagged."""


LooksLike = Literal["carry_over", "full_stain", "swapped"]
"""What a control is that fails its test. carry_over: some of its events come from a stained tube;
full_stain: it is stained; swapped: it has the stain that it should lack, and lacks the other."""


class ThresholdError(CocultureError):
    """A threshold cannot be set: the experiment lacks the controls."""


@dataclass(frozen=True)
class FailedControl:
    """A control with too many events as bright as the positive cells.

    Attributes
    ----------
    fcs, role
        The file and its role.
    bright, events, allowed
        Its single cells above the limit, all of them, and how many may lie above.
    partner
        The tube that it may have been swapped with; empty where there is none.
    """

    fcs: str
    role: str
    looks_like: LooksLike
    bright: int
    events: int
    allowed: int
    partner: str = ""


@dataclass(frozen=True)
class Request:
    """A threshold to set, with the events that may set it.

    Attributes
    ----------
    gate
        annexin, viability_dye, or the stain or marker as the config names it.
    channel
        Its channel ($PnN).
    panel
        The channels of the experiment.
    inside
        Events of the population; for a marker, the single cells.
    singlets
        All single cells, for controls with too few cells of the population.
    is_marker
        Whether the threshold is that of a marker of the population.
    keeps_living_above
        Whether it is of a stain that living cells have.
    keeps_below
        Whether the population is below the threshold: it lacks the marker.
    failed
        Controls that are not what their roles say, of which nothing or only a part is among the
        events.
    is_compensated
        Whether the spill is corrected, as far as it is known. If not, other stains may make the
        cells of an FMO control bright, and it raises no threshold.
    """

    gate: str
    channel: str
    panel: Panel
    inside: Sequence[PooledTube]
    singlets: Sequence[PooledTube]
    is_marker: bool = False
    keeps_living_above: bool = False
    keeps_below: bool = False
    failed: tuple[FailedControl, ...] = ()
    is_compensated: bool = True

    def tubes(self, wanted: Callable[[Tube], bool]) -> list[PooledTube]:
        """The wanted tubes, if they have at least FEWEST_EVENTS events together; else none.

        For stains, tubes of the same cells as the samples are preferred, and their events of the
        population; if these are too few, all wanted tubes, and then all their single cells.
        """
        if self.is_marker:
            chosen = [tube for tube in self.inside if wanted(tube.tube)]
            return chosen if self._are_enough(chosen) else []
        for tubes in (self.inside, self.singlets):
            chosen = [tube for tube in tubes if wanted(tube.tube)]
            of_samples = {one.tube.cells for one in tubes if is_sample(one.tube)} - {""}
            same_cells = [tube for tube in chosen if tube.tube.cells in of_samples]
            for candidates in (same_cells, chosen):
                if self._are_enough(candidates):
                    return candidates
        return []

    def controls_of_marker(self) -> list[PooledTube]:
        """The population_negative controls of this marker, or else those of all markers.

        The two are not mixed: of a marker that the population lacks, the one has it.
        """
        return self.tubes(
            lambda tube: tube.is_control_of(self.channel) and bool(tube.stained_channel)
        ) or self.tubes(lambda tube: tube.is_control_of(self.channel))

    def values(self, tubes: Sequence[PooledTube]) -> Values:
        """Linear values of all tubes in the channel, shape (events,)."""
        return values(tubes, self.channel)

    def scale(self, tubes: Sequence[PooledTube]) -> Logicle:
        """A logicle scale for the channel, fitted to the events of the tubes."""
        return scale_of(self.channel, tubes)

    def _are_enough(self, tubes: Sequence[PooledTube]) -> bool:
        return number_of_events(tubes) >= FEWEST_EVENTS


@dataclass(frozen=True)
class Threshold:
    """A threshold that a source set.

    Attributes
    ----------
    value
        On the linear, compensated scale.
    rule
        How it was set, in words without numbers that vary between studies.
    tubes
        The tubes whose events set it.
    checked_with
        Tubes that were used only to check it.
    note
        What varies between studies; may be empty.
    """

    value: float
    rule: str
    tubes: Sequence[PooledTube]
    checked_with: Sequence[PooledTube] = ()
    note: str = ""

    def block(
        self, channel: str, keep: str, source: str, failed: Sequence[FailedControl] = ()
    ) -> gates.Block:
        """The gate at this threshold, as gates.yaml has it.

        `source` is the code of the source; `failed` are controls that could not be used.
        """
        behind = [pooled.tube for pooled in (*self.tubes, *self.checked_with)]
        block: dict[str, Any] = {
            "channels": [channel],
            "threshold": float(self.value),
            "keep": keep,
            "source": source,
            "rule": self.rule,
            "note": self.note,
            "controls": sorted({tube.fcs for tube in behind if not is_sample(tube)}),
            "samples": sorted({tube.fcs for tube in behind if is_sample(tube)}),
            "events": number_of_events(self.tubes),
            "failed_controls": [asdict(one) for one in failed],
        }
        return {key: value for key, value in block.items() if value or key not in _MAY_BE_EMPTY}


def is_sample(tube: Tube) -> bool:
    return tube.role == "sample"


def upper_end(negative: Values) -> float:
    """The 99.5th percentile of events that are all negative."""
    return float(np.percentile(negative, NEGATIVE_PERCENTILE))
