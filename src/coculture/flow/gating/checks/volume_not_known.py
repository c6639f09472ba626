"""Volumes that are missing or in another unit: cells of these wells are not compared by volume."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "volume_not_known"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """Notes on the experiment, where some of its files give a volume."""
    if one.tube.role != "sample":
        return
    for note in experiment.amounts.notes:
        yield Flag(subjects.experiment(experiment), CODE, "note", f"{experiment.name}: {note}")
