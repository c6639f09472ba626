"""What the percents would be without the spill that is left, or that is possible."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from coculture.flow.compensation.remaining_spill import RemainingSpill, corrected
from coculture.flow.gating.compensated import Compensated
from coculture.flow.gating.counting import measure
from coculture.flow.gating.gate_setting import Blocks, set_gates
from coculture.flow.gating.measurement import Measurement
from coculture.flow.gating.possible_spill import PossibleEffect
from coculture.flow.gating.spill_effect import SpillEffect, changes_of_arms, compared
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import Tube


def effects(
    tubes: Sequence[Tube],
    used: Compensated,
    settings: FlowSettings,
    measured: Mapping[int, Sequence[Measurement]],
) -> tuple[SpillEffect, ...]:
    """What the percents of the report population would be without the spill that is left."""
    if not used.remaining:
        return ()
    own = settings.gates.get(tubes[0].experiment, {})
    changes = _changes_without(
        used.remaining,
        tubes,
        used,
        settings,
        measured,
        lambda tubes, matrix: set_gates(tubes, matrix, settings, own, is_compensated=False),
    )
    return (SpillEffect(used.remaining, changes, used.spillover.matrix is None),)


def possible_effect(
    tubes: Sequence[Tube],
    used: Compensated,
    settings: FlowSettings,
    measured: Mapping[int, Sequence[Measurement]],
) -> PossibleEffect | None:
    """What percent apoptotic would be without a spill that is not known."""
    if used.possible is None:
        return None
    spill = used.possible.as_remaining
    # At the same thresholds: live cells have no dye that could spill.
    changes = _changes_without(
        [spill], tubes, used, settings, measured, lambda _tubes, _matrix: used.blocks
    )
    return PossibleEffect(used.possible, next(iter(changes.values())))


def _changes_without(
    spills: Sequence[RemainingSpill],
    tubes: Sequence[Tube],
    used: Compensated,
    settings: FlowSettings,
    measured: Mapping[int, Sequence[Measurement]],
    gates_of: Callable[[Sequence[Tube], pd.DataFrame], Mapping[str, Blocks]],
) -> dict[str, float]:
    """The change of each percent, as in `SpillEffect`, if these spills are taken away, too.

    `gates_of` gives the gates for the tubes with another matrix.
    """
    matrix = corrected(used.spillover.matrix, spills)
    tubes = [
        tube
        if tube.own_spillover is None
        else replace(tube, own_spillover=corrected(tube.own_spillover, spills))
        for tube in tubes
    ]
    blocks = gates_of(tubes, matrix)
    samples = [tube for tube in tubes if tube.role == "sample"]
    place = [one.name for one in settings.populations].index(settings.report_population)
    arms = [(tube.cells, tube.arm or tube.culture or tube.fcs) for tube in samples]
    reported = [measured[tube.row][place].counts.quadrants for tube in samples]
    without = [measure(tube, matrix, settings, blocks)[place].counts.quadrants for tube in samples]
    return changes_of_arms(arms, reported, without, compared(settings.outcomes))
