"""A gate that the config sets: worth knowing, not a fault."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.gating.sources import manual

CODE = "gate_set_by_hand"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A note for each gate of the population that was set by hand."""
    population = one.population.name
    yield from experiment.once((CODE, population), lambda: list(_of(population, experiment)))


def _of(population: str, experiment: Experiment) -> Iterator[Flag]:
    for name, block in experiment.blocks[population].items():
        if block["source"] != manual.CODE:
            continue
        found = f" at {number(float(block['threshold']))}" if "threshold" in block else ""
        automatic = (
            f"; the automatic threshold is {number(float(block['automatic']))}"
            if "automatic" in block
            else ""
        )
        yield Flag(
            subjects.gate(experiment, population, block),
            CODE,
            "note",
            f"{experiment.name}: the {experiment.settings.gate_name(name)} gate of {population} "
            f"was set by hand{found}{automatic}.",
        )
