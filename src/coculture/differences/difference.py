"""One difference between two runs of a study, and the kinds of differences."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from coculture.differences.run_results import RunResults


@dataclass(frozen=True)
class Difference:
    """One thing that differs between two runs.

    Attributes
    ----------
    kind
        The name of its `Kind`: verdict, estimate, gate ...
    subject
        What differs: the finding 1a, the gate "E1, myeloma, annexin", a config key, a file.
    what
        Of that, what differs: verdict, threshold, dilution.
    before, now
        In the first and in the second run, with all digits; empty where it has none.
    sentence
        For people; empty where before and now say it all.
    is_cause
        Whether it went into the run and can change results.
    """

    kind: str
    subject: str
    what: str
    before: str
    now: str
    sentence: str = ""
    is_cause: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of difference.

    Attributes
    ----------
    name
        As in the column `kind` of differences.csv.
    one, many
        What it is called in a sentence: "1 gate", "2 gates".
    find
        The differences of this kind between the first and the second run.
    """

    name: str
    one: str
    many: str
    find: Callable[[RunResults, RunResults], Iterator[Difference]]
