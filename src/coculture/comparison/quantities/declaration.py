"""What the entries of all kinds have in common: title, scale and margin."""

from collections.abc import Mapping, Sequence
from typing import Any

from coculture.comparison.quantities.endpoint import Endpoint
from coculture.comparison.quantities.quantity import Margin


def title_of(entry: Mapping[str, Any], automatic: str) -> str:
    """The title of the config, or the automatic one."""
    return str(entry.get("title") or automatic)


def chosen_scales(scales: Sequence[Endpoint], entry: Mapping[str, Any]) -> tuple[Endpoint, ...]:
    """`scales`, the one that the config asks for first."""
    asked = entry.get("scale")
    return tuple(sorted(scales, key=lambda one: asked is not None and one.scale != asked))


def margin_of(entry: Mapping[str, Any]) -> Margin:
    """The margin of an entry."""
    return Margin(entry.get("margin_points"), entry.get("margin_ratio"))
