"""Every kind of gate, and the gates of a document."""

from coculture.flow.interchange.gating_ml.gates import (
    boolean,
    ellipsoid,
    polygon,
    quadrant,
    rectangle,
)
from coculture.flow.interchange.gating_ml.gates.gate import DimensionReader, Gate
from coculture.flow.interchange.xml_file import Element, InterchangeError, tag

KINDS = {one.KIND.element: one.KIND for one in (rectangle, polygon, quadrant, ellipsoid, boolean)}
"""Element -> how it is read and written."""


def read_gates(root: Element, dimension: DimensionReader) -> dict[str, Gate]:
    """Every gate of a document, wherever it is in it.

    Raises
    ------
    InterchangeError
        If two gates have one id, or a gate is of an unknown kind.
    """
    found: dict[str, Gate] = {}
    for element in root.iter():
        name = tag(element)
        if name in KINDS:
            for gate in KINDS[name].read(element, dimension):
                if gate.id in found:
                    raise InterchangeError(f"Two gates have the id {gate.id}.")
                found[gate.id] = gate
        elif name.endswith("Gate"):
            raise InterchangeError(f"<{name}> is a kind of gate that is not known.")
    return found
