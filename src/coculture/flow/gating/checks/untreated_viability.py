"""Few living cells in an untreated culture: the cells were not healthy, whatever the drugs did.

A note: primary cells are often so, and their percent is right.
"""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "untreated_viability"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A note for an untreated sample below limits.untreated_viable_percent."""
    limit = experiment.settings.limits.untreated_viable_percent
    if not one.counts.has_quadrants:
        return
    outcomes = experiment.settings.outcomes
    viable = one.counts.percent(*outcomes.living)
    living = (
        "viable" if outcomes.are_standard else " and ".join(s.of_living for s in outcomes.stains)
    )
    if one.tube.untreated and viable < limit:
        yield Flag(
            subjects.population(one),
            CODE,
            "note",
            f"Only {number(viable)} % of the {one.population.name} cells in this untreated culture "
            f"are {living} (limit {limit:g} %).",
            viable,
            limit,
            "percent",
        )
