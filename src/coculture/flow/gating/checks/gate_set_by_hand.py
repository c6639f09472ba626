"""A gate that a person set: worth knowing, not a fault."""

from collections.abc import Iterator
from typing import Any

from coculture.exchange.flags import Flag
from coculture.exchange.manual_gates import SOURCE, Decision, OwnGate
from coculture.exchange.vocabulary import listed, number
from coculture.flow.gating import gates
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "gate_set_by_hand"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A note for each gate of the population that was set by hand, for all files or for some."""
    population = one.population.name
    yield from experiment.once((CODE, population), lambda: list(_of(population, experiment)))


def _of(population: str, experiment: Experiment) -> Iterator[Flag]:
    for name, block in experiment.blocks[population].items():
        said = [*_of_all(block), *_of_some(block)]
        if said:
            gate = f"the {experiment.settings.gate_name(name)} gate of {population}"
            yield Flag(
                subjects.gate(experiment, population, block),
                CODE,
                "note",
                f"{experiment.name}: {gate} was set by hand{'; '.join(said)}.",
            )


def _of_all(block: gates.Block) -> Iterator[str]:
    if block["source"] != SOURCE:
        return
    yield (f" at {number(float(block['threshold']))}" if "threshold" in block else "") + _why(
        Decision.of(block)
    )
    if isinstance(block.get("automatic"), int | float):
        yield f"the automatic threshold is {number(float(block['automatic']))}"
    elif "automatic" in block:
        yield f"the automatic gate is {_automatic(block)}"


def _automatic(block: gates.Block) -> str:
    """Where the automatic gate of one with corners would be."""
    found: Any = block["automatic"]
    shape = {"vertices": found} if isinstance(found, list) else found
    kept = {key: value for key, value in block.items() if key in ("channels", "keep")}
    return gates.boundary({**(kept if isinstance(found, list) else {}), **shape})


def _of_some(block: gates.Block) -> Iterator[str]:
    own = [OwnGate.of(one) for one in block.get("exceptions", ())]
    if own:
        begin = "" if block["source"] == SOURCE else " "
        yield (
            begin + "for " + listed([f"{one.fcs}{_where(one)}{_why(one.decision)}" for one in own])
        )


def _where(one: OwnGate) -> str:
    return f" at {number(float(one.value))}" if isinstance(one.value, float) else ""


def _why(decision: Decision) -> str:
    """The reason, by whom and when; empty if nothing says so."""
    return f": {decision.in_words}" if decision.in_words else ""
