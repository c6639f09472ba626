"""Values that were compensated before the files were written: a matrix would do it twice."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.gating import compensation_words as words
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "already_compensated"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A note where the channels' names say it, a caution where only the values do."""
    matrix = None if experiment.compensation is None else experiment.compensation.unused
    if one.tube.role != "sample" or matrix is None or not matrix.is_compensated:
        return
    is_named = matrix.reason == "compensated_names"
    to_do = "" if is_named else " Check how the files were exported, and write none, if it is so."
    yield Flag(
        subjects.experiment(experiment, ", ".join(matrix.stains)),
        CODE,
        "note" if is_named else "caution",
        f"{experiment.name}: {words.unused(matrix)}{to_do}",
    )
