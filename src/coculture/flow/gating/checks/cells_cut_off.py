"""A threshold of the cytometer among the cells: the small ones, which die, were not recorded.

The smallest events are then cells, and many of them: the distribution of forward scatter begins
with a sharp edge, without debris below. Limits were measured on simulated studies, half of them
with a harmless threshold between 5,000 and 25,000, where live cells have 90,000.
"""

from collections.abc import Iterator
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import wells_compared
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.gating.size_histogram import SizeHistogram

CODE = "cells_cut_off"

LEAST_OF_EVENTS = 0.2
"""Events at the edge as a share of those at the most frequent forward scatter. Sound arms have 0.1
at most; where percent apoptotic falls by 3 points or more, an arm has 0.21 to 0.74."""
LEAST_OF_DYING = 0.35
"""The same of the dying cells of the population: sound debris is none of these."""
FEWEST_DYING = 100
_VALLEY = 0.5
"""With a lower point between the edge and the peak, what lies at the edge is debris."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the arm of the sample."""
    if one.tube.role != "sample":
        return
    arm = [
        (other.tube.fcs, other.sizes)
        for other in wells_compared.replicates(experiment, one)
        if other.sizes is not None
    ]
    if not arm:
        return
    sizes = reduce(SizeHistogram.__add__, (of_well for _, of_well in arm))
    if not is_cut(sizes):
        return
    channel, share = one.tube.panel.forward_scatter_area, _at_edge(sizes.every)
    yield Flag(
        wells_compared.arm(one, channel),
        CODE,
        "caution",
        f"{experiment.name}, {wells_compared.arm_of(one)} "
        f"({wells_compared.files([fcs for fcs, _ in arm])}): the forward scatter ({channel}) "
        f"begins at {number(sizes.edge)} with a sharp edge among the cells; there are "
        f"{number(100 * share, 2)} % as many events at the edge as at the peak, and no debris "
        "below. The threshold of the cytometer was too high, so that small cells, most of which "
        "are dying, were not recorded and percent apoptotic is too low. Record again with a lower "
        "threshold.",
        share,
        LEAST_OF_EVENTS,
        "share",
    )


def is_cut(sizes: SizeHistogram) -> bool:
    """Whether the smallest events are many, and are dying cells."""
    if sizes.dying.sum() < FEWEST_DYING:
        return False
    pairs = sizes.dying[:-1] + sizes.dying[1:]
    mode = int(np.argmax(sizes.every))
    has_valley = sizes.every[: mode + 1].min() < _VALLEY * sizes.every[0]
    is_dying = pairs[0] >= LEAST_OF_DYING * pairs.max()
    return bool(is_dying and not has_valley and _at_edge(sizes.every) >= LEAST_OF_EVENTS)


def _at_edge(counts: NDArray[np.int64]) -> float:
    return float(counts[0] / counts.max())
