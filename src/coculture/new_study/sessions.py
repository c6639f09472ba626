"""Which files were acquired together: the guess of what an experiment is."""

import datetime
import re
from collections.abc import Sequence

from coculture.new_study.fcs_facts import FOLDER, FcsFacts
from coculture.new_study.known import Known

SAME_SESSION = datetime.timedelta(hours=12)
"""Files less far apart are guessed to be of one experiment, also past midnight."""


def sessions_of(files: Sequence[FcsFacts]) -> list[int]:
    """The number of the session of each file, from 0 in the order of time.

    Files without a time are together by their folder, behind the others.
    """
    timed = sorted(
        (one.started, place) for place, one in enumerate(files) if one.started is not None
    )
    session: dict[int, int] = {}
    number, before = -1, None
    for started, place in timed:
        if before is None or started - before >= SAME_SESSION:
            number += 1
        session[place], before = number, started
    untimed = [place for place in range(len(files)) if place not in session]
    folders = list(dict.fromkeys(files[place].path.parent for place in untimed))
    for place in untimed:
        session[place] = number + 1 + folders.index(files[place].path.parent)
    return [session[place] for place in range(len(files))]


def session_names(
    files: Sequence[FcsFacts], sessions: Sequence[int], in_names: Sequence[str]
) -> dict[int, Known]:
    """A name for each session: what its files have alike, and no other session's.

    Parameters
    ----------
    in_names
        The experiment in the name of each tube, empty where there is none.
    """
    candidates = (
        (in_names, "name of the tube"),
        ([one.path.parent.name for one in files], FOLDER),
        ([one.experiment.text for one in files], "EXPERIMENT NAME"),
        ([one.plate.text for one in files], "name of the plate"),
    )
    for texts, source in candidates:
        found = _one_each(texts, sessions)
        if found:
            return {number: Known(usable(text), source, True) for number, text in found.items()}
    return {
        number: Known(f"day{place}", "order of acquisition", True)
        for place, number in enumerate(sorted(set(sessions)), 1)
    }


def usable(text: str) -> str:
    """A name as the tables take it: letters, digits and . + _ - alone.

    >>> usable("2026-04-06 exp1")
    '2026-04-06-exp1'
    """
    return re.sub(r"[^A-Za-z0-9._+-]+", "-", text).strip("-._+")


def _one_each(texts: Sequence[str], sessions: Sequence[int]) -> dict[int, str]:
    """Session -> its text; empty unless each session has one, and all are different."""
    found: dict[int, set[str]] = {number: set() for number in sessions}
    for text, number in zip(texts, sessions, strict=True):
        if text:
            found[number].add(text)
    names = [next(iter(one)) for one in found.values() if len(one) == 1]
    short = {usable(name) for name in names}
    are_usable = len(names) == len(found) and len(short) == len(names) and all(short)
    return {number: next(iter(one)) for number, one in found.items()} if are_usable else {}
