"""An imported gate as a step of gating: where it lies, with the keys of gates.yaml.

Thresholds and intervals become linear ones that keep the same events; a polygon keeps its scales.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coculture.flow.channels import ChannelError, find_channel
from coculture.flow.fcs.header import FcsHeader
from coculture.flow.interchange.gating_ml.dimensions import Dimension
from coculture.flow.interchange.gating_ml.gates import Gate
from coculture.flow.interchange.gating_ml.gates.boolean import Boolean
from coculture.flow.interchange.gating_ml.gates.polygon import Polygon
from coculture.flow.interchange.gating_ml.gates.rectangle import Rectangle
from coculture.flow.interchange.gating_ml.transforms import as_mapping
from coculture.flow.interchange.gating_ml.transforms.identity import Identity
from coculture.flow.interchange.xml_file import InterchangeError
from coculture.flow.settings import FlowSettings

_FAR = 1e12
"""In place of an end that a gate does not have: beyond what any detector records."""


@dataclass(frozen=True)
class StepShape:
    """Where a gate lies, and on what.

    Attributes
    ----------
    shape
        channels, threshold or vertices, keep, scales.
    compensations
        The spillovers of its dimensions on channels of stains.
    """

    shape: dict[str, Any]
    compensations: frozenset[str]


def as_step(gate: Gate, step: str, settings: FlowSettings, header: FcsHeader) -> StepShape:
    """An imported gate as the step of this name.

    Parameters
    ----------
    header
        A file that the gate was drawn on.

    Raises
    ------
    InterchangeError
        If the step cannot be such a gate; the message says why.
    """
    if isinstance(gate, Boolean):
        raise InterchangeError("it is made of other gates, and no step of gating is")
    stains = _channels(settings, header)
    if step in settings.stain_gates:
        channel = stains[step]
        found = _threshold(gate, channel)
        return StepShape(found, _compensations(gate, [channel]))
    compensations = _compensations(gate, stains.values())
    if isinstance(gate, Polygon):
        return StepShape(_polygon(gate), compensations)
    if isinstance(gate, Rectangle) and len(gate.dimensions) == 1:
        return StepShape(_on_one_channel(gate), compensations)
    if isinstance(gate, Rectangle) and len(gate.dimensions) == 2:
        return StepShape(_rectangle(gate), compensations)
    kind = type(gate).__name__.lower()
    raise InterchangeError(
        f"it is {'an' if kind[0] in 'aeiou' else 'a'} {kind} on {len(gate.dimensions)} channels, "
        "and a step of gating is a threshold, an interval, a rectangle or a polygon"
    )


def _channels(settings: FlowSettings, header: FcsHeader) -> dict[str, str]:
    """Gate of each stain and marker -> its channel in the file."""
    wanted = {stain.gate: stain.channel for stain in settings.stains}
    wanted |= {one.gate: one.channel for each in settings.populations for one in each.markers}
    try:
        return {
            gate: find_channel(channel, header.names, header.labels)
            for gate, channel in wanted.items()
        }
    except ChannelError as error:
        raise InterchangeError(f"{header.path.name} {error}") from error


def _compensations(gate: Gate, stains: Any) -> frozenset[str]:
    return frozenset(one.compensation for one in gate.dimensions if one.name in list(stains))


def _threshold(gate: Gate, channel: str) -> dict[str, Any]:
    """The threshold of a stain: where a rectangle or a quadrant divides its channel."""
    if not isinstance(gate, Rectangle):
        raise InterchangeError("a stain has a threshold, so its gate is a rectangle or a quadrant")
    for dimension, ends in zip(gate.dimensions, gate.ranges, strict=True):
        if dimension.name != channel or dimension.ratio is not None:
            continue
        finite = [end for end in ends if math.isfinite(end)]
        if len(finite) == 1:
            end = first_at_least(dimension, finite[0])
            return {"channels": [channel], "threshold": end, "keep": "above"}
        ends_there = "two ends" if finite else "no end"
        raise InterchangeError(f"it has {ends_there} on {channel}, and a stain has one threshold")
    named = ", ".join(one.name for one in gate.dimensions)
    raise InterchangeError(f"it is on {named}, and the stain is on {channel}")


def _name(dimension: Dimension) -> str:
    ratio = dimension.ratio
    if ratio is not None and (ratio.A, ratio.B, ratio.C) != (1, 0, 0):
        raise InterchangeError("it is on a ratio that is not simply that of two channels")
    return dimension.name


def _on_one_channel(gate: Rectangle) -> dict[str, Any]:
    (dimension,), ((low, high),) = gate.dimensions, gate.ranges
    channels = [_name(dimension)]
    if math.isfinite(low) and math.isfinite(high):
        ends = [first_at_least(dimension, low), first_at_least(dimension, high)]
        return {"channels": channels, "vertices": ends, "keep": "inside"}
    if math.isfinite(low):
        return {"channels": channels, "threshold": first_at_least(dimension, low), "keep": "above"}
    if math.isfinite(high):
        return {"channels": channels, "threshold": first_at_least(dimension, high), "keep": "below"}
    raise InterchangeError("it keeps every event")


def _rectangle(gate: Rectangle) -> dict[str, Any]:
    """A rectangle as a polygon, which includes its edges: up to the last value below each max."""
    ends = [
        (
            first_at_least(dimension, low) if math.isfinite(low) else -_FAR,
            math.nextafter(first_at_least(dimension, high), -math.inf)
            if math.isfinite(high)
            else _FAR,
        )
        for dimension, (low, high) in zip(gate.dimensions, gate.ranges, strict=True)
    ]
    (left, right), (bottom, top) = ends
    corners = [[left, bottom], [right, bottom], [right, top], [left, top]]
    channels = [_name(one) for one in gate.dimensions]
    return {"channels": channels, "vertices": corners, "keep": "inside"}


def _polygon(gate: Polygon) -> dict[str, Any]:
    if any(math.isfinite(end) for one in gate.dimensions for end in (one.low, one.high)):
        raise InterchangeError("its scale is cut off (boundMin, boundMax)")
    found: dict[str, Any] = {
        "channels": [_name(one) for one in gate.dimensions],
        "vertices": [list(corner) for corner in gate.vertices],
        "keep": "inside",
    }
    scales = [one.scale for one in gate.dimensions]
    if all(isinstance(scale, Identity) for scale in scales):
        return found
    return {**found, "scales": [as_mapping(scale) for scale in scales]}


def first_at_least(dimension: Dimension, end: float) -> float:
    """The smallest linear value whose place on the scale is at least `end`.

    A linear threshold there keeps exactly the events that the gate on the scale keeps.

    >>> from coculture.flow.interchange.gating_ml.transforms import scale_named
    >>> log = Dimension("FL1-A", scale=scale_named({"name": "flog", "T": 10000, "M": 4}))
    >>> round(first_at_least(log, 0.5), 9)
    100.0
    """
    if isinstance(dimension.scale, Identity) and math.isinf(dimension.low + dimension.high):
        return end

    def is_at_least(value: float) -> bool:
        return bool(dimension.scaled(np.array([value]))[0] >= end)

    return _first(is_at_least, float(dimension.scale.inverse([end])[0]))


def _first(is_true: Callable[[float], bool], near: float) -> float:
    """The smallest number for which a condition holds that holds from some number on."""
    step = max(abs(near), 1.0) * 1e-9
    low = high = near
    while is_true(low):
        low, step = low - step, step * 4
        if step > _FAR:
            raise InterchangeError("it keeps every event")
    while not is_true(high):
        high, step = high + step, step * 4
        if step > _FAR:
            raise InterchangeError("it keeps no event")
    while math.nextafter(low, high) < high:
        middle = low + (high - low) / 2
        middle = middle if low < middle < high else math.nextafter(low, high)
        low, high = (low, middle) if is_true(middle) else (middle, high)
    return high


def most_common(shapes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The shape that most tubes have; of equally many the first."""
    return max(shapes, key=lambda one: sum(other == one for other in shapes))
