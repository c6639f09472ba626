"""Dye-negative cells that lie elsewhere in the dye than those of the untreated wells.

A drug that fluoresces in the dye's channel makes live cells look dead: percent apoptotic hardly
changes, percent viable and late do. Limits: shared/measured/flow_controls.md, section 5.
"""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating import gates
from coculture.flow.gating.checks import wells_compared
from coculture.flow.gating.checks.wells_compared import Well
from coculture.flow.gating.live_peaks import middle
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "dye_peak_moved"

SDS = 1.5
"""Shift of the arm's median peak in SDs of the untreated wells' (alone 0.3 % of sound studies)."""
LEAST_SHARE = 0.2
"""A smaller peak of dye-negative cells is not measured."""
POINTS = 5.0
"""Change of a quadrant at the wells' own threshold, in percentage points: a smaller one is none."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the arm of the sample."""
    stain = gates.VIABILITY_DYE
    if stain not in one.peaks or not experiment.settings.is_standard:
        return
    references = wells_compared.reference(experiment, one, stain)
    arm = wells_compared.wells(experiment, one.population.name, stain, one)
    large = [well for well in arm if well.peak.share >= LEAST_SHARE]
    if 2 * len(large) < len(arm):
        return
    shift = middle(wells_compared.shift(well, references) for well in large)
    if abs(shift) <= SDS or not any(_largest_change(well) > POINTS for well in large):
        return
    channel = str(experiment.blocks[one.population.name][stain]["channels"][0])
    viable = middle(well.measurement.counts.percent("viable") for well in large)
    own = middle(well.peak.percents["viable"] for well in large)
    yield Flag(
        wells_compared.arm(one, channel),
        CODE,
        "caution",
        f"{experiment.name}, {wells_compared.arm_of(one)} ({wells_compared.named(large)}): the "
        f"dye-negative cells of {one.population.name} lie at {wells_compared.level(large)} in "
        f"{channel} (viability dye), those of the untreated wells at "
        f"{wells_compared.level(references)}, which is {number(abs(shift))} SD; {number(viable)} % "
        f"are viable {wells_compared.used_threshold(experiment)}, {number(own)} % at the wells' "
        "own. The drug may fluoresce in this channel, or the wells were stained or recorded "
        "differently. "
        f"{wells_compared.differences(large, references)} Do not use percent viable, late and "
        f"necrotic of these wells{wells_compared.of_each_well(experiment)}.",
        shift,
        SDS,
        "SD",
    )


def _largest_change(well: Well) -> float:
    counts = well.measurement.counts
    return max(abs(counts.percent(name) - own) for name, own in well.peak.percents.items())
