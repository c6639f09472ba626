"""A threshold that no control supports, even if the config asks for it."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import many
from coculture.flow.files import MARKER_FMO
from coculture.flow.gating import gates, sources
from coculture.flow.gating.checks import marker_reversed, subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.gating.sources.threshold import FEWEST_EVENTS

CODE = "exploratory_threshold"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for each gate of a sample that an exploratory source set."""
    if one.tube.role != "sample":
        return
    for name, block in experiment.blocks[one.population.name].items():
        source = sources.SOURCES.get(block["source"])
        if source is None or source.TRUST != "exploratory":
            continue
        if marker_reversed.is_reversed(experiment, one.population.name, name):
            continue
        yield Flag(
            subjects.gate(experiment, one.population.name, block),
            CODE,
            "caution",
            f"{experiment.name}: the {experiment.settings.gate_name(name)} threshold of "
            f"{one.population.name} is exploratory. It was set from {source.NAME}, without a "
            "control."
            f"{_unused(name, block, experiment)}",
        )


def _unused(name: str, block: gates.Block, experiment: Experiment) -> str:
    """Why the controls that the experiment has did not set the threshold; empty without any."""
    tubes = [of_file[0] for of_file in experiment.measurements.values()]
    (channel,) = block["channels"]
    if name in experiment.settings.stain_gates:
        wanted = {*sources.unstained.roles(name), *sources.fmo.roles(name)} - {MARKER_FMO}
        controls = [
            one for one in tubes if one.tube.role in wanted or one.tube.is_fmo_of(str(channel))
        ]
    else:
        controls = [one for one in tubes if one.tube.role in ("population_negative", MARKER_FMO)]
    failed = {entry["fcs"] for entry in block.get("failed_controls", ())}
    whys = [
        f"{one.tube.fcs} {why}"
        for one in controls
        if one.tube.fcs not in failed and (why := _why(one, str(channel)))
    ]
    return f" {'; '.join(whys)}." if whys else ""


def _why(one: Measurement, channel: str) -> str:
    tube, cells = one.tube, one.counts.after.get("singlets", 0)
    if tube.stained_channel not in ("", channel):
        return f"is for another marker ({tube.channel})"
    if cells < FEWEST_EVENTS:
        return f"has only {many(cells, 'single cell')} (at least {FEWEST_EVENTS} needed)"
    return ""
