"""A gate on cells whose densest pile may be debris, because no event takes a dye of dead cells."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.gating import gates
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.gating.sources import debris

CODE = "debris_not_testable"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the gate of a sample."""
    block = experiment.blocks[one.population.name].get(gates.CELLS, {})
    if one.tube.role != "sample" or block.get("source") != debris.UNTESTED:
        return
    (channel,) = block["channels"]
    yield Flag(
        subjects.gate(experiment, one.population.name, block),
        CODE,
        "caution",
        f"{experiment.name}: most events are far smaller in {channel} than the largest cells, and "
        f"were taken as cells. Whether they are debris is not testable, because {_why(one)}.",
    )


def _why(one: Measurement) -> str:
    """The reason, and what to do."""
    gates_of = {stain.gate: stain for stain in one.tube.panel.of_stains}
    dye = gates_of.get(gates.VIABILITY_DYE)
    if dye is None:
        return (
            "the study has no dye of dead cells under flow.channels.viability_dye. Draw the gate "
            "on cells yourself (flow.gates)"
        )
    name = f"the {dye.name}" if gates.ANNEXIN in gates_of else dye.name
    return (
        f"too few events take {name}. Draw the gate on cells yourself (flow.gates), or include a "
        "tube with dead cells"
    )
