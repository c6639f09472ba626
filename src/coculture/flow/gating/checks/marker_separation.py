"""A marker that does not separate the population from the other cells."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.marker_losses import LEAST_SDS
from coculture.flow.gating.marker_state import MarkerState
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "marker_separation"

_WANTED = {
    True: "an FMO or negative control for this marker",
    False: "a control that has this marker (population_negative, such as stroma alone stained for "
    "it)",
}
"""The control that would place the gate, by whether the population has the marker."""
_HARDLY_SDS = 1.0
"""A sixth of the live cells is outside: it is then a caution."""
MOST_INSIDE = 0.1
"""Share of the marker's control inside the gate: an automatic gate that fits keeps up to 5 %."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """For the samples of a cell line: each marker whose live cells reach to its gate, or whose
    control passes it."""
    if one.tube.role != "sample":
        return
    for state in experiment.markers:
        of_line = (state.population, state.cells) == (one.population.name, one.tube.cells)
        if of_line and not state.is_reversed:
            yield from _separation(state, experiment)
            yield from _control(state, experiment)


def _separation(state: MarkerState, experiment: Experiment) -> Iterator[Flag]:
    if not state.separation < LEAST_SDS:
        return
    line = f" of {state.cells}" if state.cells else ""
    side = "dimmer" if state.is_positive else "brighter"
    yield Flag(
        subjects.marker(experiment, state),
        CODE,
        "caution" if state.separation < _HARDLY_SDS else "note",
        f"{experiment.name}: the peak of the live cells{line} is only {number(state.separation)} "
        f"SDs from the gate of {subjects.marker_name(state)} (at least {LEAST_SDS:g} are needed), "
        f"so that cells of the population lie outside. Dying cells are often {side} and are lost "
        f"first. Add {_WANTED[state.is_positive]}, use a marker that separates better, or set the "
        "gate by hand in flow.gates.",
        state.separation,
        LEAST_SDS,
        "SD",
    )


def _control(state: MarkerState, experiment: Experiment) -> Iterator[Flag]:
    # A control that failed its test has a caution of its own.
    failed = experiment.blocks[state.population][state.marker].get("failed_controls", ())
    if failed or not state.control_inside > MOST_INSIDE:
        return
    yield Flag(
        subjects.marker(experiment, state),
        CODE,
        "caution",
        f"{experiment.name}: {number(100 * state.control_inside)} % of the cells in the control of "
        f"{subjects.marker_name(state)} (population_negative) are inside its gate (limit "
        f"{100 * MOST_INSIDE:g} %), so that other cells count as the population. {_check(state)} "
        "Else use a marker that separates better, or set the gate by hand in "
        "flow.gates.",
        state.control_inside,
        MOST_INSIDE,
        "share",
    )


def _check(state: MarkerState) -> str:
    if state.is_positive:
        return "Check that this is the right tube."
    return (
        "flow.populations has the population negative in this marker, so that this control should "
        "be positive: check that this is so (positive: true or false), and the tube."
    )
