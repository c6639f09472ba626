"""QuadrantGate: dividers that cut each dimension, and quadrants that are each a gate."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from coculture.flow.interchange.gating_ml.dimensions import Dimension
from coculture.flow.interchange.gating_ml.gates.gate import (
    DimensionReader,
    DimensionWriter,
    Gate,
    GateKind,
)
from coculture.flow.interchange.gating_ml.gates.rectangle import Rectangle
from coculture.flow.interchange.xml_file import (
    Element,
    InterchangeError,
    added,
    as_number,
    attribute,
    children,
    gating,
    needed,
    number,
    written,
)


@dataclass(frozen=True)
class Quadrant(Rectangle):
    """One quadrant: from one divider value to below the next in each dimension it names.

    Attributes
    ----------
    of
        The id of the quadrant gate.
    """

    of: str = ""


def _read(element: Element, dimension: DimensionReader) -> list[Gate]:
    name, parent = needed(element, "id"), attribute(element, "parent_id")
    dividers: dict[str, tuple[Dimension, list[float]]] = {}
    for one in children(element, "divider"):
        values = sorted(as_number(value.text, "value") for value in children(one, "value"))
        dividers[needed(one, "id")] = (dimension(one), values)
    found: list[Gate] = []
    for quadrant in children(element, "Quadrant"):
        dimensions, ranges = [], []
        for position in children(quadrant, "position"):
            divider = needed(position, "divider_ref")
            if divider not in dividers:
                raise InterchangeError(f"Gate {name}: there is no divider {divider}.")
            along, values = dividers[divider]
            place = bisect_right(values, number(position, "location"))
            ends = [-math.inf, *values, math.inf]
            dimensions.append(along)
            ranges.append((ends[place], ends[place + 1]))
        found.append(
            Quadrant(needed(quadrant, "id"), parent, tuple(dimensions), tuple(ranges), of=name)
        )
    return found


def _write(gates: Sequence[Gate], element: Element, dimension: DimensionWriter) -> None:
    quadrants = [one for one in gates if isinstance(one, Quadrant)]
    ends: dict[Dimension, list[float]] = {}
    for one in quadrants:
        for along, (low, high) in zip(one.dimensions, one.ranges, strict=True):
            of = ends.setdefault(along, [])
            of += [end for end in (low, high) if math.isfinite(end) and end not in of]
    names = {along: f"{quadrants[0].of}_divider{n}" for n, along in enumerate(ends, start=1)}
    for along, values in ends.items():
        divider = dimension(element, along, "divider")
        divider.set(gating("id"), names[along])
        for value in sorted(values):
            added(divider, gating("value")).text = written(value)
    for one in quadrants:
        quadrant = added(element, gating("Quadrant"), {gating("id"): one.id})
        for along, (low, high) in zip(one.dimensions, one.ranges, strict=True):
            place = {gating("divider_ref"): names[along], gating("location"): _within(low, high)}
            added(quadrant, gating("position"), place)


def _within(low: float, high: float) -> str:
    """A number from one divider to below the next."""
    return written(low if math.isfinite(low) else high - max(1.0, abs(high)))


KIND = GateKind("QuadrantGate", _read, _write)
