"""Two gatings of the same cells that disagree about percent apoptotic (the first outcome)."""

from collections.abc import Iterator
from itertools import combinations

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "gating_difference"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """One caution for the file above limits.gating_difference_percent_points."""
    limit = experiment.settings.limits.gating_difference_percent_points
    for first, second in combinations(experiment.measurements[one.tube.row], 2):
        names = (first.population.name, second.population.name)
        same = (first.population.same_cells_as, second.population.same_cells_as)
        if one.population.name not in names or not (names[1] == same[0] or names[0] == same[1]):
            continue
        difference = abs(experiment.percent(first) - experiment.percent(second))
        if difference > limit:
            yield Flag(
                subjects.tube(one),
                CODE,
                "caution",
                f"Percent {experiment.first.name} differs by {number(difference)} percentage "
                f"points between the populations {names[0]} and {names[1]}, which are the same "
                "cells "
                f"(limit {limit:g}).",
                difference,
                limit,
                "percent points",
            )
