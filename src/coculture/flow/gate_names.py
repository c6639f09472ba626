"""Names of the gates, in the order in which they are applied."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coculture.flow.settings import Population

SHARED_GATES = ("scatter", "side_scatter", "time", "cells", "singlets")
"""Names of the gates that all populations share, applied first."""


def gate_names(population: "Population", stains: Sequence[str]) -> list[str]:
    """Names of the gates that a population can have, in the order in which they are applied."""
    return [*SHARED_GATES, *(marker.gate for marker in population.markers), *stains]
