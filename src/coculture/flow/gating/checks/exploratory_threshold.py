"""A threshold that no control supports, even if the config asks for it."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.gating import sources
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "exploratory_threshold"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for each gate of a sample that an exploratory source set."""
    if one.tube.role != "sample":
        return
    for name, block in experiment.blocks[one.population.name].items():
        source = sources.SOURCES.get(block["source"])
        if source is None or source.TRUST != "exploratory":
            continue
        yield Flag(
            subjects.gate(experiment, one.population.name, block),
            CODE,
            "caution",
            f"{experiment.name}: the {subjects.gate_name(name)} threshold of {one.population.name} "
            f"is exploratory. It was set from {source.NAME}, without a control.",
        )
