"""PolygonGate: inside the corners, in two dimensions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coculture.flow.interchange.gating_ml.dimensions import Dimension, Events, Mask, Values
from coculture.flow.interchange.gating_ml.gates.gate import (
    DimensionReader,
    DimensionWriter,
    Gate,
    GateKind,
)
from coculture.flow.interchange.xml_file import (
    Element,
    InterchangeError,
    added,
    attribute,
    children,
    data_type,
    gating,
    needed,
    number,
    written,
)


@dataclass(frozen=True)
class Polygon:
    """Events inside the corners; those on an edge are inside.

    Attributes
    ----------
    vertices
        Corners on the scales of the dimensions.
    """

    id: str
    parent: str | None
    dimensions: tuple[Dimension, ...]
    vertices: tuple[tuple[float, float], ...]

    def keeps(self, events: Events) -> Mask:
        """Which events it keeps, without its parents, shape (events,)."""
        x, y = (events.values(one) for one in self.dimensions)
        return inside_polygon(x, y, np.array(self.vertices))


def inside_polygon(x: Values, y: Values, vertices: NDArray[np.float64]) -> Mask:
    """Which points are inside a polygon, or on its edge; x and y of shape (events,).

    A point is inside if a line from it crosses the edges an odd number of times.

    Parameters
    ----------
    vertices
        Corners, shape (corners, 2).
    """
    inside = np.zeros(len(x), dtype=bool)
    for (x0, y0), (x1, y1) in _edges(vertices):
        side = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
        spans = (y0 > y) != (y1 > y)
        inside ^= spans & ((side > 0) == (y1 > y0))
    return inside | on_edge(x, y, vertices)


def on_edge(x: Values, y: Values, vertices: NDArray[np.float64]) -> Mask:
    """Which points are on an edge of a polygon; arguments as for `inside_polygon`."""
    found = np.zeros(len(x), dtype=bool)
    for (x0, y0), (x1, y1) in _edges(vertices):
        within = (min(x0, x1) <= x) & (x <= max(x0, x1))
        within &= (min(y0, y1) <= y) & (y <= max(y0, y1))
        found |= within & ((x1 - x0) * (y - y0) == (x - x0) * (y1 - y0))
    return found


def _edges(vertices: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.float64], ...]]:
    return zip(vertices, np.roll(vertices, -1, axis=0), strict=True)


def _read(element: Element, dimension: DimensionReader) -> list[Gate]:
    name = needed(element, "id")
    dimensions = tuple(map(dimension, children(element, "dimension")))
    corners = [
        [number(one, "value") for one in children(vertex, "coordinate")]
        for vertex in children(element, "vertex")
    ]
    if len(dimensions) != 2 or len(corners) < 3 or any(len(one) != 2 for one in corners):
        raise InterchangeError(
            f"Gate {name}: a polygon has two dimensions and three corners or more."
        )
    vertices = tuple((x, y) for x, y in corners)
    return [Polygon(name, attribute(element, "parent_id"), dimensions, vertices)]


def _write(gates: Sequence[Gate], element: Element, dimension: DimensionWriter) -> None:
    (gate,) = gates
    assert isinstance(gate, Polygon)
    for one in gate.dimensions:
        dimension(element, one, "dimension")
    for corner in gate.vertices:
        vertex = added(element, gating("vertex"))
        for value in corner:
            added(vertex, gating("coordinate"), {data_type("value"): written(value)})


KIND = GateKind("PolygonGate", _read, _write)
