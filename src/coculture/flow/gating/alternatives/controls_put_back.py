"""Excluded controls put back: the matrix and gates that the experiment would have with each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coculture.exchange.alternatives import Alternative
from coculture.exchange.problems import CocultureError
from coculture.flow.compensation.experiment_spillover import experiment_spillover
from coculture.flow.files import FlowFile
from coculture.flow.gating.compensated import Compensated, compensated
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import open_tubes

CHOICE = "control_put_back"


@dataclass(frozen=True)
class ControlPutBack:
    """The gates of an experiment with a control that was excluded.

    Attributes
    ----------
    used
        None if they cannot be set with it, and the experiment keeps those that it has.
    kept_because
        Why they cannot be set.
    """

    alternative: Alternative
    used: Compensated | None = None
    kept_because: str = ""


def others(files: Sequence[FlowFile], settings: FlowSettings) -> Iterator[ControlPutBack]:
    """Each control that was excluded; `files` are all files of the experiment."""
    for file in files:
        if file.role == "sample" or not file.exclude:
            continue
        alternative = Alternative(f"{file.fcs} put back", CHOICE)
        with_it = [
            replace(one, exclude="") if one is file else one
            for one in files
            if one is file or not one.exclude
        ]
        try:
            tubes = open_tubes(with_it, settings)
            spillover = experiment_spillover(tubes, settings)
            own = settings.gates.get(file.experiment, {})
            used = compensated(tubes, spillover, settings, own)
        except (CocultureError, OSError) as error:
            yield ControlPutBack(alternative, None, str(error).rstrip("."))
            continue
        yield ControlPutBack(alternative, used)
