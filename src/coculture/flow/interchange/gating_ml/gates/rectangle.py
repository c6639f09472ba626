"""RectangleGate: from min to below max in each dimension."""

import math
from dataclasses import dataclass

import numpy as np

from coculture.flow.interchange.gating_ml.dimensions import Dimension, Events, Mask
from coculture.flow.interchange.gating_ml.gates.gate import DimensionReader, Gate, GateReader
from coculture.flow.interchange.xml_file import (
    Element,
    as_number,
    attribute,
    children,
    needed,
)


@dataclass(frozen=True)
class Rectangle:
    """min <= value < max in each dimension.

    Attributes
    ----------
    ranges
        For each dimension min and max, infinite where there is none.
    """

    id: str
    parent: str | None
    dimensions: tuple[Dimension, ...]
    ranges: tuple[tuple[float, float], ...]

    def keeps(self, events: Events) -> Mask:
        """Which events it keeps, without its parents, shape (events,)."""
        kept = np.ones(len(events), dtype=bool)
        for dimension, (low, high) in zip(self.dimensions, self.ranges, strict=True):
            values = events.values(dimension)
            kept &= (values >= low) & (values < high) if low > -math.inf else values < high
        return kept


def _read(element: Element, dimension: DimensionReader) -> list[Gate]:
    parts = list(children(element, "dimension"))
    return [
        Rectangle(
            needed(element, "id"),
            attribute(element, "parent_id"),
            tuple(map(dimension, parts)),
            tuple((_end(one, "min", -math.inf), _end(one, "max", math.inf)) for one in parts),
        )
    ]


def _end(element: Element, name: str, absent: float) -> float:
    written = attribute(element, name)
    return absent if written is None else as_number(written, name)


READER = GateReader("RectangleGate", _read)
