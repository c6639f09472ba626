"""What differs between two runs, as `coculture diff` prints it: words, then numbers."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from coculture.differences.difference import Difference
from coculture.differences.found import RunDifferences, between
from coculture.differences.registry import KINDS
from coculture.differences.run_results import RunResults
from coculture.differences.words import sentences
from coculture.exchange.vocabulary import heading, many, number
from coculture.provenance.sameness import differences as differing_files

MOST_LINES = 20
"""So many things of a kind are printed; more are counted."""
_LONG = 60
"""Characters of a value that are printed."""
_MOST_FILES = 8


def printed(first: str | Path, second: str | Path, *, everything: bool = False) -> tuple[str, bool]:
    """What differs between the results in two folders, and whether anything does.

    Parameters
    ----------
    everything
        Print every number, however many.

    Raises
    ------
    NoResultsError
        If a folder does not hold the results of a finished run.
    """
    before, now = RunResults.in_folder(first), RunResults.in_folder(second)
    files = differing_files(first, second)
    if not files:
        return f"The results in {first} and {second} are the same, byte for byte.\n", False
    found = between(before, now)
    if not found.differences and before.schema_version == now.schema_version:
        lines = [
            f"The results in {first} and {second} say the same. Files with other bytes: "
            f"{_shortened(files)}."
        ]
    else:
        most = len(found.differences) if everything else MOST_LINES
        lines = [f"Before: {first}   now: {second}", "", *sentences(found), *_numbers(found, most)]
    return "\n".join(lines) + "\n", True


def _shortened(files: Sequence[str]) -> str:
    named = [one.partition(":")[0] for one in files]
    more = len(named) - _MOST_FILES
    return ", ".join(named[:_MOST_FILES]) + (f" and {many(more, 'more file')}" if more > 0 else "")


def _numbers(found: RunDifferences, most: int) -> Iterator[str]:
    for kind in KINDS:
        differing = found.of_kind(kind.name)
        if not differing:
            continue
        yield from ("", heading(kind.many))
        groups = groupby(differing, key=lambda one: one.subject)
        told = [(subject, [_change(one) for one in group]) for subject, group in groups]
        for subject, changes in told[:most]:
            yield f"  {subject}: {'; '.join(changes)}"
        if len(told) > most:
            yield f"  and {len(told) - most} more; --all prints them"


def _change(one: Difference) -> str:
    return f"{one.what} {_shown(one.before)} → {_shown(one.now)}"


def _shown(value: str) -> str:
    """A value as people write it: long ones end early, numbers have four digits."""
    if not value:
        return "none"
    try:
        return number(float(value), 4)
    except ValueError:
        return value if len(value) <= _LONG else f"{value[: _LONG - 3]}..."
