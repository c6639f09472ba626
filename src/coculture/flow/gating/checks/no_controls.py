"""An experiment without a control tube: nothing can show that its thresholds are right."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "no_controls"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for an experiment whose files are all samples, or beads."""
    del one
    roles = [of_file[0].tube.role for of_file in experiment.measurements.values()]
    if not set(roles) <= {"sample", "beads"}:
        return
    yield Flag(
        subjects.experiment(experiment),
        CODE,
        "caution",
        f"{experiment.name} has no control tube. Its thresholds are set from its own samples, and "
        "nothing shows whether the stains worked, whether the cells shine by themselves or whether "
        "the spillover is right. Add an unstained tube, and single stains, of the same day.",
        0,
        1,
        "files",
    )
