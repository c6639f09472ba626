"""A spillover matrix that corrects nothing or lacks a gated stain: spill is not corrected by it."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.compensation.usable import UnusedMatrix
from coculture.flow.gating import compensation_words as words
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "matrix_not_used"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the experiment, if the file is a sample; a note if only controls lack one."""
    matrix = None if experiment.compensation is None else experiment.compensation.unused
    if one.tube.role != "sample" or matrix is None or matrix.is_compensated:
        return
    to_do = f" {words.TO_DO}" if matrix.single_stains_fault else ""
    yield Flag(
        subjects.experiment(experiment, ", ".join(matrix.stains)),
        CODE,
        "note" if _is_of_controls(matrix, experiment) else "caution",
        f"{experiment.name}: {words.unused(matrix)}{to_do}",
    )


def _is_of_controls(matrix: UnusedMatrix, experiment: Experiment) -> bool:
    """Whether samples have a matrix that is used, and only controls were given that of others.

    Single stains are often recorded before the matrix is computed.
    """
    samples = {
        of_file[0].tube.fcs
        for of_file in experiment.measurements.values()
        if of_file[0].tube.role == "sample"
    }
    return matrix.has_usual_matrix and samples.isdisjoint(matrix.files)
