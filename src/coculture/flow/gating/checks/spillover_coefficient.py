"""A stain that is brighter in another channel than in its own: controls may be swapped."""

from collections.abc import Iterator

import numpy as np

from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "spillover_coefficient"
SPILLOVER = "flow/spillover.csv"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for each coefficient above limits.spillover, if the file is a sample."""
    if one.tube.role == "sample":
        yield from experiment.once(CODE, lambda: list(_of(experiment)))


def _of(experiment: Experiment) -> Iterator[Flag]:
    limit, matrix = experiment.settings.limits.spillover, experiment.spillover
    if matrix is None:
        return
    coefficients = matrix.to_numpy(dtype=np.float64)
    for row, stain in enumerate(matrix.index):
        for column, channel in enumerate(matrix.columns):
            coefficient = float(coefficients[row, column])
            if stain == channel or coefficient <= limit:
                continue
            yield Flag(
                Concerns(SPILLOVER, "channel", experiment=experiment.name, channel=str(channel)),
                CODE,
                "caution",
                f"{experiment.name}: the spillover of {stain} into {channel} is "
                f"{number(coefficient)} (limit {limit:g}).",
                coefficient,
                limit,
                "share",
            )
