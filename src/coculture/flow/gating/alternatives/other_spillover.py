"""The spillover matrix from the other source: single stains, or the one in the files.

No compensation is never a defensible alternative to a matrix.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from coculture.exchange.alternatives import Alternative
from coculture.flow.compensation.experiment_spillover import (
    ExperimentSpillover,
    experiment_spillover,
)
from coculture.flow.compensation.spillover import (
    SpilloverError,
    embedded_text,
    is_same_matrix,
)
from coculture.flow.gating.compensated import Compensated, compensated
from coculture.flow.gating.sources.manual import OwnGates
from coculture.flow.gating.sources.threshold import ThresholdError
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import Tube

CHOICE = "spillover"
_NAMES: dict[Literal["single_stains", "embedded"], str] = {
    "single_stains": "spillover from the single stains",
    "embedded": "the spillover matrix in the files",
}
_SAME_AS = {"each_file": "embedded"}
"""Source of the config -> the source that reads the same matrices."""


@dataclass(frozen=True)
class OtherSpillover:
    """Another matrix with the gates that are set with it.

    Attributes
    ----------
    used
        The matrix and gates; None if this experiment cannot use it, and keeps its own.
    kept_because
        Why the experiment keeps its own.
    """

    alternative: Alternative
    used: Compensated | None
    kept_because: str = ""


def others(
    tubes: Sequence[Tube], spillover: ExperimentSpillover, settings: FlowSettings, own: OwnGates
) -> Iterator[OtherSpillover]:
    """Each other matrix that the files of the experiment give.

    Parameters
    ----------
    tubes
        The files of the experiment, as they were opened.
    spillover
        The matrix that is used.
    own
        The user's gates of this experiment.
    """
    source = str(spillover.record["source"])
    if not spillover.is_needed or (spillover.unused and spillover.unused.is_compensated):
        return
    shared = [replace(tube, own_spillover=None) for tube in tubes]
    for code, name in _NAMES.items():
        if code == _SAME_AS.get(source, source):
            continue
        asked = replace(settings, compensation=replace(settings.compensation, source=code))
        alternative = Alternative(name, CHOICE)
        try:
            other = experiment_spillover(shared, asked)
        except SpilloverError as error:
            if _has_any(shared, code):
                yield OtherSpillover(alternative, None, str(error).rstrip("."))
            continue
        if other.record["source"] != code or other.matrix is None:
            continue
        if spillover.matrix is not None and is_same_matrix(spillover.matrix, other.matrix):
            continue
        yield _gated(alternative, shared, other, asked, own)


def _has_any(tubes: Sequence[Tube], code: str) -> bool:
    """Whether the experiment has what this source reads, though it cannot be used."""
    if code == "single_stains":
        return any(tube.role == "single_stain" for tube in tubes)
    return any(embedded_text(tube.header)[0] for tube in tubes)


def _gated(
    alternative: Alternative,
    tubes: Sequence[Tube],
    other: ExperimentSpillover,
    settings: FlowSettings,
    own: OwnGates,
) -> OtherSpillover:
    try:
        found = compensated(tubes, other, settings, own)
    except ThresholdError as error:
        return OtherSpillover(alternative, None, str(error).rstrip("."))
    if found.spillover.matrix is None:
        return OtherSpillover(alternative, None, "it takes too much away")
    if found.remaining:
        shares = [abs(one.share) for one in found.remaining]
        worst = found.remaining[int(np.argmax(shares))]
        return OtherSpillover(
            alternative,
            None,
            f"it leaves {100 * worst.share:.2g} % of {worst.stain} in {worst.channel}",
        )
    return OtherSpillover(alternative, found)
