"""No tube of the experiment has cells that are positive for Annexin V.

Then it is not known whether Annexin V stains: the stain may be missing, another channel may be
meant, or nothing dies. A stain is seen if any tube that has it, single stains included, has a peak
at least 3 SD above the live peak, or more bright cells than a cytometer carries over. An inert drug
leaves 3 to 8 % of such cells, which are seen. Where the wells' dead cells lack Annexin V, although
it is seen elsewhere, `annexin_missing` says so.
"""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.gating import gates, stained_cells
from coculture.flow.gating.checks import subjects, wells_compared
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "staining_not_seen"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the experiment."""
    if one.tube.role != "sample" or gates.ANNEXIN not in one.stained:
        return
    population = one.population.name
    is_seen, stained = experiment.once((CODE, population), lambda: _of_all(experiment, population))
    if is_seen:
        return
    channel = str(experiment.blocks[population][gates.ANNEXIN]["channels"][0])
    yield Flag(
        subjects.experiment(experiment, channel, population),
        CODE,
        "caution",
        f"{experiment.name}: none of the tubes that should have Annexin V "
        f"({wells_compared.files([tube.tube.fcs for tube in stained])}) has {population} cells "
        f"that are positive for it ({channel}): no peak lies {stained_cells.PEAK_SDS:g} SD or more "
        "above the live cells. Annexin V or its calcium may have been forgotten, another channel "
        "may be meant, or no cell dies; low percents mean nothing before this is known. Stain "
        "cells that were killed as a control on the same day.",
    )


def _of_all(experiment: Experiment, population: str) -> tuple[bool, list[Measurement]]:
    """Whether Annexin V is seen in any of the tubes that should have it, and these tubes."""
    stained = [
        measured
        for of_file in experiment.measurements.values()
        for measured in of_file
        if measured.population.name == population and gates.ANNEXIN in measured.stained
    ]
    return stained_cells.is_seen([tube.stained[gates.ANNEXIN] for tube in stained]), stained
