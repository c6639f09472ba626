"""The gates: where each lies, and where it comes from."""

from collections.abc import Iterator, Mapping
from typing import Any

from coculture.differences.difference import Difference, Kind
from coculture.differences.run_results import RunResults
from coculture.differences.values import differ, written

NAME = "gate"
_NOT_COMPARED = frozenset({"samples", "events", "note"})
"""Of a gate: its samples and the number of their events follow from files and earlier gates."""


def find(before: RunResults, now: RunResults) -> Iterator[Difference]:
    """Gates, spillover and stretches of time that differ, experiment by experiment."""
    ours, theirs = _blocks(before.gates), _blocks(now.gates)
    for subject in dict.fromkeys((*theirs, *ours)):
        was, has = ours.get(subject), theirs.get(subject)
        if was is None or has is None:
            told = ("", "set") if was is None else ("set", "")
            yield Difference(NAME, subject, "gate", *told)
            continue
        for key in dict.fromkeys((*has, *was)):
            if key not in _NOT_COMPARED and differ(was.get(key), has.get(key)):
                told = (written(was.get(key)), written(has.get(key)))
                yield Difference(NAME, subject, str(key), *told)


def _blocks(gates: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Each gate by experiment, population and name; spillover and time by experiment."""
    found: dict[str, Mapping[str, Any]] = {}
    for experiment, content in gates.items():
        for population, named in (content.get("populations") or {}).items():
            found |= {f"{experiment}, {population}, {name}": one for name, one in named.items()}
        for name in ("spillover", "time"):
            if isinstance(content.get(name), Mapping):
                found[f"{experiment}, {name}"] = content[name]
    return found


KIND = Kind(NAME, "value of the gates", "values of the gates", find)
