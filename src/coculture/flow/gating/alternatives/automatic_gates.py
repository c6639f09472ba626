"""The automatic gates, where a person set some."""

from collections.abc import Sequence
from dataclasses import dataclass

from coculture.exchange.alternatives import AUTOMATIC_GATES, Alternative
from coculture.flow.compensation.experiment_spillover import ExperimentSpillover
from coculture.flow.gating.compensated import Compensated, compensated
from coculture.flow.gating.sources.manual import OwnGates
from coculture.flow.gating.sources.threshold import ThresholdError
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import Tube

ALTERNATIVE = Alternative("the automatic gates", AUTOMATIC_GATES)


@dataclass(frozen=True)
class AutomaticGates:
    """The gates that an experiment would have without a person's.

    Attributes
    ----------
    used
        None if they cannot be set, and the experiment keeps those that it has.
    kept_because
        Why they cannot be set.
    """

    used: Compensated | None
    kept_because: str = ""
    alternative: Alternative = ALTERNATIVE


def of_experiment(
    tubes: Sequence[Tube],
    spillover: ExperimentSpillover,
    settings: FlowSettings,
    own: OwnGates,
    used: Compensated,
) -> AutomaticGates | None:
    """The automatic gates of an experiment with gates of a person; None if it has none.

    Parameters
    ----------
    tubes
        The files of the experiment, as they were opened.
    spillover
        The matrix that the config asks for.
    own
        The user's gates of this experiment.
    used
        What the experiment has with them.
    """
    if not any(own.values()):
        return None
    try:
        return AutomaticGates(compensated(tubes, spillover, settings, {}, like=used))
    except ThresholdError as error:
        return AutomaticGates(None, str(error).rstrip("."))
