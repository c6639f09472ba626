"""QuadrantGate: dividers that cut each dimension, and quadrants that are each a gate."""

import math
from bisect import bisect_right
from dataclasses import dataclass

from coculture.flow.interchange.gating_ml.dimensions import Dimension
from coculture.flow.interchange.gating_ml.gates.gate import DimensionReader, Gate, GateReader
from coculture.flow.interchange.gating_ml.gates.rectangle import Rectangle
from coculture.flow.interchange.xml_file import (
    Element,
    InterchangeError,
    as_number,
    attribute,
    children,
    needed,
    number,
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


READER = GateReader("QuadrantGate", _read)
