"""Which of many strange names the check accepts."""

from collections.abc import Mapping
from itertools import count
from pathlib import Path

from coculture.study import Study, StudyError, load
from tests.hostile_names.named_study import NamedStudy


def accepted(
    make: type[NamedStudy], names: Mapping[str, str], folder: Path
) -> tuple[Study, dict[str, str]]:
    """The study with those of the names that the check accepts, and these names.

    Any other error than that of the check leaves this function, and so does one whose message
    cannot be printed.
    """
    used: dict[str, str] = {}
    numbers = count()

    def take(some: Mapping[str, str]) -> None:
        wanted = {**used, **some}
        try:
            load(make(wanted).write(folder / str(next(numbers))), with_events=False)
        except StudyError as error:
            str(error).encode("utf-8")
            halves = list(some.items())
            if len(halves) > 1:
                middle = len(halves) // 2
                take(dict(halves[:middle]))
                take(dict(halves[middle:]))
        else:
            used.update(some)

    take(names)
    return load(make(used).write(folder / "accepted")), used
