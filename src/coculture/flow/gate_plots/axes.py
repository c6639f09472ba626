"""The axes on which all tubes of an experiment are shown, and which two each gate is shown on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coculture.flow.gate_names import SHARED_GATES
from coculture.flow.gating import gates
from coculture.flow.gating.pool import PooledTube, Values, gated
from coculture.flow.gating.sources.threshold import is_sample
from coculture.flow.plot_axes import View, channel_labels, linear_axis, stain_axis
from coculture.flow.settings import FlowSettings, Population
from coculture.flow.tubes import Panel

_OF_EACH = 1000
"""Events of a tube from which the limits of an axis are found: enough for its 0.2 % ends."""
_ROOM = 0.3
"""Share of the shown range of the pulse shape that is left free on both sides of the events."""
Blocks = Mapping[str, gates.Block]


@dataclass(frozen=True)
class GatePlot:
    """The two axes that a gate is shown on.

    Attributes
    ----------
    gates
        Names of the gates: one; of the stains all of them together.
    stage
        The events that are shown: those left after this stage of gating (`measurement.STAGES`).
    x, y
        Channels ($PnN); `y` is empty where a histogram is drawn.
    """

    gates: tuple[str, ...]
    title: str
    stage: str
    x: str
    y: str


def axes_of(
    pooled: Sequence[PooledTube], settings: FlowSettings, blocks: Mapping[str, Blocks]
) -> dict[str, View]:
    """Channel -> its axis, for all tubes, populations and gates of an experiment.

    Parameters
    ----------
    pooled
        The events that the gates were set from, at least one tube.
    blocks
        Population -> gate -> its block.
    """
    tube = pooled[0].tube
    panel = tube.panel
    samples = [one for one in pooled if is_sample(one.tube)] or list(pooled)
    first = blocks[settings.populations[0].name]
    singlets = gated(samples, {name: first[name] for name in SHARED_GATES if name in first})
    labels = channel_labels(panel, settings, settings.populations)
    found = {
        channel: (_whole if channel == panel.time else linear_axis)(
            channel, _some(samples, channel)
        )
        for channel in panel.plain
    }
    if panel.singlet_ratio is not None:
        found[panel.singlet_ratio] = _shape_axis(panel, samples, first)
    for channel in panel.stains:
        ends = _thresholds(channel, blocks)
        values = _some(singlets, channel)
        found[channel] = stain_axis(tube, channel, labels[channel], max(ends, default=0.0), values)
    return found


def plots_of(panel: Panel, population: Population, blocks: Blocks) -> list[GatePlot]:
    """The plots of a population's gates, in the order in which the gates apply."""
    forward = panel.forward_scatter_area
    second = panel.side_scatter_area or panel.forward_scatter_height or forward
    found = []
    if panel.time is not None:
        leading = [stain.channel for stain in panel.of_stains][:1] or [forward]
        found.append(_plot("Time", gates.TIME, "scatter", (panel.time, leading[0]), blocks))
    found.append(_plot("Cells", gates.CELLS, "time", (forward, second), blocks))
    if gates.SINGLETS in blocks:
        shape = panel.singlet_ratio or panel.forward_scatter_width or forward
        found.append(_plot("Single cells", gates.SINGLETS, "cells", (forward, shape), blocks))
    for marker in population.markers:
        axes = (panel.markers[marker.channel], second)
        title = f"{marker.gate}{'+' if marker.positive else '−'}"
        found.append(_plot(title, marker.gate, "singlets", axes, blocks))
    stains = [stain for stain in panel.of_stains if stain.gate in blocks]
    if stains and len(stains) == len(panel.of_stains):
        names = " and ".join(stain.name for stain in stains)
        x, y = stains[0].channel, stains[1].channel if len(stains) > 1 else ""
        found.append(GatePlot(tuple(one.gate for one in stains), names, "population", x, y))
    return found


def _plot(title: str, gate: str, stage: str, axes: tuple[str, str], blocks: Blocks) -> GatePlot:
    """The plot of one gate; on its own two channels if it is a polygon."""
    channels = [str(one) for one in blocks.get(gate, {}).get("channels", ())]
    x, y = (channels[0], channels[1]) if len(channels) == 2 else axes
    if len(channels) == 1 and channels[0] not in (x, y):
        x = channels[0]
    return GatePlot((gate,), title, stage, x, y)


def _some(tubes: Sequence[PooledTube], channel: str) -> Values:
    """About 1,000 values of each tube, evenly chosen."""
    found = [one.values(channel)[:: max(1, len(one) // _OF_EACH)] for one in tubes]
    together: Values = np.concatenate([np.empty(0), *found])
    finite: Values = together[np.isfinite(together)]
    return finite


def _whole(channel: str, values: Values) -> View:
    """A linear axis that shows all values."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    return View(channel, channel, None, (low, high if high > low else low + 1.0))


def _shape_axis(panel: Panel, samples: Sequence[PooledTube], blocks: Blocks) -> View:
    """A linear axis for height / area of forward scatter, around most events and the gate."""
    channel = str(panel.singlet_ratio)
    values = _some(samples, channel)
    ends = _thresholds(channel, {"": blocks})
    low, high = np.percentile(values, [1, 99]) if len(values) else (0.0, 1.0)
    low, high = min(float(low), *ends, float(high)), max(float(high), *ends, float(low))
    room = _ROOM * (high - low) or 0.1
    return View(channel, "FSC height / area", None, (max(0.0, low - room), high + room))


def _thresholds(channel: str, blocks: Mapping[str, Blocks]) -> list[float]:
    """Every threshold in a channel, those of cell lines and files, too."""
    found = []
    for block in (one for of_population in blocks.values() for one in of_population.values()):
        if "threshold" in block and block["channels"][0] == channel:
            own = (*block.get("of_cells", {}).values(), *block.get("of_files", {}).values())
            blocks_of = [block, *(gates.of_value(block, one) for one in own)]
            found += [float(one["threshold"]) for one in blocks_of if "threshold" in one]
    return found
