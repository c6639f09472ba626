"""A percent on its other scale: points in place of logits, or logits in place of points."""

from dataclasses import replace

from coculture.comparison.findings import kind_of
from coculture.comparison.quantities.quantity import Quantity
from coculture.comparison.settings import ComparisonSettings, Finding
from coculture.exchange.alternatives import Alternative

CHOICE = "scale"
_NAMES = {"points": "percentage points", "logit": "logits"}


def alternative(quantity: Quantity, finding: Finding) -> Alternative | None:
    """The other scale of a finding; None if its quantity has no other.

    It is not counted for a finding with a margin, which has no counterpart there.
    """
    scale = _other(quantity)
    if scale is None:
        return None
    name = f"{_NAMES[quantity.scales[scale].scale]} in place of {_NAMES[quantity.primary.scale]}"
    if not kind_of(finding.kind).needs_margin:
        return Alternative(name, CHOICE)
    why = f"the margin of {finding.margin_shown} has no counterpart on the other scale"
    return Alternative(name, CHOICE, why)


def settings_with(settings: ComparisonSettings, name: str) -> ComparisonSettings:
    """The settings with a quantity on its other scale."""
    quantities = tuple(_turned(one) if one.name == name else one for one in settings.quantities)
    return replace(settings, quantities=quantities)


def _other(quantity: Quantity) -> int | None:
    """The place of the other scale among those of the quantity."""
    wanted = set(_NAMES) - {quantity.primary.scale}
    if len(wanted) == len(_NAMES):
        return None
    found = [place for place, one in enumerate(quantity.scales) if one.scale in wanted]
    return found[0] if found else None


def _turned(quantity: Quantity) -> Quantity:
    place = _other(quantity)
    if place is None:
        return quantity
    scales = quantity.scales
    return replace(quantity, scales=(scales[place], *scales[:place], *scales[place + 1 :]))
