"""The cautions and failures."""

from collections.abc import Iterator

from coculture.differences.difference import Difference, Kind
from coculture.differences.run_results import RunResults
from coculture.exchange import flags
from coculture.exchange.flags import Flag

NAME = "caution"


def find(before: RunResults, now: RunResults) -> Iterator[Difference]:
    """Cautions and failures that only one of the runs has; notes are in the exclusions."""
    ours, theirs = _doubts(before), _doubts(now)
    for one, flag in theirs.items():
        if one not in ours:
            yield Difference(NAME, _subject(flag), flag.code, "", flag.severity, flag.sentence)
    for one, flag in ours.items():
        if one not in theirs:
            words = f"No longer said: {flag.sentence}"
            yield Difference(NAME, _subject(flag), flag.code, flag.severity, "", words)


def _doubts(run: RunResults) -> dict[object, Flag]:
    """Cautions and failures by what they concern and their code: sentences hold numbers."""
    found = flags.read(*run.files.get(flags.TABLE, ()))
    return {(one.concerns, one.code): one for one in found if one.severity != "note"}


def _subject(flag: Flag) -> str:
    concerned = flag.concerns
    named = (
        *(concerned.experiment, concerned.fcs, concerned.population, concerned.channel),
        *(concerned.plate, concerned.well, concerned.analyte, concerned.culture),
        *(concerned.finding, concerned.arm),
    )
    return ", ".join(filter(None, named)) or concerned.kind


KIND = Kind(NAME, "caution or failure", "cautions and failures", find)
