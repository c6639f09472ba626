"""Percent apoptotic that depends on where exactly the Annexin V threshold is."""

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from coculture.exchange.flags import Flag
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
            subjects.population(one, str(one.tube.panel.annexin)),
            CODE,
            "caution" if change > _DOUBTFUL * limit else "note",
            f"Percent apoptotic of {one.population.name} changes by {number(change)} percentage "
            f"points when the Annexin V threshold moves by {SHIFT_DECADES:g} decades "
            f"(limit {limit:g}).",
            change,
            limit,
            "percent points",
        )


def largest_change(
    events: Columns, is_cell: NDArray[np.bool_], annexin: gates.Block, quadrants: Mapping[str, int]
) -> float:
    """Largest change, in percentage points, when the Annexin V threshold moves by 0.1 decades.

    Parameters
    ----------
    events
        Those of one tube.
    is_cell
        Which of them are of the population, shape (events,).
    annexin
        The gate of Annexin V.
    quadrants
        Quadrant -> number of these cells.

    Returns
    -------
    NaN if there are no cells or the threshold is not above 0.
    """
    threshold = float(annexin["threshold"])
    cells, apoptotic = sum(quadrants.values()), quadrants["early"] + quadrants["late"]
    if not cells or threshold <= 0:
        return math.nan
    values = np.asarray(events[annexin["channels"][0]])
    moved = [threshold * 10**shift for shift in (-SHIFT_DECADES, SHIFT_DECADES)]
    changes = [abs(np.count_nonzero((values >= end) & is_cell) - apoptotic) for end in moved]
    return 100 * max(changes) / cells
