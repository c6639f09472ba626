"""A well whose Annexin-V-positive cells are brighter than in the replicates of its arm.

Not where the live cells are brighter too, which is a gain (`replicate_gain`). A dimmer well is
that of `weak_stain`. Limit: shared/measured/flow_controls.md, section 6.
"""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.asinh_scale import linear
from coculture.flow.gating.checks import replicate_gain, subjects, wells_compared
from coculture.flow.gating.checks.wells_compared import Well
from coculture.flow.gating.live_peaks import middle
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "replicate_staining"

DECADES = 0.25
"""Of the median stained cell above that of the arm's other wells: the limit at which no alarm was
false in 1,500 sound studies against all wells of the experiment; against the replicates a drug that
fluoresces, or that kills all cells, does not count."""
_SAME_PEAK_SDS = 2.0
"""Where the live peak differs by more SDs, it is another one, and so are the cells above it."""
FEWEST_WELLS = 3
"""Of two wells it cannot be said which is wrong."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the well; a note in a population without a marker.

    Such a population may hold several kinds of cell, stained differently, in shares that vary.
    """
    for stain in experiment.settings.outcomes.watched:
        yield from of_stain(one, experiment, stain.gate)


def of_stain(one: Measurement, experiment: Experiment, stain: str) -> Iterator[Flag]:
    """The flag for one stain, by its gate."""
    if stain not in one.peaks or replicate_gain.is_stronger(one, experiment, stain):
        return
    own = one.peaks[stain].positives
    arm = [
        well
        for well in wells_compared.wells(experiment, one.population.name, stain, one)
        if well.peak.positives > 0 and well.peak.share >= replicate_gain.LEAST_SHARE
    ]
    others = [well for well in arm if well.fcs != one.tube.fcs]
    # Of the whole arm: beside a dim well (`weak_stain`), the others are not too bright.
    usual = middle(well.peak.positives for well in arm)
    is_small = one.peaks[stain].share < replicate_gain.LEAST_SHARE
    if is_small or len(arm) < FEWEST_WELLS or not own - usual > DECADES:
        return
    if abs(wells_compared.shift(Well(one, one.peaks[stain]), others)) > _SAME_PEAK_SDS:
        return
    channel = subjects.channel_of(experiment, one.population.name, stain)
    yield Flag(
        subjects.population(one, channel),
        CODE,
        "caution" if one.population.markers else "note",
        f"The stained cells of {one.population.name} are "
        f"{number(linear(own) / linear(usual))} times as bright in {channel} "
        f"({experiment.settings.gate_name(stain)}) as in the other wells of its arm, so that dimly "
        "stained cells are counted here and not there. It may have got more stain or another gain. "
        "Compare its percent with its replicates'; exclude the file with a reason if they differ.",
        own - usual,
        DECADES,
        "decades",
    )
