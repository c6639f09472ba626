"""Histograms of each thresholded channel, with the threshold and its rule."""

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.drawing import Drawing, style
from coculture.flow.figures.gated_experiment import (
    STAIN_NAMES,
    DrawnExperiment,
    Record,
    Values,
    drawn_experiment,
    nothing_to_draw,
)
from coculture.flow.figures.views import set_scale, stain_view
from coculture.flow.gating import gates as gate_blocks
from coculture.flow.gating.densities import density
from coculture.flow.settings import FlowSettings

TABLE = "figures/flow/control_histograms.csv"
COLUMNS = ("population", "gate", "channel", "curve", "value", "height", "events", "rule")
_EVERY = 4
"""Of the points of a density, each so many-th is drawn: the eye sees no more."""

_SOURCES = {
    "live_peak": "live cells' peak",
    "untreated": "live cells' peak in untreated wells",
    "fmo": "FMO control",
    "unstained": "unstained control",
    "pooled": "all samples together",
    "population_negative": "cells without the marker",
    gate_blocks.MANUAL: "set by hand",
}
"""What set a threshold, in words."""
_MOST_NAMES = 3
"""Controls that are named one by one."""
_LEGEND = {"unstained": "unstained (a reporter such as GFP remains)"}
"""Curves of a marker's panels that the legend explains."""


def control_histograms(
    files: pd.DataFrame,
    wells: pd.DataFrame,
    gates: Record,
    spillover: pd.DataFrame,
    settings: FlowSettings,
) -> Drawing:
    """The events behind each threshold beside those of the samples, and the rule that set it."""
    del wells
    experiments = [
        drawn_experiment(files, gates, spillover, settings, population)
        for population in settings.populations
    ]
    panels = [
        (experiment, name) for experiment in experiments for name in _threshold_names(experiment)
    ]
    if not panels:
        words = "No marker, Annexin V or viability dye in this study."
        return nothing_to_draw(words, TABLE, COLUMNS)
    shown: list[pd.DataFrame] = []
    columns = min(3, len(panels))
    rows = math.ceil(len(panels) / columns)
    with style.house_style():
        figure = Figure(figsize=(3.4 * columns, 3.2 * rows + 0.3))
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        rules = [_rule_lines(experiment.blocks[name]) for experiment, name in panels]
        room = 6 + 9 * max(map(len, rules))
        for ax, (experiment, name), lines in zip(axes, panels, rules, strict=False):
            shown.append(_draw_histogram(ax, experiment, name))
            ax.set_title(f"{experiment.population.name}: {STAIN_NAMES.get(name, name)}", pad=room)
            ax.text(0, 1.02, "\n".join(lines), fontsize=6.5, transform=ax.transAxes, va="bottom")
        for ax in axes[len(panels) :]:
            ax.set_axis_off()
        entries = {
            label: handle
            for ax in axes
            for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)
        }
        has_marker = any(name not in STAIN_NAMES for _, name in panels)
        labels = [_LEGEND.get(label, label) if has_marker else label for label in entries]
        figure.legend(
            entries.values(), labels, loc="outside lower left", ncols=4 if columns == 3 else columns
        )
    return Drawing(figure, pd.concat(shown, ignore_index=True), TABLE)


def _threshold_names(experiment: DrawnExperiment) -> list[str]:
    markers = [marker.channel for marker in experiment.population.markers]
    names = [*markers, gate_blocks.ANNEXIN, gate_blocks.VIABILITY_DYE]
    return [name for name in names if "threshold" in experiment.blocks.get(name, {})]


def _rule_lines(block: gate_blocks.Block) -> list[str]:
    """The threshold and what set it, in words, as lines that fit a panel.

    >>> _rule_lines({"channels": ["A"], "threshold": 178.2, "rule": "fmo: 99.5th percentile"})
    ['178.2, FMO control: 99.5th percentile']
    """
    source = gate_blocks.source(block)
    how = str(block.get("rule", "")).removeprefix(source)
    words = f"{block['threshold']:.4g}, {_SOURCES.get(source, source)}{how}"
    if "automatic" in block:
        words += f" (automatic: {block['automatic']:.4g})"
    return [*textwrap.wrap(words, 58), *textwrap.wrap(_files(block), 58)]


def _files(block: gate_blocks.Block) -> str:
    """The files behind a threshold; "" for one set by hand.

    >>> _files({"controls": ["flow/E1-FMO.fcs"], "samples": ["a.fcs", "b.fcs"]})
    'From E1-FMO; 2 samples'
    """
    controls, samples = block.get("controls", ()), block.get("samples", ())
    if len(controls) > _MOST_NAMES:
        controls = [f"{len(controls)} controls"]
    named = [", ".join(Path(path).stem for path in controls)] if controls else []
    if samples:
        named.append(f"{len(samples)} sample{'s' if len(samples) > 1 else ''}")
    return f"From {'; '.join(named)}" if named else ""


def _together(
    experiment: DrawnExperiment, roles: Sequence[str], stage: str, channel: str
) -> Values:
    """One channel of all tubes of some roles, after a stage of gating."""
    tubes = [tube for tube in experiment.tubes if tube.role in roles]
    parts = [experiment.events(tube, stage, channel)[channel].to_numpy() for tube in tubes]
    return np.concatenate([np.empty(0), *parts])


def _draw_histogram(ax: Axes, experiment: DrawnExperiment, name: str) -> pd.DataFrame:
    """Draw curves and threshold; the rows that are shown."""
    block = experiment.blocks[name]
    channel, threshold = str(block["channels"][0]), float(block["threshold"])
    stage, without = {
        gate_blocks.ANNEXIN: ("population", ("fmo_annexin", "dye_only")),
        gate_blocks.VIABILITY_DYE: ("population", ("fmo_dye", "annexin_only")),
    }.get(name, ("singlets", ("population_negative",)))
    groups = {
        "control without the stain or marker": without,
        "unstained": ("unstained",),
        "all samples": ("sample",),
    }
    values = {
        label: _together(experiment, roles, stage, channel) for label, roles in groups.items()
    }
    view = stain_view(experiment, block, np.concatenate(list(values.values())))
    colours = {
        "control without the stain or marker": style.BLUE,
        "unstained": style.GREY,
        "all samples": style.ORANGE,
    }
    shown = []
    for label, of_group in values.items():
        if len(of_group) < 2:
            continue
        curve = density(view.place(of_group))
        position = curve.position[::_EVERY]
        height = np.round(curve.height[::_EVERY] / curve.height.max(), 4)
        ax.fill_between(position, height, color=colours[label], alpha=0.18, linewidth=0)
        ax.plot(position, height, color=colours[label], label=label)
        points = {"curve": label, "value": view.linear(position), "height": height}
        shown.append(pd.DataFrame({**points, "events": len(of_group)}))
    ax.axvline(float(view.place([threshold])[0]), color=style.VERMILION, label="threshold")
    set_scale(ax, "x", view)
    ax.set_ylim(0, 1.12)
    ax.set_yticks([0, 0.5, 1])
    ax.set_ylabel("events (peak = 1)")
    line = {"curve": ["threshold"], "value": [threshold], "rule": [str(block.get("rule", ""))]}
    rows = pd.concat([*shown, pd.DataFrame(line)], ignore_index=True)
    rows = rows.assign(population=experiment.population.name, gate=name, channel=channel)
    return rows.reindex(columns=COLUMNS).astype({"events": "Int64"})
