"""RectangleGate: from min to below max in each dimension."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coculture.flow.interchange.gating_ml.dimensions import Dimension, Events, Mask
from coculture.flow.interchange.gating_ml.gates.gate import (
    DimensionReader,
    DimensionWriter,
    Gate,
    GateKind,
)
from coculture.flow.interchange.xml_file import (
    Element,
    as_number,
    attribute,
    children,
    gating,
    needed,
    written,
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
            if low > -math.inf:
                kept &= values >= low
            if high < math.inf:
                kept &= values < high
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


def _write(gates: Sequence[Gate], element: Element, dimension: DimensionWriter) -> None:
    (gate,) = gates
    assert isinstance(gate, Rectangle)
    for one, (low, high) in zip(gate.dimensions, gate.ranges, strict=True):
        added = dimension(element, one, "dimension")
        for name, end in (("min", low), ("max", high)):
            if math.isfinite(end):
                added.set(gating(name), written(end))
            elif one.ratio is not None:
                # FlowKit 1.3 needs both ends of a ratio.
                added.set(gating(name), "INF" if end > 0 else "-INF")


KIND = GateKind("RectangleGate", _read, _write)
