"""BooleanGate: and, or, not of other gates."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

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
    children,
    gating,
    needed,
)

_OPERATIONS = {"and": np.logical_and, "or": np.logical_or, "not": np.logical_and}


@dataclass(frozen=True)
class Boolean:
    """Other gates together.

    Attributes
    ----------
    operation
        and, or, not.
    operands
        Each gate, and whether its complement is taken.
    """

    id: str
    parent: str | None
    operation: str
    operands: tuple[tuple[str, bool], ...]
    dimensions: tuple[Dimension, ...] = ()

    def keeps(self, events: Events) -> Mask:
        """Which events it keeps, without its parents, shape (events,)."""
        masks = [
            ~events.mask(gate) if complement else events.mask(gate)
            for gate, complement in self.operands
        ]
        kept: Mask = reduce(_OPERATIONS[self.operation], masks)
        return ~kept if self.operation == "not" else kept


def _read(element: Element, _: DimensionReader) -> list[Gate]:
    name = needed(element, "id")
    for operation in _OPERATIONS:
        for found in children(element, operation):
            operands = tuple(
                (needed(one, "ref"), attribute(one, "use-as-complement") in ("true", "1"))
                for one in children(found, "gateReference")
            )
            if operands and (operation != "not" or len(operands) == 1):
                return [Boolean(name, attribute(element, "parent_id"), operation, operands)]
    raise InterchangeError(f"Gate {name}: a BooleanGate is an and, or, or not of other gates.")


def _write(gates: Sequence[Gate], element: Element, _: DimensionWriter) -> None:
    (gate,) = gates
    assert isinstance(gate, Boolean)
    operation = added(element, gating(gate.operation))
    for name, complement in gate.operands:
        reference = added(operation, gating("gateReference"), {gating("ref"): name})
        if complement:
            reference.set(gating("use-as-complement"), "true")


KIND = GateKind("BooleanGate", _read, _write)
