"""A well in which far fewer cells are inside the population's gate than in its replicates.

Replicates hold the same cells. Where an antibody was forgotten or a gain was low, only the
brightest cells of a well are inside the gate of a marker, whose percent is not that of the well.
"""

import math
from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import listed, number
from coculture.flow.gating.checks import subjects, wells_compared
from coculture.flow.gating.live_peaks import middle
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "replicate_population"

RATIO = 0.5
"""Share of the single cells that are of the population, beside the median of the arm's others. Of
1,080 wells in sound simulated studies none was below 0.9; seeding differs by more."""
RATIO_OF_TWO = 0.35
"""The same beside one other well."""
_STANDARD_ERRORS = 5.0
"""Of the well's share: never by chance, however few cells it has."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the well."""
    if one.tube.role != "sample" or not _singlets(one):
        return
    others = [
        other
        for other in wells_compared.replicates(experiment, one)
        if other.tube.row != one.tube.row and _singlets(other) > 0
    ]
    if not others:
        return
    usual, own = middle(map(_share, others)), _share(one)
    error = math.sqrt(usual * (1 - usual) / _singlets(one))
    least = RATIO if len(others) > 1 else RATIO_OF_TWO
    if not own < least * usual or own > usual - _STANDARD_ERRORS * error:
        return
    markers = listed(marker.gate for marker in one.population.markers)
    which = "" if len(others) > 1 else " Of two wells it cannot be said which is wrong."
    yield Flag(
        subjects.population(one, ", ".join(one.tube.panel.markers.values())),
        CODE,
        "caution",
        f"{number(100 * own)} % of the single cells in this well are of {one.population.name} "
        f"({markers}), in {wells_compared.files([other.tube.fcs for other in others])} of the same "
        f"arm {number(100 * usual)} %.{which} The marker may be weak or missing in this well, its "
        "gain lower, or cells were lost or mixed up; if so, percent "
        f"{experiment.first.name} ({number(experiment.percent(one))} %) is that of its "
        "brightest cells alone. Look at the marker of this well in the gating figure; exclude "
        "the file with a reason.",
        own / usual,
        least,
        "share",
    )


def _singlets(one: Measurement) -> int:
    return one.counts.after["singlets"]


def _share(one: Measurement) -> float:
    """Share of the single cells that are of the population."""
    return one.counts.cells / _singlets(one)
