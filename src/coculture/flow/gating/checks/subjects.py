"""What the flags of gating concern: a tube, one population of it, a gate or an experiment."""

from coculture.exchange.flags import Concerns
from coculture.flow.files import WELLS
from coculture.flow.gating import gates
from coculture.flow.gating.marker_state import MarkerState
from coculture.flow.gating.measurement import Experiment, Measurement


def tube(one: Measurement, channel: str = "") -> Concerns:
    """The file, whatever the population."""
    return Concerns(
        WELLS,
        "tube",
        experiment=one.tube.experiment,
        fcs=one.tube.fcs,
        channel=channel,
        culture=one.tube.culture,
    )


def population(one: Measurement, channel: str = "") -> Concerns:
    """One population of the file."""
    return Concerns(
        WELLS,
        "tube",
        experiment=one.tube.experiment,
        fcs=one.tube.fcs,
        population=one.population.name,
        channel=channel,
        culture=one.tube.culture,
    )


def gate(experiment: Experiment, population_name: str, block: gates.Block) -> Concerns:
    """A gate, which all files of the experiment share."""
    return Concerns(
        WELLS,
        "gate",
        experiment=experiment.name,
        population=population_name,
        channel=", ".join(map(str, block["channels"])),
    )


def marker(of: Experiment, state: MarkerState) -> Concerns:
    """The gate of a marker, which all files of the experiment share."""
    return Concerns(
        WELLS,
        "gate",
        experiment=of.name,
        population=state.population,
        channel=state.channel,
    )


def marker_name(state: MarkerState) -> str:
    """A marker in a sentence, with its channel where that is another name."""
    if state.marker == state.channel:
        return state.marker
    return f"{state.marker} ({state.channel})"


def experiment(of: Experiment, channel: str = "", population: str = "") -> Concerns:
    """All files of the experiment, or one population of them."""
    return Concerns(WELLS, "experiment", experiment=of.name, population=population, channel=channel)


def channel_of(of: Experiment, population_name: str, stain: str) -> str:
    """The channel ($PnN) of a stain, from its gate."""
    return str(of.blocks[population_name][stain]["channels"][0])
