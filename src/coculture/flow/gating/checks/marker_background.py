"""Cells without the marker that are brighter than its gate allows for, and enter it."""

from collections.abc import Iterator

import numpy as np

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.asinh_scale import decades, linear
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.marker_background import LEAST_SHARE
from coculture.flow.gating.marker_state import ArmBackground, MarkerState
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "marker_background"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """For the samples of a cell line: the arm of each marker into which most such cells enter."""
    if one.tube.role != "sample":
        return
    for state in experiment.markers:
        is_own = (state.population, state.cells) == (one.population.name, one.tube.cells)
        if is_own and state.backgrounds:
            worst = max(state.backgrounds, key=lambda arm: arm.inside_share)
            yield _flag(experiment, state, worst)


def _flag(experiment: Experiment, state: MarkerState, worst: ArmBackground) -> Flag:
    more = len(state.backgrounds) - 1
    others = f", and {more} more of {len(state.losses)} arms" if more else ""
    gate = float(decades(np.array(experiment.blocks[state.population][state.marker]["threshold"])))
    level, usual = (number(linear(gate + at)) for at in (worst.position, worst.reference))
    compared = "in the control without the marker" if worst.is_control else "in untreated wells"
    cause = (
        "The cells of the samples may have more autofluorescence than the control, or the "
        "population may have two levels of the marker."
        if worst.is_control
        else "The drug may fluoresce in this channel, or these wells were recorded differently."
    )
    return Flag(
        subjects.marker(experiment, state),
        CODE,
        "caution",
        f"{experiment.name}, {worst.arm}{others}: the dimmest peak in {subjects.marker_name(state)}"
        f", which is of cells without the marker, lies at {level}, {compared} at {usual}, and "
        f"reaches into the gate; about {100 * worst.inside_share:.0f} % of the cells inside "
        f"are not of {state.population}, and percent {experiment.first.name} is a mixture. "
        f"{cause} Record the cells without the marker under the same treatment as a control "
        "(population_negative), or "
        "set the gate by hand in flow.gates.",
        worst.inside_share,
        LEAST_SHARE,
        "share",
    )
