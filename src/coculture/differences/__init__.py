"""What differs between two runs of a study: verdicts, numbers, gates, and what went in."""

from coculture.differences.cause import cause
from coculture.differences.difference import Difference, Kind
from coculture.differences.found import RunDifferences, between
from coculture.differences.printed import printed
from coculture.differences.record import THIS_RUN, write_differences
from coculture.differences.run_results import NoResultsError, RunResults
from coculture.differences.words import sentences

__all__ = [
    "THIS_RUN",
    "Difference",
    "Kind",
    "NoResultsError",
    "RunDifferences",
    "RunResults",
    "between",
    "cause",
    "printed",
    "sentences",
    "write_differences",
]
