"""A spillover matrix that corrects nothing or lacks a gated stain: spill is not corrected by it."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.gating import compensation_words as words
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "matrix_not_used"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the experiment, if the file is a sample."""
    matrix = None if experiment.compensation is None else experiment.compensation.unused
    if one.tube.role != "sample" or matrix is None or matrix.is_compensated:
        return
    to_do = f" {words.TO_DO}" if matrix.single_stains_fault else ""
    yield Flag(
        subjects.experiment(experiment, ", ".join(matrix.stains)),
        CODE,
        "caution",
        f"{experiment.name}: {words.unused(matrix)}{to_do}",
    )
