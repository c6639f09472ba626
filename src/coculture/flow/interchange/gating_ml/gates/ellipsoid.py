"""EllipsoidGate: within a distance of a mean, in any number of dimensions."""

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
    InterchangeError,
    added,
    attribute,
    child,
    children,
    data_type,
    gating,
    needed,
    number,
    written,
)
from coculture.linear_algebra import inverted


@dataclass(frozen=True)
class Ellipsoid:
    """(x - mean)' inv(covariance) (x - mean) <= distance_square."""

    id: str
    parent: str | None
    dimensions: tuple[Dimension, ...]
    mean: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    distance_square: float

    def keeps(self, events: Events) -> Mask:
        """Which events it keeps, without its parents, shape (events,)."""
        values = np.column_stack([events.values(one) for one in self.dimensions])
        away = values - np.array(self.mean)
        inverse = inverted(np.array(self.covariance))
        distance = np.einsum("ij,jk,ik->i", away, inverse, away)
        return np.asarray(distance <= self.distance_square)


def _read(element: Element, dimension: DimensionReader) -> list[Gate]:
    name = needed(element, "id")
    dimensions = tuple(map(dimension, children(element, "dimension")))
    mean = tuple(number(one, "value") for one in children(child(element, "mean"), "coordinate"))
    rows = children(child(element, "covarianceMatrix"), "row")
    covariance = tuple(
        tuple(number(one, "value") for one in children(row, "entry")) for row in rows
    )
    size = len(dimensions)
    if len(mean) != size or [len(row) for row in covariance] != [size] * size:
        raise InterchangeError(f"Gate {name}: its mean and covariance need {size} dimensions.")
    square = number(child(element, "distanceSquare"), "value")
    parent = attribute(element, "parent_id")
    return [Ellipsoid(name, parent, dimensions, mean, covariance, square)]


def _write(gates: Sequence[Gate], element: Element, dimension: DimensionWriter) -> None:
    (gate,) = gates
    assert isinstance(gate, Ellipsoid)
    for one in gate.dimensions:
        dimension(element, one, "dimension")
    mean = added(element, gating("mean"))
    for value in gate.mean:
        added(mean, gating("coordinate"), {data_type("value"): written(value)})
    matrix = added(element, gating("covarianceMatrix"))
    for row in gate.covariance:
        inside = added(matrix, gating("row"))
        for value in row:
            added(inside, gating("entry"), {data_type("value"): written(value)})
    square = {data_type("value"): written(gate.distance_square)}
    added(element, gating("distanceSquare"), square)


KIND = GateKind("EllipsoidGate", _read, _write)
