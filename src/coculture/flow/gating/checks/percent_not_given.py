"""A study without Annexin V or without a dye: cells are counted, but there is no percent."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.settings import FlowSettings

CODE = "percent_not_given"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the experiment."""
    del one
    why = reason(experiment.settings)
    if why:
        yield Flag(subjects.experiment(experiment), CODE, "caution", f"{experiment.name}: {why}")


def reason(settings: FlowSettings) -> str:
    """Why the study has no percents; empty if it has."""
    missing = [
        f"flow.channels.{stain}"
        for stain in ("annexin", "viability_dye")
        if stain not in settings.stains
    ]
    if not missing:
        return ""
    are = "is" if len(missing) == 1 else "are"
    return (
        f"{' and '.join(missing)} {are} null, so cells are counted, but no percent apoptotic is "
        "given and nothing is compared: a percent needs Annexin V and a viability dye. If the "
        "panel has both, write their channels."
    )
