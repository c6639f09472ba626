"""What every gate has, and what a reader of gates gets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from coculture.flow.interchange.gating_ml.dimensions import Dimension, Events, Mask
from coculture.flow.interchange.xml_file import Element

DimensionWriter = Callable[[Element, Dimension, str], Element]
"""Adds an element of the name that is given (dimension, divider) inside one; what it returns."""
DimensionReader = Callable[[Element], Dimension]
"""Reads <dimension> or <divider> with the scales and matrices of its document."""


class Gate(Protocol):
    """A gate of any kind. Its fields are those of the standard."""

    @property
    def id(self) -> str: ...

    @property
    def parent(self) -> str | None: ...

    @property
    def dimensions(self) -> tuple[Dimension, ...]: ...

    def keeps(self, events: Events) -> Mask:
        """Which events it keeps, without its parents, shape (events,)."""
        ...


@dataclass(frozen=True)
class GateKind:
    """One kind of gate: its element, and how it is read and written.

    A quadrant gate is several gates; every other element is one.
    """

    element: str
    read: Callable[[Element, DimensionReader], list[Gate]]
    write: Callable[[Sequence[Gate], Element, DimensionWriter], None]
    """Fills the element with what the gates have besides id and parent."""
