"""A well whose percent depends more on the shared threshold than that of its replicates.

A gain of 1.5 moves the live cells of a well by about one SD and its percent apoptotic by 5 to 15
points, too little for `replicate_gain` and `live_peak_moved`, which look at the peak alone. What
the well's own threshold gives, beside what the shared one gives, is the effect itself, and
replicates have it in common. Measured on 200 sound experiments (1,652 wells with live cells of the
same forward scatter as their replicates'): at most 1.9 points beyond the replicates; of 294 wells
that a gain of 1.5 moved by more than 5 points, 293 are beyond both limits.
"""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.outcomes import Stain
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import (
    live_peak_moved,
    replicate_gain,
    replicate_staining,
    subjects,
    wells_compared,
)
from coculture.flow.gating.checks.wells_compared import Well
from coculture.flow.gating.live_peaks import middle
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "replicate_threshold"

POINTS = 3.0
"""Of percent apoptotic, shared against own threshold, beyond the same of the arm's median well."""
SDS = 0.6
"""Of the arm's live peaks, by which the well's must have moved: a small well places its own
threshold badly."""
TIMES_BRIGHTER = 1.2
"""Stained cells so many times brighter, or dimmer, show that the gain differs."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the well; a note in a population without a marker unless much changes.

    Such a population may hold several kinds of cell, of which the lowest peak is not always the
    same. Nothing where another check of unlike wells names the well already.
    """
    for stain in experiment.settings.outcomes.watched:
        yield from _of_stain(one, experiment, stain)


def _of_stain(one: Measurement, experiment: Experiment, of: Stain) -> Iterator[Flag]:
    stain, outcome = of.gate, experiment.read_from(of)
    if stain not in one.peaks or one.peaks[stain].share < replicate_gain.LEAST_SHARE:
        return
    arm = replicate_gain.replicates(one, experiment, stain)
    well = Well(one, one.peaks[stain])
    others = [other for other in arm if other.fcs != well.fcs]
    if len(arm) < replicate_gain.FEWEST_WELLS or not _has_same_size(well, others):
        return
    beyond = well.change(outcome) - middle(other.change(outcome) for other in arm)
    if abs(beyond) <= POINTS or abs(wells_compared.shift(well, others)) <= SDS:
        return
    if replicate_gain.is_stronger(one, experiment, stain):
        return
    if any(replicate_staining.of_stain(one, experiment, stain)):
        return
    if well.fcs in {named.fcs for named in live_peak_moved.wells(one, experiment, of)}:
        return
    channel = subjects.channel_of(experiment, one.population.name, stain)
    is_sure = bool(one.population.markers) or abs(beyond) > replicate_gain.POINTS_OF_MIXTURE
    yield Flag(
        subjects.population(one, channel),
        CODE,
        "caution" if is_sure else "note",
        f"The live cells of {one.population.name} lie at {wells_compared.level([well])} in "
        f"{channel} ({of.name}), in {wells_compared.named(others)} of the same arm at "
        f"{wells_compared.level(others)}. {number(well.percent(outcome))} % are {outcome.name} at "
        f"the threshold that all wells share, {number(well.own_percent(outcome))} % at the well's "
        f"own, a difference that is {number(abs(beyond))} percentage points from that of its "
        f"replicates. {_cause(well, others, stain)} "
        f"{wells_compared.differences([well], others)} Exclude the file with a reason, or use "
        "thresholds of each well (flow.thresholds.scope: well).",
        beyond,
        POINTS,
        "percent points",
    )


def _has_same_size(well: Well, others: list[Well]) -> bool:
    """Whether the cells of the peak are those of the replicates' peak, by forward scatter."""
    ratio = wells_compared.forward_scatter_ratio(well, others)
    return abs(ratio - 1) <= live_peak_moved.SAME_FORWARD_SCATTER


def _cause(well: Well, others: list[Well], stain: str) -> str:
    """What moved the live cells, by whether the stained cells moved too."""
    stained = [other.measurement.stained.get(stain) for other in (well, *others)]
    brightness = [float("nan") if one is None else one.brightness for one in stained]
    times = brightness[0] / middle(brightness[1:])
    if times > TIMES_BRIGHTER or times < 1 / TIMES_BRIGHTER:
        return (
            f"Its stained cells are {number(times)} times as bright as theirs: the voltage or "
            "gain, or the staining, differs."
        )
    if times > 0:
        return "Its stained cells are as bright as theirs: its autofluorescence differs."
    return "The voltage or gain, or the autofluorescence, differs."
