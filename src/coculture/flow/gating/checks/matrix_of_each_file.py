"""Files that were compensated with matrices of their own, as the config asks."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.compensation.embedded import matrices
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "matrix_of_each_file"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A note on an experiment whose files have different matrices, all of which were used."""
    if one.tube.own_spillover is None:
        return
    tubes = [
        of_file[0].tube
        for of_file in experiment.measurements.values()
        if of_file[0].tube.own_spillover is not None
    ]
    first, *others = matrices([tube.header for tube in tubes])
    if not others:
        return
    rest = "; ".join(f"{len(places)} with that of {tubes[places[0]].fcs}" for _, places in others)
    yield Flag(
        subjects.experiment(experiment),
        CODE,
        "note",
        f"{experiment.name}: each file was compensated with its own matrix, as the config asks "
        f"(each_file). There are {1 + len(others)}: {len(first[1])} files with that of "
        f"{tubes[first[1][0]].fcs}; {rest}. The thresholds are shared all the same.",
        1 + len(others),
        1,
        "matrices",
    )
