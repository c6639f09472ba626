"""A well whose detector, or staining, was stronger than in the replicates of its arm.

A gain moves the live peak and makes it wider, and moves the stained cells; autofluorescence only
moves the live peak. Neither changes forward scatter, so that another one means another kind of
cell, where a population holds several. Replicates have the
same share of dying cells, so that a dose that kills all cells raises no alarm. Limits:
shared/measured/flow_controls.md, section 6.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects, wells_compared
from coculture.flow.gating.checks.wells_compared import Well
from coculture.flow.gating.live_peaks import middle
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "replicate_gain"

DECADES = 0.2
"""Of the peak and of its SD above the arm's medians: no false alarm in 1,500 sound studies."""
POINTS_OF_MIXTURE = 20.0
"""In a population without a marker, which may hold several kinds of cell, a smaller change of a
percent is a note: the lowest peak of a well may be that of another kind (2 of 25 sound studies)."""
_SAME_SIZE = 0.07
"""Share by which the forward scatter of one kind of cell differs between tubes at most."""
FEWEST_WELLS = 3
"""Of two wells it cannot be said which is wrong."""
LEAST_SHARE = 0.2
"""A smaller live peak is not compared: where few cells live, the lowest peak of one well may be
that of the live cells and of the next that of dying ones."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the well and stain, or for two wells of an arm that differ."""
    for stain in experiment.settings.stain_gates:
        if is_stronger(one, experiment, stain):
            yield _flag(one, experiment, stain)


def is_stronger(one: Measurement, experiment: Experiment, stain: str) -> bool:
    """Whether the well's live peak is higher and wider than in the replicates of its arm."""
    if stain not in one.peaks or one.peaks[stain].share < LEAST_SHARE:
        return False
    arm = replicates(one, experiment, stain)
    return len(arm) > 1 and _is_above(Well(one, one.peaks[stain]), arm)


def replicates(one: Measurement, experiment: Experiment, stain: str) -> list[Well]:
    """The wells of the arm whose live peak is large enough to be compared."""
    every = wells_compared.wells(experiment, one.population.name, stain, one)
    return [well for well in every if well.peak.share >= LEAST_SHARE]


def _others(well: Well, arm: Sequence[Well]) -> Sequence[Well]:
    """What the well is compared with: its arm; of two wells the other one."""
    return arm if len(arm) >= FEWEST_WELLS else [one for one in arm if one.fcs != well.fcs]


def _is_above(well: Well, arm: Sequence[Well]) -> bool:
    others = _others(well, arm)
    moved = well.peak.position - middle(one.peak.position for one in others)
    usual = middle(one.peak.sd for one in others)
    wider = np.log10(well.peak.sd / usual) if min(well.peak.sd, usual) > 0 else 0.0
    brighter = well.peak.positives - middle(one.peak.positives for one in others)
    is_same_peak = abs(wells_compared.forward_scatter_ratio(well, others) - 1) <= _SAME_SIZE
    return bool(moved > DECADES and wider > DECADES and is_same_peak and not brighter <= DECADES)


def _flag(one: Measurement, experiment: Experiment, stain: str) -> Flag:
    well, arm = Well(one, one.peaks[stain]), replicates(one, experiment, stain)
    channel = subjects.channel_of(experiment, one.population.name, stain)
    others = [other for other in arm if other.fcs != well.fcs]
    which = "" if len(arm) >= FEWEST_WELLS else " Of two wells it cannot be said which is wrong."
    change = max(abs(one.counts.percent(name) - own) for name, own in well.peak.percents.items())
    is_sure = bool(one.population.markers) or change > POINTS_OF_MIXTURE
    moved = well.peak.position - middle(other.peak.position for other in others)
    return Flag(
        subjects.population(one, channel),
        CODE,
        "caution" if is_sure else "note",
        f"The live cells of {one.population.name} are brighter and "
        f"more spread in {channel} ({experiment.settings.gate_name(stain)}) than in "
        f"{wells_compared.named(others)} of the same arm: {wells_compared.level([well])} against "
        f"{wells_compared.level(others)}. The voltage or gain, or the staining, was higher in this "
        f"well; at its own threshold percents change by up to {number(change)} points.{which} "
        f"{wells_compared.differences([well], others)} Exclude the file with a "
        f"reason{wells_compared.of_each_well(experiment)}.",
        moved,
        DECADES,
        "decades",
    )
