"""Whether a spillover matrix that was read can compensate the stains that are gated."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from coculture.flow.channels import is_fluorescence

_COMPENSATED_NAME = re.compile(
    r"^(?:(?:FJ)?Comp[-_. ]+(?P<prefixed>.+)|<(?P<bracketed>.+)>)$", re.I
)
"""How FlowJo (Comp-X, FJComp-X) and FACSDiva (<X>) call a channel of compensated values."""

Reason = Literal["identity", "uncovered", "compensated_names", "compensated_values"]
"""identity: the matrix corrects nothing; uncovered: gated stains are not in it; compensated_names
and compensated_values: the values are compensated already, as the channels' names or the
spillover that is left say."""


@dataclass(frozen=True)
class UnusedMatrix:
    """A matrix that the config asks for and that is not used, and why.

    Attributes
    ----------
    source
        embedded, csv or each_file.
    stains
        The gated channels that the reason is about.
    channels
        The channels of the matrix.
    single_stains_fault
        Why the single stains cannot replace it; empty if they do, or if nothing is to be replaced.
    files
        The files that have it, where each file has a matrix of its own.
    has_usual_matrix
        Whether these files were compensated with the matrix that most of the others have.
    """

    reason: Reason
    source: str
    stains: tuple[str, ...]
    channels: tuple[str, ...]
    single_stains_fault: str = ""
    files: tuple[str, ...] = ()
    has_usual_matrix: bool = False

    @property
    def is_compensated(self) -> bool:
        """Whether the values need no matrix."""
        return self.reason in ("compensated_names", "compensated_values")


def original_name(channel: str) -> str:
    """The name before compensation of a channel that is named as compensated; else empty.

    >>> original_name("Comp-FL1-A"), original_name("<FITC-A>"), original_name("FL1-A")
    ('FL1-A', 'FITC-A', '')
    """
    found = _COMPENSATED_NAME.match(channel.strip())
    return (found["prefixed"] or found["bracketed"]) if found else ""


def unused(matrix: pd.DataFrame, stains: Sequence[str], source: str) -> UnusedMatrix | None:
    """Why a matrix is not used for these gated channels ($PnN); None if it is used."""
    channels = tuple(map(str, matrix.columns))
    gated = [name for name in stains if is_fluorescence(name)]
    # Values that are compensated already need the matrix as little as it needs to cover them.
    uncovered = tuple(name for name in gated if original_name(name) or name not in channels)
    if uncovered:
        return UnusedMatrix("uncovered", source, uncovered, channels)
    if not (matrix.to_numpy() - np.eye(len(matrix))).any():
        return UnusedMatrix("identity", source, tuple(gated), channels)
    return None


def compensated_by_name(stains: Sequence[str], source: str) -> UnusedMatrix | None:
    """That no matrix is used because every gated channel is named as compensated; else None."""
    gated = tuple(name for name in stains if is_fluorescence(name))
    if gated and all(map(original_name, gated)):
        return UnusedMatrix("compensated_names", source, gated, ())
    return None
