"""Why results differ: said as certain only if one thing alone went in differently."""

from collections.abc import Sequence
from itertools import takewhile

from coculture.differences import settings, versions
from coculture.differences.difference import Difference
from coculture.differences.found import RunDifferences
from coculture.differences.registry import KINDS
from coculture.differences.versions import code_is_known
from coculture.exchange.vocabulary import listed

_MOST_NAMED = 3
"""So many things of a kind are named in a sentence; more are counted."""


def cause(found: RunDifferences) -> str:
    """Why the results differ, or that no difference of theirs follows; empty if nothing is to say.

    A cause is certain if the runs differ in one thing alone that went into them, and the commits
    say that the code was the same.
    """
    causes, outcomes = found.causes, found.outcomes
    if not outcomes:
        return (
            f"{_in_words(causes)} in what went into the runs; it changes no result."
            if causes
            else ""
        )
    doubt = _doubt_of_code(found)
    if not causes:
        return (
            "Nothing that the results record of what went into the runs differs, so the same "
            f"results were to be expected. {doubt or _EDITED}"
        )
    if len({_thing(one, causes) for one in causes}) == 1:
        told = f"{_in_words(causes)} in what went into the runs"
        if doubt:
            return f"{told}, as far as it is recorded. {doubt}"
        return f"{told}, so it is the cause of everything else that differs."
    return (
        f"More than one thing went into the runs differently, so that no single cause is certain: "
        f"{_several(causes)}. {doubt}".rstrip()
    )


_EDITED = "A file of one of them may have been edited; make verify shows whether a rerun repeats."


def _doubt_of_code(found: RunDifferences) -> str:
    """Whether other code may be the cause, which no commit rules out."""
    unknown = [run.name for run in (found.before, found.now) if not code_is_known(run)]
    if not unknown:
        return ""
    return (
        f"The code of {listed(unknown)} is not that of a commit alone, so it may differ and be a "
        "cause, too."
    )


def _thing(one: Difference, causes: Sequence[Difference]) -> tuple[str, str]:
    """What is one cause: of versions and settings also several that belong together."""
    if one.kind == settings.NAME and len(_common_keys(causes)) > 1:
        return one.kind, ""
    return one.kind, one.subject


def _common_keys(causes: Sequence[Difference]) -> list[str]:
    """The keys of the config above all settings that differ: flow, gates, E1."""
    keys = [one.subject.split(".") for one in causes if one.kind == settings.NAME]
    above = takewhile(lambda parts: len(set(parts)) == 1, zip(*keys, strict=False))
    return [parts[0] for parts in above]


def _in_words(causes: Sequence[Difference]) -> str:
    """The one thing that differs, as the beginning of a sentence."""
    if len({_thing(one, causes) for one in causes}) > 1:
        return f"These differ: {_several(causes)}, all"
    first = causes[0]
    if first.kind == settings.NAME and len(causes) > 1:
        key = ".".join(_common_keys(causes))
        return f"Only config keys under {key} differ ({len(causes)} of them)"
    if first.kind == settings.NAME:
        return f"Only the config key {first.subject} differs ({_change(first)})"
    if first.kind == versions.NAME:
        return f"Only {first.subject} differs ({_change(first)})"
    words = (first.sentence or f"{first.subject}, {first.what}: {_change(first)}").rstrip(".")
    return f"Only one {first.kind} differs ({words})"


def _change(one: Difference) -> str:
    return f"{one.before or 'not there'} → {one.now or 'not there'}"


def _several(causes: Sequence[Difference]) -> str:
    told = []
    for kind in KINDS:
        named = list(dict.fromkeys(one.subject for one in causes if one.kind == kind.name))
        if named:
            shown = ", ".join(named[:_MOST_NAMED])
            more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
            told.append(f"{kind.one if len(named) == 1 else kind.many} ({shown}{more})")
    return "; ".join(told)
