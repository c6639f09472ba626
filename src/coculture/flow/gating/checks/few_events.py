"""Few cells of a population: the interval of its percent is wide, which the tables give."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import many
from coculture.flow.gating.checks import subjects, too_few_cells
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "few_events"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A note for a sample below limits.fewest_events that still gives a percent."""
    limit = experiment.settings.limits.fewest_events
    found = one.counts.after["population"]
    if too_few_cells.lacks_percent(one, experiment.settings.min_cells):
        return
    if one.tube.role == "sample" and found < limit:
        yield Flag(
            subjects.population(one),
            CODE,
            "note",
            f"Only {many(found, 'single cell')} of the population {one.population.name} "
            f"(limit {limit:,}).",
            found,
            limit,
            "events",
        )
