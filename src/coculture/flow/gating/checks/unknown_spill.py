"""Values that are not compensated, with dye-positive cells whose Annexin V may be spill of the dye.

The samples show what spills into the dye, but not what the dye spills into Annexin V: late cells
have both. Only how much it may be can be said.
"""

import math
from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating import compensation_words as words
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "unknown_spill"

MATTERS_POINTS = 3.5
"""A smaller change of percent apoptotic is a note: with 1.5 % of the cells necrotic, as in sound
cultures, it is 1.9 points at a spill of 0.1 and 2.5 at 0.2."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """One flag for the experiment, if the file is a sample."""
    effect = experiment.possible
    if one.tube.role != "sample" or effect is None:
        return
    spill, change = effect.spill, effect.change
    if not math.isfinite(change):
        return
    share = f"{number(spill.share, 2)} of the signal in {spill.stain}"
    basis = (
        f"It may be up to {share}, which would explain the lowest Annexin V of the "
        f"{spill.events:,} dye-positive cells. Then"
        if spill.is_seen
        else f"If it were {share},"
    )
    yield Flag(
        subjects.experiment(experiment, spill.channel),
        CODE,
        "caution" if abs(change) > MATTERS_POINTS else "note",
        f"{experiment.name}: the spill of {spill.stain} into {spill.channel} is not known: nothing "
        f"was compensated, and samples do not show it. {basis} percent apoptotic would change by "
        f"{number(change, 2)} percentage points (limit {MATTERS_POINTS:g}), because dead cells "
        f"without Annexin V are counted as apoptotic. {words.TO_DO}",
        change,
        MATTERS_POINTS,
        "percent points",
    )
