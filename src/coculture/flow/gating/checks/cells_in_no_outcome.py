"""Most cells that are not as living ones are in a class that no outcome of the config counts.

With SYTO9 and PI, "dead" may be declared as SYTO9-negative and PI-positive. Where dead cells keep a
quarter of their SYTO9, no valley lies between them and the living cells: all of them are positive
for both stains, and 0 % are called dead. Annexin V with a viability dye has outcomes of its own.
"""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import listed, number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "cells_in_no_outcome"

MOST = 0.5
"""Share of the cells that are not as living ones. Of 24 simulated studies of SYTO9 with PI, whose
cells varied, it was at most 0.08 in the 17 with right percents, and 1.0 in the 7 in which dead
cells kept so much SYTO9 that percents were 49 to 80 points too low."""
FEWEST = 100
"""Such cells in all samples of the experiment: of fewer, chance and debris make a large share."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the experiment, with the class in which the cells are."""
    outcomes = experiment.settings.outcomes
    if one.tube.role != "sample" or outcomes.are_standard or len(outcomes.stains) < 2:
        return
    population = one.population.name
    cells = experiment.once((CODE, population), lambda: _cells(experiment, population))
    counted = {name for outcome in outcomes.outcomes for name in outcome.classes}
    dying = {name: count for name, count in cells.items() if name not in outcomes.living}
    left_out = {name: count for name, count in dying.items() if name not in counted}
    every, uncounted = sum(dying.values()), sum(left_out.values())
    if every < FEWEST or not uncounted / every > MOST:
        return
    largest = max(left_out, key=lambda name: left_out[name])
    signs = zip(outcomes.stains, outcomes.signs[largest], strict=True)
    called = listed(stain.sign(positive=is_positive) for stain, is_positive in signs)
    named = listed(f'"{outcome.name}"' for outcome in outcomes.outcomes)
    yield Flag(
        subjects.experiment(experiment, population=population),
        CODE,
        "caution",
        f"{experiment.name}: {uncounted:,} of {every:,} of {one.population.in_words} that are not "
        f"as living cells are ({number(100 * uncounted / every)} %, all samples together; limit "
        f"{100 * MOST:g} %) are in no outcome of flow.outcomes ({named}); most are {called}. If "
        "these are dead cells, the percents are too low: name this class in flow.outcomes, or set "
        "the threshold between them and the living cells under flow.gates.",
        uncounted / every,
        MOST,
        "share",
    )


def _cells(experiment: Experiment, population: str) -> dict[str, int]:
    """The cells of each class in all samples."""
    total: dict[str, int] = {}
    for of_file in experiment.measurements.values():
        for one in of_file:
            if one.population.name == population and one.tube.role == "sample":
                for name, count in one.counts.quadrants.items():
                    total[name] = total.get(name, 0) + count
    return total
