"""Two gatings of the same cells that disagree about percent apoptotic."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "gating_difference"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for both populations above limits.gating_difference_percent_points."""
    limit = experiment.settings.limits.gating_difference_percent_points
    for other in experiment.measurements[one.tube.row]:
        names = (one.population.name, other.population.name)
        if names[1] != one.population.same_cells_as and names[0] != other.population.same_cells_as:
            continue
        difference = abs(one.counts.percent_apoptotic - other.counts.percent_apoptotic)
        if difference > limit:
            yield Flag(
                subjects.population(one),
                CODE,
                "caution",
                f"Percent apoptotic differs by {number(difference)} percentage points between the "
                f"populations {names[0]} and {names[1]}, which are the same cells "
                f"(limit {limit:g}).",
                difference,
                limit,
                "percent points",
            )
