"""Live cells that lie elsewhere in Annexin V than those of the untreated wells.

A drug that fluoresces, another voltage or another staining moves the live cells against the
threshold that all wells share, and live cells are then counted as apoptotic. Cells that die early
also move; they shrink. So the forward scatter of the cells in the peak tells the two apart, if a
drug changes it by less than 7 %. Limits: shared/measured/flow_controls.md, section 5.
"""

from collections.abc import Iterator, Sequence

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating import gates
from coculture.flow.gating.checks import replicate_gain, wells_compared
from coculture.flow.gating.checks.wells_compared import Well
from coculture.flow.gating.live_peaks import middle
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "live_peak_moved"

POINTS = 5.0
"""Change of percent apoptotic at the well's own threshold, in percentage points: what the study
calls a wrong number. Alone it would flag 17 % of sound studies by well."""
SDS = 1.0
"""The live peak must also have moved by more than one SD of the untreated wells' live cells: a
small well places its own threshold badly."""
SAME_FORWARD_SCATTER = 0.07
"""Live cells keep their forward scatter within this share; at 10 % the false alarms begin (0.6 %
of studies), at 5 % nothing is gained."""


STAINED_PART = 0.75
"""Part of the way from the untreated live cells to the stained cells of the experiment. Where all
cells are dead the lowest peak is of early apoptotic ones, at 0.97 or more in sound studies; a drug
that fluoresces seldom reaches it."""
NARROW = 1.3
"""SD of the peak, as a multiple of that of the untreated live cells, up to which it is no peak of
early apoptotic cells, whose Annexin V differs more from cell to cell: 1.5 or more in 38 simulated
all-dead arms (Annexin V with an SD of 20 to 60 % between cells), and below 1.3 in 36 of 44 arms
whose live cells a drug had lifted to the stained ones."""
FEWEST_CELLS = 500
"""Of a well that is flagged although most of its replicates are not: smaller ones scatter."""
POINTS_ALONE = 10.0
"""The change of percent apoptotic in such a well: in a population of several kinds of cell, the
lowest peak of a well may be that of another kind."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the wells of the sample's arm that meet all three conditions.

    Where most of them also differ in forward scatter, the two causes cannot be told apart, which is
    a note where the peak lies among the stained cells and is as wide as theirs.
    """
    if gates.ANNEXIN not in one.peaks:
        return
    references = wells_compared.reference(experiment, one, gates.ANNEXIN)
    arm = wells_compared.wells(experiment, one.population.name, gates.ANNEXIN, one)
    moved = [well for well in arm if _changes(well) and _has_moved(well, references)]
    kept = wells(one, experiment)
    if kept:
        yield _caution(one, experiment, kept, references)
    elif 2 * len(moved) >= len(arm) and not one.tube.untreated:
        yield _doubtful(one, experiment, moved, references)


def wells(one: Measurement, experiment: Experiment) -> list[Well]:
    """The wells of the sample's arm that the caution names."""
    references = wells_compared.reference(experiment, one, gates.ANNEXIN)
    arm = wells_compared.wells(experiment, one.population.name, gates.ANNEXIN, one)
    kept = [
        well
        for well in arm
        if _changes(well) and _has_moved(well, references) and _keeps_size(well, references)
    ]
    if 2 * len(kept) < len(arm):
        return [well for well in kept if _is_odd(well, experiment)]
    return kept


def _is_odd(well: Well, experiment: Experiment) -> bool:
    """Whether a well unlike its replicates is large enough, and has no other gain."""
    is_gain = replicate_gain.is_stronger(well.measurement, experiment, gates.ANNEXIN)
    change = abs(well.percent_apoptotic - well.peak.percent_apoptotic)
    return well.cells >= FEWEST_CELLS and change > POINTS_ALONE and not is_gain


def _changes(well: Well) -> bool:
    return abs(well.percent_apoptotic - well.peak.percent_apoptotic) > POINTS


def _has_moved(well: Well, references: Sequence[Well]) -> bool:
    return abs(wells_compared.shift(well, references)) > SDS


def _keeps_size(well: Well, references: Sequence[Well]) -> bool:
    ratio = wells_compared.forward_scatter_ratio(well, references)
    return abs(ratio - 1) <= SAME_FORWARD_SCATTER


def _is_stained(
    one: Measurement, experiment: Experiment, wells: Sequence[Well], references: Sequence[Well]
) -> bool:
    """Whether the peak lies where stained cells lie; also where none are known."""
    every = wells_compared.wells(experiment, one.population.name, gates.ANNEXIN)
    stained = middle(well.peak.positives for well in every)
    live = middle(well.peak.position for well in references)
    own = middle(well.peak.position for well in wells)
    return not own - live < STAINED_PART * (stained - live)


def _is_narrow(wells: Sequence[Well], references: Sequence[Well]) -> bool:
    """Whether the cells of the peak are as like each other as live ones are."""
    sd, of_live = (middle(well.peak.sd for well in each) for each in (wells, references))
    return sd < NARROW * of_live


def _percents(wells: Sequence[Well], experiment: Experiment) -> str:
    """What the two thresholds give, in words."""
    shared = middle(well.percent_apoptotic for well in wells)
    own = middle(well.peak.percent_apoptotic for well in wells)
    return (
        f"{number(shared)} % are apoptotic {wells_compared.used_threshold(experiment)}, "
        f"{number(own)} % at the wells' own live peak"
    )


def _caution(
    one: Measurement, experiment: Experiment, wells: Sequence[Well], references: Sequence[Well]
) -> Flag:
    channel = str(experiment.blocks[one.population.name][gates.ANNEXIN]["channels"][0])
    change = middle(abs(well.percent_apoptotic - well.peak.percent_apoptotic) for well in wells)
    return Flag(
        wells_compared.arm(one, channel),
        CODE,
        "caution",
        f"{experiment.name}, {wells_compared.arm_of(one)} ({wells_compared.named(wells)}): the "
        f"live cells of {one.population.name} lie at {wells_compared.level(wells)} in {channel} "
        f"(Annexin V), those of the untreated wells at {wells_compared.level(references)}, with "
        f"the same forward scatter; {_percents(wells, experiment)}. The drug may fluoresce, or the "
        "wells were stained or recorded differently. "
        f"{wells_compared.differences(wells, references)} Record the same "
        f"treatment without stains{wells_compared.of_each_well(experiment)}.",
        change,
        POINTS,
        "percent points",
    )


def _doubtful(
    one: Measurement, experiment: Experiment, wells: Sequence[Well], references: Sequence[Well]
) -> Flag:
    channel = str(experiment.blocks[one.population.name][gates.ANNEXIN]["channels"][0])
    is_stained = _is_stained(one, experiment, wells, references)
    is_lifted = is_stained and _is_narrow(wells, references)
    return Flag(
        wells_compared.arm(one, channel),
        CODE,
        "note" if is_stained and not is_lifted else "caution",
        f"{experiment.name}, {wells_compared.arm_of(one)} ({wells_compared.named(wells)}): the "
        f"lowest peak of {one.population.name} in {channel} (Annexin V) and its forward scatter "
        f"differ from the untreated wells'; {_percents(wells, experiment)}. "
        f"{_LIFTED if is_lifted else _UNKNOWN} The same treatment without stains would show which "
        "it is.",
    )


_UNKNOWN = "Dying cells and a drug that fluoresces cannot be told apart here."
_LIFTED = (
    "It lies among the stained cells but is as narrow as that of live cells, while Annexin V "
    "differs from cell to cell: the drug may fluoresce and have lifted live cells there, or all "
    "cells are dying alike."
)
