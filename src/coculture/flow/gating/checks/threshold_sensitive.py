"""A percent that depends on where exactly the threshold of its stain is (of Annexin V)."""

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from coculture.exchange.flags import Flag
from coculture.exchange.outcomes import Outcomes, Stain
from coculture.exchange.vocabulary import number
from coculture.flow.gating import gates
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.tubes import Columns

CODE = "threshold_sensitive"

SHIFT_DECADES = 0.1
"""How far the threshold is moved either way: to 0.79 and 1.26 times its value, about as far as
reasonable choices of the threshold differ."""

_DOUBTFUL = 2.0
"""Above so many times the limit it is a caution. At the limit itself (5 points) one of ten studies
with broad live peaks and no mistake had one (`benchmarks/flow_mishaps.py --clean`)."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A note for a sample above limits.sensitivity_percent_points, a caution above twice that."""
    limit = experiment.settings.limits.sensitivity_percent_points
    change = one.counts.sensitivity
    if one.tube.role == "sample" and change > limit:
        yield Flag(
            subjects.population(one, ", ".join(stain.channel for stain in _moved(one, experiment))),
            CODE,
            "caution" if change > _DOUBTFUL * limit else "note",
            f"Percent {experiment.first.name} of {one.population.name} changes by "
            f"{number(change)} percentage points when the {_named(one, experiment)} threshold "
            f"moves by {SHIFT_DECADES:g} decades (limit {limit:g}).",
            change,
            limit,
            "percent points",
        )


def _moved(one: Measurement, experiment: Experiment) -> list[Stain]:
    """The stains whose thresholds the percent depends on, with their channels ($PnN)."""
    decisive = experiment.settings.outcomes.decisive
    return [one.tube.panel.stain(stain.gate) for stain in decisive]


def _named(one: Measurement, experiment: Experiment) -> str:
    return " or ".join(stain.name for stain in _moved(one, experiment))


def largest_change(
    events: Columns,
    is_cell: NDArray[np.bool_],
    blocks: Mapping[str, gates.Block],
    outcomes: Outcomes,
) -> float:
    """Largest change of the first outcome, in percentage points, when a threshold moves.

    Parameters
    ----------
    events
        Those of one tube.
    is_cell
        Which of them are of the population, shape (events,).
    blocks
        The gates of the stains, by name.
    outcomes
        The classes that they make, and what is read from them.

    Returns
    -------
    By 0.1 decades, of each stain that the outcome depends on. NaN if there are no cells, no
    outcome or a threshold that is not above 0.
    """
    ends = {stain.gate: float(blocks[stain.gate]["threshold"]) for stain in outcomes.decisive}
    cells = int(np.count_nonzero(is_cell))
    if not cells or not ends or min(ends.values()) <= 0:
        return math.nan
    values = {gate: np.asarray(events[str(blocks[gate]["channels"][0])]) for gate in ends}
    is_above = {gate: values[gate] >= end for gate, end in ends.items()}
    moved = [
        {**is_above, gate: values[gate] >= end * 10**shift}
        for gate, end in ends.items()
        for shift in (-SHIFT_DECADES, SHIFT_DECADES)
    ]
    counted, *others = (
        int(np.count_nonzero(gates.first_outcome(outcomes, each) & is_cell))
        for each in (is_above, *moved)
    )
    return 100 * max(abs(other - counted) for other in others) / cells
