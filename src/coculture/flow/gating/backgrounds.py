"""What cells without a stain give in its channel: the background of a median (MFI).

The FMO control of the channel shows it best, because it has all other stains; then cells without
the stain or marker (population_negative with its channel), then the unstained control. A control in
which the cells are above the threshold of the channel is none: unstained cells may have a reporter.
"""

from collections.abc import Callable, Mapping, Sequence

from coculture.flow.gating import gates
from coculture.flow.gating.live_peaks import middle
from coculture.flow.gating.measurement import Measurement
from coculture.flow.gating.sources.threshold import FEWEST_EVENTS
from coculture.flow.settings import FlowSettings, Population
from coculture.flow.tubes import Tube

Wanted = Callable[[Tube, str], bool]

_CONTROLS: tuple[Wanted, ...] = (
    lambda tube, channel: tube.lacked_channel == channel,
    lambda tube, channel: tube.is_control_of(channel) and tube.stained_channel == channel,
    lambda tube, _channel: tube.is_unstained,
)
"""The controls of a channel ($PnN), the best first."""


def backgrounds(
    measured: Mapping[int, Sequence[Measurement]],
    blocks: Mapping[str, Mapping[str, gates.Block]],
    settings: FlowSettings,
) -> dict[tuple[str, str], float]:
    """Population and channel, as the config names them -> median of its control, linear.

    Parameters
    ----------
    measured
        Row of a file -> its measurements, one for each population.
    blocks
        Population -> gate -> its block.
    settings
        The flow section of the config.

    Returns
    -------
    None for a channel without a control that has 100 cells.
    """
    every = [one for of_file in measured.values() for one in of_file if not one.tube.is_on_beads]
    found = {}
    for population in settings.populations:
        own = [one for one in every if one.population.name == population.name]
        for channel in settings.stained_channels:
            block = _block(population, channel, blocks[population.name], settings)
            value = _background(own, channel, block, population)
            if value is not None:
                found[population.name, channel] = value
    return found


def _block(
    population: Population,
    channel: str,
    blocks: Mapping[str, gates.Block],
    settings: FlowSettings,
) -> gates.Block:
    """The gate of the population in a channel; empty without one."""
    named = {stain.channel: stain.gate for stain in settings.stains}
    named |= {marker.channel: marker.gate for marker in population.markers}
    return blocks.get(named.get(channel, ""), {})


def _background(
    own: Sequence[Measurement], channel: str, block: gates.Block, population: Population
) -> float | None:
    failed = {
        each["fcs"]
        for each in block.get("failed_controls", ())
        if each["looks_like"] != "carry_over"
    }
    lines = {one.tube.cells for one in own if one.tube.role == "sample"}
    is_marker = channel in [marker.channel for marker in population.markers]
    for wanted in _CONTROLS:
        tubes = [
            one
            for one in own
            if wanted(one.tube, one.tube.panel.names[channel]) and one.tube.fcs not in failed
        ]
        tubes = [one for one in tubes if one.tube.cells in lines] or tubes
        value = middle(_median(one, channel, of_singlets=is_marker) for one in tubes)
        if value < float(block.get("threshold", float("inf"))):
            return value
    return None


def _median(one: Measurement, channel: str, *, of_singlets: bool) -> float:
    """Of the population's cells, or of all single cells where it has few; NaN with too few."""
    name = one.tube.panel.names[channel]
    of_stages = ((one.medians, "population"), (one.singlet_medians, "singlets"))
    for medians, stage in of_stages[of_singlets:]:
        if name in medians and one.counts.after.get(stage, 0) >= FEWEST_EVENTS:
            return medians[name]
    return float("nan")
