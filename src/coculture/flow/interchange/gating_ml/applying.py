"""Which events of an FCS file the gates of a document keep."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from coculture.flow.compensation.spillover import embedded_spillover
from coculture.flow.fcs.data import read_events
from coculture.flow.fcs.header import FcsHeader
from coculture.flow.interchange.gating_ml.dimensions import (
    OF_FILE,
    UNCOMPENSATED,
    Dimension,
    Mask,
    Values,
)
from coculture.flow.interchange.gating_ml.reading import GatingDocument
from coculture.flow.interchange.xml_file import InterchangeError
from coculture.linear_algebra import inverted, product, weighted_sum


@dataclass(frozen=True, eq=False)
class FileEvents:
    """The events of one FCS file, as the gates of a document see them.

    Values are linear: logarithmic amplifiers and gains are applied, as the standard asks.
    """

    header: FcsHeader
    document: GatingDocument
    _recorded: dict[str, Values] = field(default_factory=dict, repr=False)
    _compensated: dict[str, dict[str, Values]] = field(default_factory=dict, repr=False)
    _masks: dict[str, Mask] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.header.events

    def values(self, dimension: Dimension) -> Values:
        """Scale values along a dimension, shape (events,)."""
        ratio = dimension.ratio
        if ratio is None:
            return dimension.scaled(self._linear(dimension.name, dimension.compensation))
        parts = (ratio.numerator, ratio.denominator)
        x, y = (self._linear(name, dimension.compensation) for name in parts)
        return dimension.scaled(ratio.of(x, y))

    def mask(self, gate: str) -> Mask:
        """Which events a gate keeps, its parents included, shape (events,).

        Raises
        ------
        InterchangeError
            If there is no such gate, or it is among its own parents.
        """
        return self._mask(gate, ())

    def _mask(self, gate: str, below: tuple[str, ...]) -> Mask:
        if gate in below:
            raise InterchangeError(f"The gate {gate} is among its own parents.")
        if gate not in self.document.gates:
            raise InterchangeError(f"There is no gate {gate}.")
        if gate not in self._masks:
            found = self.document.gates[gate]
            inner = _Below(self, (*below, gate))
            kept = found.keeps(inner)
            if found.parent is not None:
                kept = kept & self._mask(found.parent, (*below, gate))
            self._masks[gate] = kept
        return self._masks[gate]

    def _linear(self, name: str, compensation: str) -> Values:
        if compensation == UNCOMPENSATED:
            return self._as_recorded(name)
        if compensation not in self._compensated:
            self._compensated[compensation] = self._unmixed(self._matrix(compensation))
        # Channels that a matrix does not have are as they were recorded.
        found = self._compensated[compensation].get(name)
        return self._as_recorded(name) if found is None else found

    def _matrix(self, compensation: str) -> pd.DataFrame:
        if compensation == OF_FILE:
            found = embedded_spillover(self.header)
            return pd.DataFrame() if found is None else found
        if compensation not in self.document.matrices:
            raise InterchangeError(f"There is no spillover matrix {compensation}.")
        return self.document.matrices[compensation]

    def _unmixed(self, matrix: pd.DataFrame) -> dict[str, Values]:
        if matrix.empty:
            return {}
        observed = [self._as_recorded(str(name)) for name in matrix.columns]
        spill = matrix.to_numpy(dtype=np.float64)
        if spill.shape[0] == spill.shape[1]:
            inverse = inverted(spill)
        else:
            inverse = product(spill.T, inverted(product(spill, spill.T)))
        return {
            str(name): weighted_sum(observed, inverse[:, place])
            for place, name in enumerate(matrix.index)
        }

    def _as_recorded(self, name: str) -> Values:
        if name not in self._recorded:
            if name not in self.header.names:
                raise InterchangeError(
                    f"{self.header.path.name} has no channel {name}, only "
                    f"{', '.join(self.header.names)}."
                )
            self._recorded[name] = read_events(self.header, [name])[:, 0]
        return self._recorded[name]


@dataclass(frozen=True, eq=False)
class _Below:
    """The events as a gate sees them whose own mask is being made."""

    events: FileEvents
    gates: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.events)

    def values(self, dimension: Dimension) -> Values:
        return self.events.values(dimension)

    def mask(self, gate: str) -> Mask:
        return self.events._mask(gate, self.gates)
