"""One wording for everything that can be wrong with a study, and the error that lists it all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Problem:
    """One fault of a study: where it is, the value found there, and what to do about it.

    `row` counts as a spreadsheet does: the heading is row 1. In a config it is the line.
    """

    file: str
    message: str
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        unit = "line" if self.file.endswith((".yaml", ".yml")) else "row"
        place = [self.file]
        if self.row is not None:
            place.append(f"{unit} {self.row}")
        if self.column is not None:
            place.append(self.column)
        found = "" if self.value is None else f' "{self.value}"'
        return f"{', '.join(place)}{found}: {self.message}"


class StudyError(ValueError):
    """A study cannot be run. `problems` holds every fault found, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        heading = "1 problem was" if count == 1 else f"{count} problems were"
        lines = [f"  {number}. {problem}" for number, problem in enumerate(self.problems, 1)]
        super().__init__("\n".join([f"{heading} found in the study; nothing was run.", *lines]))


def nearest(name: str, known: Sequence[str]) -> str:
    """A closing sentence that offers the names most like `name`, or all of them.

    >>> nearest("annexn", ["annexin", "time"])
    'Did you mean annexin?'
    """
    by_lower = {one.lower(): one for one in known}
    close = [by_lower[one] for one in get_close_matches(name.lower(), by_lower, n=2, cutoff=0.75)]
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"Known are: {', '.join(known)}."
