"""The keys of the config, with every default."""

from collections.abc import Iterator, Mapping
from typing import Any

from coculture.differences.difference import Difference, Kind
from coculture.differences.run_results import RunResults
from coculture.differences.values import differ, written

NAME = "setting"
_NAMES_OF_ITEMS = ("id", "name", "column", "channel")
"""Keys that name an item of a list, so that its place in the list does not matter."""
_WITHOUT_EFFECT = (
    *("study", "title", "simulated", "notes", "folders_outside", "figures", "tables"),
    *("raw_data_checksums", "earlier_results", "flow.gates_file", "flow.reagents"),
)
"""Names, places, words and looks. What the tables and the gates file say is compared by itself."""
_WORDS = ("statement", "caveat", "reason", "by", "date", "blinded")
"""Keys, wherever they are, that hold words for people."""


def find(before: RunResults, now: RunResults) -> Iterator[Difference]:
    """Keys with another value."""
    ours, theirs = dict(_leaves(before.config)), dict(_leaves(now.config))
    for key in dict.fromkeys((*theirs, *ours)):
        was, has = ours.get(key), theirs.get(key)
        if differ(was, has):
            yield Difference(
                NAME, key, "value", written(was), written(has), is_cause=_has_effect(key)
            )


def _has_effect(key: str) -> bool:
    is_place = any(key == one or key.startswith(f"{one}.") for one in _WITHOUT_EFFECT)
    return not is_place and key.rpartition(".")[2] not in _WORDS


def _leaves(node: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a config with the names of the keys above it, joined by dots."""
    if node in ({}, []):
        return
    named = _named(node)
    if not named:
        yield key, node
        return
    for name, value in named.items():
        yield from _leaves(value, f"{key}.{name}" if key else name)


def _named(node: Any) -> dict[str, Any]:
    """The parts of a node by name: of a mapping, or of a list of mappings that have names."""
    if isinstance(node, Mapping):
        return {str(name): value for name, value in node.items()}
    if not isinstance(node, list) or not all(isinstance(one, Mapping) for one in node):
        return {}
    for naming in _NAMES_OF_ITEMS:
        if all(naming in one for one in node):
            found = {str(one[naming]): one for one in node}
            return found if len(found) == len(node) else {}
    return {}


KIND = Kind(NAME, "setting", "settings", find)
