"""A gate that could have been set otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coculture.exchange.alternatives import Alternative
from coculture.flow.gating import gates
from coculture.flow.settings import FlowSettings


@dataclass(frozen=True)
class OtherGate:
    """Another gate of a stain or marker in place of the one that is used.

    Attributes
    ----------
    alternative
        What is different; the same for all populations.
    population
        Name of the population whose gate it is.
    gate
        Name of the gate.
    block
        The other gate; None if this experiment does not have it, and keeps its own.
    kept_because
        Why the experiment keeps its own.
    """

    alternative: Alternative
    population: str
    gate: str
    block: gates.Block | None
    kept_because: str = ""


def stains_and_markers(
    blocks: Mapping[str, Mapping[str, gates.Block]], settings: FlowSettings
) -> Iterator[tuple[str, str, str, gates.Block]]:
    """Population, gate, its name in words and its block, of each stain and marker with a threshold.

    Parameters
    ----------
    blocks
        Population -> gate -> its block.
    """
    for population in settings.populations:
        named = {marker.gate: marker.gate for marker in population.markers}
        named |= {stain.gate: stain.name for stain in settings.outcomes.stains}
        for gate, name in named.items():
            block = blocks[population.name].get(gate)
            if block is not None and "threshold" in block:
                yield population.name, gate, name, block
