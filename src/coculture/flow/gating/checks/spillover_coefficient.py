"""A stain that is brighter in another channel than in its own: controls may be swapped."""

from collections.abc import Iterator

from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "spillover_coefficient"
SPILLOVER = "flow/spillover.csv"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for each coefficient above limits.spillover, if the file is a sample."""
    limit, matrix = experiment.settings.limits.spillover, experiment.spillover
    if one.tube.role != "sample" or matrix is None:
        return
    for stain in map(str, matrix.index):
        for channel in map(str, matrix.columns):
            coefficient = float(matrix.loc[stain, channel])
            if stain == channel or coefficient <= limit:
                continue
            yield Flag(
                Concerns(SPILLOVER, "channel", experiment=experiment.name, channel=channel),
                CODE,
                "caution",
                f"{experiment.name}: the spillover of {stain} into {channel} is "
                f"{number(coefficient)} (limit {limit:g}).",
                coefficient,
                limit,
                "share",
            )
