"""A Gating-ML 2.0 document of gates."""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

import pandas as pd

from coculture.flow.interchange.gating_ml.dimensions import Dimension, Ratio
from coculture.flow.interchange.gating_ml.gates import KINDS, Gate
from coculture.flow.interchange.gating_ml.gates.boolean import Boolean
from coculture.flow.interchange.gating_ml.gates.ellipsoid import Ellipsoid
from coculture.flow.interchange.gating_ml.gates.polygon import Polygon
from coculture.flow.interchange.gating_ml.gates.quadrant import Quadrant
from coculture.flow.interchange.gating_ml.transforms import Scale, as_mapping
from coculture.flow.interchange.gating_ml.transforms.identity import Identity
from coculture.flow.interchange.xml_file import (
    Element,
    added,
    data_type,
    gating,
    text_of,
    transforms,
    written,
)


def text(
    gates: Sequence[Gate],
    matrices: Mapping[str, pd.DataFrame],
    words: Mapping[str, str] | None = None,
) -> str:
    """A document as text.

    Parameters
    ----------
    gates
        In their order; the quadrants of one quadrant gate follow one another.
    matrices
        Id -> spillover: a row for each stain, a column for each detector.
    words
        Id of a gate -> what is said of it in `custom_info`; "" is the document itself.
    """
    words = words or {}
    root = ET.Element(gating("Gating-ML"))
    _say(root, words.get("", ""))
    named = _Named(root)
    for name, matrix in matrices.items():
        _add_matrix(root, name, matrix)
    for gate in gates:
        for dimension in gate.dimensions:
            named.define(dimension)
    for (element_name, name), group in groupby(gates, key=lambda one: (_element(one), _id(one))):
        members = list(group)
        element = added(root, gating(element_name), {gating("id"): name})
        if members[0].parent is not None:
            element.set(gating("parent_id"), members[0].parent)
        _say(element, words.get(name, ""))
        KINDS[element_name].write(members, element, named.dimension)
    return text_of(root)


def _element(gate: Gate) -> str:
    kinds = {
        Quadrant: "QuadrantGate",
        Polygon: "PolygonGate",
        Boolean: "BooleanGate",
        Ellipsoid: "EllipsoidGate",
    }
    return next((name for kind, name in kinds.items() if isinstance(gate, kind)), "RectangleGate")


def _id(gate: Gate) -> str:
    return gate.of if isinstance(gate, Quadrant) else gate.id


def _say(element: Element, words: str) -> None:
    if words:
        added(element, data_type("custom_info")).text = words


def _add_matrix(root: Element, name: str, matrix: pd.DataFrame) -> None:
    element = added(root, transforms("spectrumMatrix"), {transforms("id"): name})
    for part, names in (("fluorochromes", matrix.index), ("detectors", matrix.columns)):
        inside = added(element, transforms(part))
        for one in names:
            added(inside, data_type("fcs-dimension"), {data_type("name"): str(one)})
    for row in matrix.to_numpy():
        spectrum = added(element, transforms("spectrum"))
        for value in row:
            added(spectrum, transforms("coefficient"), {transforms("value"): written(value)})


_Defined = Ratio | tuple[Scale, float, float]


def _bounded(dimension: Dimension) -> tuple[Scale, float, float]:
    return dimension.scale, dimension.low, dimension.high


class _Named:
    """The scales and ratios of a document, each defined once, before the first gate."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._ids: dict[_Defined, str] = {}

    def define(self, dimension: Dimension) -> None:
        """Define what a dimension needs, unless it is there already."""
        ratio, scale, bounded = dimension.ratio, dimension.scale, _bounded(dimension)
        if ratio is not None and ratio not in self._ids:
            inside = self._transformation(ratio, "ratio")
            constants = {transforms(key): written(getattr(ratio, key)) for key in "ABC"}
            fratio = added(inside, transforms("fratio"), constants)
            for name in (ratio.numerator, ratio.denominator):
                added(fratio, data_type("fcs-dimension"), {data_type("name"): name})
        if not isinstance(scale, Identity) and bounded not in self._ids:
            inside = self._transformation(bounded, scale.NAME)
            for name, end in (("boundMin", dimension.low), ("boundMax", dimension.high)):
                if math.isfinite(end):
                    inside.set(transforms(name), written(end))
            parameters = {key: value for key, value in as_mapping(scale).items() if key != "name"}
            added(
                inside,
                transforms(scale.NAME),
                {transforms(key): written(value) for key, value in parameters.items()},
            )

    def _transformation(self, what: "_Defined", kind: str) -> Element:
        self._ids[what] = f"{kind}{len(self._ids) + 1}"
        return added(self._root, transforms("transformation"), {transforms("id"): self._ids[what]})

    def dimension(self, element: Element, dimension: Dimension, name: str) -> Element:
        """Add <dimension> or <divider> to a gate."""
        attributes = {gating("compensation-ref"): dimension.compensation}
        if _bounded(dimension) in self._ids:
            attributes[gating("transformation-ref")] = self._ids[_bounded(dimension)]
        found = added(element, gating(name), attributes)
        if dimension.ratio is not None:
            reference = {data_type("transformation-ref"): self._ids[dimension.ratio]}
            added(found, data_type("new-dimension"), reference)
        else:
            added(found, data_type("fcs-dimension"), {data_type("name"): dimension.name})
        return found
