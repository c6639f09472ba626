"""No tube of the experiment has cells that are positive for a stain (Annexin V).

Then it is not known whether it stains: the stain may be missing, another channel may be
meant, or nothing dies. A stain is seen if any tube that has it, single stains included, has a peak
at least 3 SD above the live peak, or more bright cells than a cytometer carries over. An inert drug
leaves 3 to 8 % of such cells, which are seen. Where the wells' dead cells lack Annexin V, although
it is seen elsewhere, `annexin_missing` says so.
"""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.outcomes import Stain
from coculture.flow.gating import gates, stained_cells
from coculture.flow.gating.checks import subjects, wells_compared
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "staining_not_seen"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the experiment and each stain that living cells lack."""
    for stain in experiment.settings.outcomes.watched:
        if one.tube.role == "sample" and stain.gate in one.stained:
            yield from _of_stain(one, experiment, stain)


def _of_stain(one: Measurement, experiment: Experiment, stain: Stain) -> Iterator[Flag]:
    population = one.population.name
    key = (CODE, population, stain.gate)
    is_seen, stained = experiment.once(key, lambda: _of_all(experiment, population, stain))
    if is_seen:
        return
    channel = subjects.channel_of(experiment, population, stain.gate)
    reagent = f"{stain.name} or its calcium" if stain.gate == gates.ANNEXIN else stain.name
    yield Flag(
        subjects.experiment(experiment, channel, population),
        CODE,
        "caution",
        f"{experiment.name}: none of the tubes that should have {stain.name} "
        f"({wells_compared.files([tube.tube.fcs for tube in stained])}) has {population} cells "
        f"that are positive for it ({channel}): no peak lies {stained_cells.PEAK_SDS:g} SD or more "
        f"above the live cells. {reagent} may have been forgotten, another channel "
        "may be meant, or no cell dies; low percents mean nothing before this is known. Stain "
        "cells that were killed as a control on the same day.",
    )


def _of_all(
    experiment: Experiment, population: str, stain: Stain
) -> tuple[bool, list[Measurement]]:
    """Whether the stain is seen in any of the tubes that should have it, and these tubes."""
    stained = [
        measured
        for of_file in experiment.measurements.values()
        for measured in of_file
        if measured.population.name == population and stain.gate in measured.stained
    ]
    return stained_cells.is_seen([tube.stained[stain.gate] for tube in stained]), stained
