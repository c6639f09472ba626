"""All that differs between two runs, what matters most first."""

from collections.abc import Iterator
from dataclasses import dataclass

from coculture.differences.difference import Difference
from coculture.differences.registry import INPUTS, KINDS
from coculture.differences.run_results import RunResults


@dataclass(frozen=True)
class RunDifferences:
    """What differs between two runs.

    Attributes
    ----------
    before, now
        The two runs.
    differences
        In the order of their kinds.
    """

    before: RunResults
    now: RunResults
    differences: tuple[Difference, ...]

    @property
    def causes(self) -> tuple[Difference, ...]:
        """What went into the runs, differs, and can change results."""
        return tuple(one for one in self.differences if one.is_cause)

    @property
    def outcomes(self) -> tuple[Difference, ...]:
        """What differs in the results themselves."""
        return tuple(one for one in self.differences if one.kind not in INPUTS)

    def of_kind(self, name: str) -> tuple[Difference, ...]:
        """The differences of one kind."""
        return tuple(one for one in self.differences if one.kind == name)


def between(before: RunResults, now: RunResults) -> RunDifferences:
    """Everything in which two runs differ."""
    return RunDifferences(before, now, tuple(_each(before, now)))


def _each(before: RunResults, now: RunResults) -> Iterator[Difference]:
    for kind in KINDS:
        yield from kind.find(before, now)
