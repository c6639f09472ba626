"""A study without any stain: cells are counted, but there is no percent."""

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
    if settings.stains:
        return ""
    return (
        "flow.channels.annexin and flow.channels.viability_dye are null and flow.stains is empty, "
        "so cells are counted, but no percent of them is given. If the panel has a stain of dying "
        "or of living cells, write its channel."
    )
