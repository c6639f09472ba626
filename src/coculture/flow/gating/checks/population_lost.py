"""Dying cells that a marker's gate puts outside the population: their percent is too low."""

from collections.abc import Iterator, Sequence

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.marker_losses import LOST_SHARE
from coculture.flow.gating.marker_state import ArmLoss, MarkerState
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "population_lost"

_LOOK = "Look at the marker of the dying cells in the gating figure."
_TO_DO = {
    True: f"{_LOOK} Add an FMO or negative control for this marker, use a brighter marker or one "
    "that dying cells keep, or set the gate by hand in flow.gates.",
    False: f"{_LOOK} Add a control that has this marker (population_negative, such as stroma alone "
    "stained for it), use a marker that is brighter on the other cells, or set the gate by hand in "
    "flow.gates.",
}
"""By whether the population has the marker."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """For the samples of a cell line: the arm of each marker whose percent changes most.

    A note where other cells than the population seem to have died.
    """
    if one.tube.role != "sample":
        return
    key = (CODE, one.population.name, one.tube.cells)
    yield from experiment.once(key, lambda: list(_of_line(one, experiment)))


def _of_line(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    for state in experiment.markers:
        of_line = (state.population, state.cells) == (one.population.name, one.tube.cells)
        if not of_line or state.is_reversed:
            continue
        found = _of_population([loss for loss in state.losses if loss.evidence is not None])
        if found:
            worst = max(found, key=lambda loss: loss.points)
            yield _flag(experiment, state, worst, len(found))


def cautions(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """Those of `flags` that are no note: cells of the population are outside its gate."""
    return (flag for flag in flags(one, experiment) if flag.severity == "caution")


def _of_population(found: Sequence[ArmLoss]) -> Sequence[ArmLoss]:
    """Without excesses, if in the arm with the largest one other cells seem to have died.

    All, if there is nothing else: in other arms fewer died, and it is harder to tell.
    """
    excesses = [loss for loss in found if loss.evidence == "excess"]
    largest = max(excesses, key=lambda loss: loss.points, default=None)
    if largest is None or not largest.looks_like_other_cells:
        return found
    return [loss for loss in found if loss.evidence != "excess"] or found


def _flag(experiment: Experiment, state: MarkerState, worst: ArmLoss, arms: int) -> Flag:
    others = f", and {arms - 1} more of {len(state.losses)} arms" if arms > 1 else ""
    line = f" of {state.cells}" if state.cells else ""
    percents = f"{worst.percent_with:.0f} in place of {worst.percent:.1f}"
    return Flag(
        subjects.marker(experiment, state),
        CODE,
        "note" if worst.looks_like_other_cells else "caution",
        f"{experiment.name}, {worst.arm}{others}: {_finding(experiment, state, worst, line)} With "
        f"them, percent {experiment.of_leading.name} of this arm would be about {percents}. "
        f"{_cause(state, worst)} {_TO_DO[state.is_positive]}",
        worst.lost,
        LOST_SHARE,
        "share",
    )


def _finding(experiment: Experiment, state: MarkerState, worst: ArmLoss, line: str) -> str:
    stained = "stained" if experiment.leading is None else experiment.leading.of_dying
    sign = stained.rpartition("-")[2]
    gate = f"the gate of {subjects.marker_name(state)}"
    lost = f"{100 * worst.lost:.0f}"
    if worst.evidence == "overlap":
        return (
            f"{gate} cuts off the dying cells{line}; about {lost} % of them lie outside the "
            "population."
        )
    if worst.evidence == "excess":
        return (
            f"about {lost} % of the {stained} cells{line} seem to lie outside {gate}: "
            f"{number(worst.outside_percent)} % of the cells outside are {sign}, and "
            f"{number(worst.expected_percent)} % in the {_compared(state, worst)}."
        )
    return (
        f"up to {lost} % of the {stained} cells{line} may lie outside {gate}: "
        f"{number(worst.outside_percent)} % of the cells outside are {sign}, and no arm has "
        f"fewer than {number(worst.expected_percent)} %."
    )


def _compared(state: MarkerState, worst: ArmLoss) -> str:
    if not worst.expected_of_control:
        return "arm with fewest"
    return "control without the marker" if state.is_positive else "control that has the marker"


def _cause(state: MarkerState, worst: ArmLoss) -> str:
    if worst.evidence == "overlap" and state.is_positive:
        return "The marker is too dim for this gate, and dying cells are dimmer than live ones."
    if worst.evidence == "overlap":
        return (
            "The other cells are too dim in the marker for this gate, and dying cells, which shine "
            "more by themselves, are brighter than live ones."
        )
    if worst.looks_like_other_cells:
        return (
            "But there are also fewer negative cells outside, so it is more likely that the other "
            "cells (stroma) died; then the percents are right."
        )
    changed = "lose this marker" if state.is_positive else "become brighter in this channel"
    return (
        f"Dying cells may {changed}. Other cells (stroma) that the treatment kills look the "
        "same; cells of the population alone, treated in the same way, would tell."
    )
