"""PolygonGate: inside the corners, in two dimensions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coculture.flow.interchange.gating_ml.dimensions import Dimension, Events, Mask, Values
from coculture.flow.interchange.gating_ml.gates.gate import DimensionReader, Gate, GateReader
from coculture.flow.interchange.xml_file import (
    Element,
    InterchangeError,
    attribute,
    children,
    needed,
    number,
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
    on_edge = np.zeros(len(x), dtype=bool)
    for (x0, y0), (x1, y1) in zip(vertices, np.roll(vertices, -1, axis=0), strict=True):
        side = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
        spans = (y0 > y) != (y1 > y)
        inside ^= spans & ((side > 0) == (y1 > y0))
        within = (np.minimum(x0, x1) <= x) & (x <= np.maximum(x0, x1))
        within &= (np.minimum(y0, y1) <= y) & (y <= np.maximum(y0, y1))
        on_edge |= within & (side == 0)
    return inside | on_edge


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


READER = GateReader("PolygonGate", _read)
