"""Which tube is the single stain of a channel, and with which unstained events it is compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from coculture.exchange.vocabulary import many
from coculture.flow.compensation.beads import in_the_same_tube, looks_like_beads
from coculture.flow.compensation.single_stains import POSITIVE_PERCENTILE
from coculture.flow.compensation.spillover import SpilloverError
from coculture.flow.fcs.data import Events, read_events
from coculture.flow.gating.asinh_scale import decades
from coculture.flow.gating.carry_over import is_own
from coculture.flow.tubes import Tube

_LEAST_POSITIVE_SHARE = 0.05
"""A control counts as unstained for a stain if at least this share of the stain's events is above
the control's 99.5th percentile, ten times as many as by chance."""

FEWEST_NEGATIVES = 50
"""Fewest events of an unstained control, as of the positives of a single stain."""


@dataclass(frozen=True)
class Negative:
    """What a single stain is compared with: events of shape (events, channels)."""

    background: Events
    stained: Events
    controls: Sequence[Tube]

    @property
    def is_of_other_cells(self) -> bool:
        """Whether a control is of cells that lack the marker (population_negative)."""
        return any(tube.role == "population_negative" for tube in self.controls)


def negative(stain: Tube, channels: Sequence[str], channel: str, tubes: Sequence[Tube]) -> Negative:
    """The negative of a single stain: of beads for beads, in the same tube if there is no other."""
    stained = _finite(stain, channels)
    controls = _controls(stain, channel, tubes)
    if not controls or (not stain.is_on_beads and looks_like_beads(stain, controls, channel)):
        beads = in_the_same_tube(stain, channels, channel)
        if beads is not None:
            return Negative(beads.negative, beads.stained, [stain])
        if not controls:
            raise SpilloverError(
                f"{stain.fcs}: is on beads, but has no negative beads, and the experiment has no "
                "blank beads. Unstained cells are no control of beads. Add a tube of blank beads "
                "(role unstained, cells beads).",
                stain.fcs,
            )
    place = list(channels).index(channel)
    background = np.concatenate(
        [_own_events(control, channels, place, stained[:, place]) for control in controls]
    )
    if len(background) < FEWEST_NEGATIVES:
        names = ", ".join(control.fcs for control in controls)
        raise SpilloverError(
            f"{names}: the unstained control has only {many(len(background), 'event')}, of "
            f"{FEWEST_NEGATIVES} needed. Use the whole file, exclude it with a reason, or choose "
            "embedded, csv or none as flow.compensation.source.",
            controls[0].fcs,
        )
    return Negative(background, stained, controls)


def _controls(stain: Tube, channel: str, tubes: Sequence[Tube]) -> list[Tube]:
    """The tubes that are negative for a stain: blank beads for beads, else unstained cells."""
    unstained = [
        tube for tube in tubes if tube.is_unstained and tube.is_on_beads == stain.is_on_beads
    ]
    if stain.is_on_beads:
        return unstained
    negatives = [tube for tube in tubes if tube.role == "population_negative"]
    own = _finite(stain, [channel])[:, 0]
    return _baseline(stain, own, channel, unstained, negatives)


def stains_with_controls(tubes: Sequence[Tube]) -> Iterator[tuple[str, Tube, list[Tube]]]:
    """The channel of each single stain, its tube, and the controls that are negative for it.

    Single stains on beads are left out if only their own tube has negative beads.
    """
    for channel, tube in single_stains(tubes).items():
        controls = _controls(tube, channel, tubes)
        if controls and (tube.is_on_beads or not looks_like_beads(tube, controls, channel)):
            yield channel, tube, controls


def single_stains(tubes: Sequence[Tube]) -> dict[str, Tube]:
    """Channel -> its single stain, or else the tube with only Annexin V or only the dye."""
    stains: dict[str, Tube] = {}
    for tube in tubes:
        if tube.role == "single_stain":
            if tube.stained_channel in stains:
                raise SpilloverError(
                    f"{tube.fcs}: is a second single stain of {tube.stained_channel}; the first is "
                    f"{stains[tube.stained_channel].fcs}. Exclude one of them.",
                    tube.fcs,
                )
            stains[tube.stained_channel] = tube
    for tube in tubes:
        if tube.role != "single_stain" and tube.only_channel is not None:
            stains.setdefault(tube.only_channel, tube)
    return stains


def _baseline(
    stain: Tube,
    own: Events,
    channel: str,
    unstained: Sequence[Tube],
    negatives: Sequence[Tube],
) -> list[Tube]:
    """The unstained controls for a stain, of the same cells if there are any.

    Unstained cells that express a reporter such as GFP cannot be used in the channel of the
    reporter; there, cells without it (population_negative) are used. Of these, stained cells that
    were carried over do not count; of unstained cells they cannot be told from a reporter.
    """
    same = [tube for tube in unstained if tube.cells == stain.cells]
    candidates = [(controls, _all_events) for controls in (same, list(unstained))]
    candidates += [([tube], _own_events) for tube in negatives]
    for controls, read in candidates:
        if not controls:
            continue
        values = np.concatenate([read(control, [channel], 0, own)[:, 0] for control in controls])
        limit = np.percentile(values, POSITIVE_PERCENTILE)
        if np.mean(own > limit) >= _LEAST_POSITIVE_SHARE:
            return controls
    return same or list(unstained)


def _all_events(control: Tube, channels: Sequence[str], place: int, stained: Events) -> Events:
    del place, stained
    return _finite(control, channels)


def _own_events(control: Tube, channels: Sequence[str], place: int, stained: Events) -> Events:
    """The events of a control without those that were carried over from stained cells.

    `place` is that of the stain's channel among the channels, `stained` are the values of the
    single stain there, shape (events,).
    """
    events = _finite(control, channels)
    return events[is_own(decades(events[:, place]), decades(stained))]


def _finite(tube: Tube, channels: Sequence[str]) -> Events:
    events = read_events(tube.header, channels)
    finite = events[np.isfinite(events).all(axis=1)]
    if not len(finite):
        raise SpilloverError(
            f"{tube.fcs}: the {tube.role} control has no events. Use the whole file or exclude it "
            "with a reason.",
            tube.fcs,
        )
    return finite
