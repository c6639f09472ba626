"""A population that is gated on the wrong side of its marker."""

import math
from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.marker_state import MarkerState
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "marker_reversed"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """For the samples of a cell line: each marker whose gate keeps the other cells."""
    if one.tube.role != "sample":
        return
    for state in experiment.markers:
        of_line = (state.population, state.cells) == (one.population.name, one.tube.cells)
        if of_line and state.is_reversed:
            yield _flag(state, experiment)


def _flag(state: MarkerState, experiment: Experiment) -> Flag:
    marker, line = subjects.marker_name(state), state.cells or state.population
    sides = ("positive", "negative") if state.is_positive else ("negative", "positive")
    of_control = (
        ""
        if math.isnan(state.control_inside)
        else f", and {number(100 * state.control_inside)} % of the cells in its control "
        f"(population_negative) are {sides[0]}"
    )
    return Flag(
        subjects.marker(experiment, state),
        CODE,
        "caution",
        f"{experiment.name}: the gate of {marker} keeps the wrong cells. flow.populations has "
        f"{state.population} {sides[0]} in it, but {number(100 * (1 - state.unstained_inside))} % "
        f"of the unstained cells of {line} are {sides[1]}{of_control}. Do not use the percents. "
        f"Write positive: {'false' if state.is_positive else 'true'} there, or correct the rows "
        "of the tubes in flow.csv if they are others.",
        state.unstained_inside,
        0.5,
        "share",
    )


def is_reversed(experiment: Experiment, population: str, marker: str) -> bool:
    """Whether a marker of a population has this flag, which explains odd controls of it."""
    return any(
        state.is_reversed
        for state in experiment.markers
        if (state.population, state.marker) == (population, marker)
    )
