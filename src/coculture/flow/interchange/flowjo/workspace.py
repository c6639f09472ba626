"""A FlowJo 10 workspace: of each tube the gates, on their scales and spillover, and its counts.

FlowJo writes rectangles and corners in linear values; a polygon's edges are straight on the scales
that the tube is shown on. A quadrant is four rectangles.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote, urlparse

import pandas as pd

from coculture.flow.interchange.flowjo.scales import read_scales
from coculture.flow.interchange.gating_ml.dimensions import UNCOMPENSATED, Dimension
from coculture.flow.interchange.gating_ml.gates import KINDS, Gate
from coculture.flow.interchange.gating_ml.gates.boolean import Boolean
from coculture.flow.interchange.gating_ml.gates.polygon import Polygon
from coculture.flow.interchange.gating_ml.reading import GatingDocument
from coculture.flow.interchange.gating_ml.transforms import Scale
from coculture.flow.interchange.gating_ml.transforms.identity import Identity
from coculture.flow.interchange.xml_file import (
    Element,
    InterchangeError,
    attribute,
    child,
    children,
    gating,
    needed,
    number,
    root_of,
    tag,
)

MATRIX = "matrix"
"""Id of the spillover of a tube."""
BETWEEN = " / "
_READ = ("RectangleGate", "PolygonGate")


@dataclass(frozen=True)
class WorkspaceGate:
    """One population of a tube.

    Attributes
    ----------
    path
        Its name, and those of the populations that it is inside, joined by `BETWEEN`; the id of
        its gate in the document of the tube.
    count
        The number of events that the workspace states; None if it states none.
    refusal
        Why the gate is not read; empty if it is.
    """

    name: str
    path: str
    count: int | None
    refusal: str = ""


@dataclass(frozen=True, eq=False)
class WorkspaceTube:
    """One tube of a workspace.

    Attributes
    ----------
    fcs
        The name of its file, without folders.
    document
        The gates that were read, with the spillover of the tube as `MATRIX`.
    """

    fcs: str
    gates: tuple[WorkspaceGate, ...]
    document: GatingDocument


def read(path: Path) -> list[WorkspaceTube]:
    """The tubes of a workspace.

    Raises
    ------
    InterchangeError
        If it cannot be read or is no workspace of FlowJo 10.
    """
    root = root_of(path)
    return tubes(root, path)


def tubes(root: Element, path: Path) -> list[WorkspaceTube]:
    """The tubes of the root element of a workspace."""
    if tag(root) != "Workspace":
        raise InterchangeError(f"{path}: is no workspace of FlowJo 10.")
    return [_tube(sample) for sample in children(child(root, "SampleList"), "Sample")]


def _tube(sample: Element) -> WorkspaceTube:
    fcs = _file_name(needed(child(sample, "DataSet"), "uri"))
    matrix, prefix = _matrix(sample)
    scales = read_scales(sample)
    found: list[WorkspaceGate] = []
    gates: dict[str, Gate] = {}
    reading = _Reading(prefix, matrix is not None, scales)
    for gate, read_gates in reading.populations(child(sample, "SampleNode"), None, ""):
        found.append(gate)
        gates |= read_gates
    matrices = {} if matrix is None else {MATRIX: matrix}
    return WorkspaceTube(fcs, tuple(found), GatingDocument(gates, matrices))


def _file_name(uri: str) -> str:
    path = unquote(urlparse(uri).path if "://" in uri or uri.startswith("file:") else uri)
    return PureWindowsPath(path).name if "\\" in path else PurePosixPath(path).name


def _matrix(sample: Element) -> tuple[pd.DataFrame | None, str]:
    """The spillover of a sample, by the names of its detectors, and the prefix of compensated ones.

    A matrix that separates nothing is none.
    """
    element = next(children(sample, "spilloverMatrix"), None)
    if element is None:
        return None, ""
    rows = {
        needed(row, "name"): {
            needed(one, "parameter"): number(one, "value") for one in children(row, "coefficient")
        }
        for row in children(element, "spillover")
    }
    matrix = pd.DataFrame.from_dict(rows, orient="index")
    return matrix.loc[:, list(matrix.index)], attribute(element, "prefix") or "Comp-"


@dataclass(frozen=True)
class _Reading:
    """Reads the populations of one sample."""

    prefix: str
    has_matrix: bool
    scales: Mapping[str, Scale]

    def populations(
        self, node: Element, parent: str | None, refused: str
    ) -> Iterator[tuple[WorkspaceGate, dict[str, Gate]]]:
        """Every population inside one, with the gates of the document that it needs."""
        for group in children(node, "Subpopulations"):
            for element in group:
                name = attribute(element, "name") or tag(element)
                path = name if parent is None else f"{parent}{BETWEEN}{name}"
                why, gates = refused, {}
                try:
                    gates = {} if refused else self._gates(element, path, parent)
                except InterchangeError as error:
                    why = str(error)
                count = attribute(element, "count")
                stated = int(count) if count and count.isdecimal() else None
                yield WorkspaceGate(name, path, stated, why), gates
                inside = f"it is inside {name}, which is not read" if why else ""
                yield from self.populations(element, path, inside)

    def _gates(self, element: Element, path: str, parent: str | None) -> dict[str, Gate]:
        if tag(element) != "Population":
            raise InterchangeError(f"it is made of other gates ({tag(element)})")
        (inner, *more) = list(child(element, "Gate")) or [element]
        if more or tag(inner) not in _READ:
            name = tag(inner)
            article = "an" if name[:1].upper() in "AEIOU" else "a"
            raise InterchangeError(f"it is {article} {name}")
        is_inside = attribute(inner, "eventsInside") != "0"
        own = path if is_inside else f"{path} (inside)"
        inner.set(gating("id"), own)
        inner.attrib.pop(gating("parent_id"), None)
        (gate,) = KINDS[tag(inner)].read(inner, self._dimension)
        gate = self._on_scales(gate)
        if is_inside:
            return {path: _with_parent(gate, parent)}
        return {own: gate, path: Boolean(path, parent, "not", ((own, False),))}

    def _dimension(self, element: Element) -> Dimension:
        written = needed(child(element, "fcs-dimension"), "name")
        if self.has_matrix and written.startswith(self.prefix):
            return Dimension(written.removeprefix(self.prefix), MATRIX)
        return Dimension(written, UNCOMPENSATED)

    def _on_scales(self, gate: Gate) -> Gate:
        """A polygon on the scales that its tube is shown on."""
        if not isinstance(gate, Polygon):
            return gate
        scales = [self._scale(one) for one in gate.dimensions]
        columns = [
            scale.transform([corner[place] for corner in gate.vertices]).tolist()
            for place, scale in enumerate(scales)
        ]
        dimensions = tuple(
            replace(one, scale=scale) for one, scale in zip(gate.dimensions, scales, strict=True)
        )
        corners = tuple((float(x), float(y)) for x, y in zip(*columns, strict=True))
        return replace(gate, dimensions=dimensions, vertices=corners)

    def _scale(self, dimension: Dimension) -> Scale:
        prefix = self.prefix if dimension.compensation == MATRIX else ""
        return self.scales.get(f"{prefix}{dimension.name}", Identity())


def _with_parent(gate: Gate, parent: str | None) -> Gate:
    changed: Gate = replace(gate, parent=parent)  # type: ignore[type-var]
    return changed
