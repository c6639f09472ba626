"""A threshold that was set from a worse source than the best, because controls are missing.

A source that the config asks for is not flagged.
"""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.gating import sources
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "fallback_source"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for each gate of a sample that such a source set."""
    if one.tube.role != "sample":
        return
    asked = experiment.settings.thresholds
    for name, block in experiment.blocks[one.population.name].items():
        source = sources.SOURCES.get(block["source"])
        if source is None or source.TRUST != "fallback" or asked.get(name) == source.CODE:
            continue
        if name in [
            stain.gate for stain in experiment.settings.stains if stain.living_are_positive
        ]:
            # There is no live peak below such a threshold: a control is its best source.
            continue
        named = experiment.settings.gate_name(name)
        yield Flag(
            subjects.gate(experiment, one.population.name, block),
            CODE,
            "caution",
            f"{experiment.name}: the {named} threshold of {one.population.name} "
            f"was set from {source.NAME} only.",
        )
