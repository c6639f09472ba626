"""A Gating-ML 2.0 document: its gates with their dimensions, scales and matrices."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.flow.interchange.gating_ml.dimensions import UNCOMPENSATED, Dimension, Ratio
from coculture.flow.interchange.gating_ml.gates import Gate, read_gates
from coculture.flow.interchange.gating_ml.transforms import (
    SCALES,
    Scale,
    ScaleError,
    scale_named,
)
from coculture.flow.interchange.gating_ml.transforms.identity import Identity
from coculture.flow.interchange.xml_file import (
    Element,
    InterchangeError,
    as_number,
    attribute,
    child,
    children,
    needed,
    number,
    root_of,
    tag,
)


@dataclass(frozen=True, eq=False)
class GatingDocument:
    """The content of a Gating-ML document.

    Attributes
    ----------
    gates
        Id -> gate; a quadrant gate is there as its quadrants.
    matrices
        Id -> spillover: a row for each stain, a column for each detector.
    """

    gates: Mapping[str, Gate]
    matrices: Mapping[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class _Bounded:
    """A scale with its bounds."""

    scale: Scale
    low: float
    high: float


def read(path: Path) -> GatingDocument:
    """Read a Gating-ML 2.0 file.

    Raises
    ------
    InterchangeError
        If it cannot be read, or has a gate, scale or matrix that is not known; the message names
        the file and what it is.
    """
    root = root_of(path)
    try:
        return document(root)
    except InterchangeError as error:
        raise InterchangeError(f"{path}: {error}") from error


def on_detectors(found: GatingDocument) -> GatingDocument:
    """The document with each stain of a matrix called as the detector that it is seen most in.

    Raises
    ------
    InterchangeError
        If two stains of a matrix are seen most in one detector.
    """
    names = {name: _detectors(name, matrix) for name, matrix in found.matrices.items()}

    def renamed(one: Dimension) -> Dimension:
        return replace(one, name=names.get(one.compensation, {}).get(one.name, one.name))

    return GatingDocument(
        {
            name: _with_dimensions(gate, tuple(map(renamed, gate.dimensions)))
            for name, gate in found.gates.items()
        },
        {name: matrix.rename(index=names[name]) for name, matrix in found.matrices.items()},
    )


def _with_dimensions(gate: Gate, dimensions: tuple[Dimension, ...]) -> Gate:
    changed: Gate = replace(gate, dimensions=dimensions)  # type: ignore[type-var]
    return changed


def _detectors(name: str, matrix: pd.DataFrame) -> dict[str, str]:
    columns = [str(column) for column in matrix.columns]
    seen = {str(stain): columns[int(row.argmax())] for stain, row in _rows(matrix)}
    if len(set(seen.values())) < len(seen):
        raise InterchangeError(f"The matrix {name} has two stains that one detector sees most.")
    return seen


def _rows(matrix: pd.DataFrame) -> list[tuple[object, NDArray[np.float64]]]:
    return list(zip(matrix.index, matrix.to_numpy(dtype=np.float64), strict=True))


def document(root: Element) -> GatingDocument:
    """The content of the root element of a document."""
    scales: dict[str, _Bounded] = {}
    ratios: dict[str, Ratio] = {}
    matrices = {}
    for element in root.iter():
        if tag(element) == "transformation":
            name, inner = needed(element, "id"), _inner(element)
            if tag(inner) == "fratio":
                ratios[name] = _ratio(inner)
            else:
                scales[name] = _Bounded(
                    _scale(inner, name),
                    _bound(element, "boundMin", -np.inf),
                    _bound(element, "boundMax", np.inf),
                )
        elif tag(element) == "spectrumMatrix":
            matrices[needed(element, "id")] = _matrix(element)

    def dimension(element: Element) -> Dimension:
        return _dimension(element, scales, ratios)

    return GatingDocument(read_gates(root, dimension), matrices)


def _inner(element: Element) -> Element:
    known = [child for child in element if tag(child) in (*SCALES, "fratio")]
    if len(known) != 1:
        inside = ", ".join(tag(child) for child in element) or "nothing"
        raise InterchangeError(
            f"The transformation {needed(element, 'id')} is {inside}, which is not known."
        )
    return known[0]


def _scale(element: Element, name: str) -> Scale:
    parameters = {key.split("}")[-1]: value for key, value in element.attrib.items()}
    try:
        return scale_named({**parameters, "name": tag(element)})
    except ScaleError as error:
        raise InterchangeError(f"The transformation {name}: {error}") from error


def _bound(element: Element, name: str, absent: float) -> float:
    written = attribute(element, name)
    return absent if written is None else as_number(written, name)


def _ratio(element: Element) -> Ratio:
    names = [needed(one, "name") for one in children(element, "fcs-dimension")]
    if len(names) != 2:
        raise InterchangeError("A ratio (fratio) is of two channels.")
    return Ratio(names[0], names[1], *(number(element, key) for key in "ABC"))


def _matrix(element: Element) -> pd.DataFrame:
    name = needed(element, "id")
    if attribute(element, "matrix-inverted-already") in ("true", "1"):
        raise InterchangeError(f"The matrix {name} is inverted already, which is not read.")
    stains, detectors = (
        [needed(one, "name") for one in children(child(element, part), "fcs-dimension")]
        for part in ("fluorochromes", "detectors")
    )
    rows = [
        [number(one, "value") for one in children(row, "coefficient")]
        for row in children(element, "spectrum")
    ]
    if [len(row) for row in rows] != [len(detectors)] * len(stains):
        raise InterchangeError(
            f"The matrix {name} has not {len(detectors)} values for each of {len(stains)} stains."
        )
    return pd.DataFrame(rows, index=stains, columns=detectors)


def _dimension(
    element: Element, scales: Mapping[str, _Bounded], ratios: Mapping[str, Ratio]
) -> Dimension:
    name, ratio = "", None
    new = next(children(element, "new-dimension"), None)
    if new is not None:
        reference = needed(new, "transformation-ref")
        if reference not in ratios:
            raise InterchangeError(f"There is no ratio {reference}.")
        ratio = ratios[reference]
        name = f"{ratio.numerator} / {ratio.denominator}"
    else:
        name = needed(child(element, "fcs-dimension"), "name")
    reference = attribute(element, "transformation-ref") or ""
    if reference and reference not in scales:
        raise InterchangeError(f"There is no transformation {reference}.")
    scale = scales.get(reference, _Bounded(Identity(), -np.inf, np.inf))
    return Dimension(
        name,
        attribute(element, "compensation-ref") or UNCOMPENSATED,
        scale.scale,
        ratio,
        scale.low,
        scale.high,
    )
