"""The gating strategy: one row a gate, on a control and on a sample."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture import style
from coculture.flow import gates as gate_blocks
from coculture.flow.figures.drawn import (
    LINE,
    WHITE,
    DrawnExperiment,
    Record,
    drawn_experiment,
    fitted,
    has_quadrants,
    nothing_to_draw,
    percents_by_file,
    short_name,
)
from coculture.flow.figures.views import View, draw_density, stain_view
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import Tube


def gating_strategy(
    files: pd.DataFrame,
    wells: pd.DataFrame,
    gates: Record,
    spillover: pd.DataFrame,
    settings: FlowSettings,
) -> Figure:
    """One row a gate: on the left a control that stands behind it, then samples.

    The samples are an untreated one (where it is not known which are, the one with the median
    percent apoptotic of the reported population) and the most apoptotic one.
    """
    experiment = drawn_experiment(files, gates, spillover, settings)
    if not experiment.tubes:
        return nothing_to_draw("Every file of this experiment is excluded.")
    steps = _steps(experiment)
    samples = _samples(experiment, wells)
    columns = 1 + len(samples)
    with style.house_style():
        figure = Figure(figsize=(3.5 * columns, 3.0 * len(steps) + 0.5))
        axes = figure.subplots(len(steps), columns, squeeze=False)
        for row, step in enumerate(steps):
            tubes = {"control": _control_of(experiment, step)} | samples
            shown = [
                (ax, kind, tube, experiment.events(tube, step.stage))
                for ax, (kind, tube) in zip(axes[row], tubes.items(), strict=True)
                if tube is not None
            ]
            views = _views(experiment, step, [events for *_, events in shown])
            for ax, kind, tube, events in shown:
                said = _draw_step(ax, step, views, events)
                ax.set_title(f"{step.title} · {kind}", fontsize=8, pad=15)
                ax.text(
                    0,
                    1.02,
                    f"{fitted(short_name(tube))}: {said}",
                    fontsize=7,
                    transform=ax.transAxes,
                    va="bottom",
                )
            if tubes["control"] is None:
                axes[row, 0].set_axis_off()
        figure.suptitle(
            f"{gates['experiment']}: gates of {experiment.population.name}",
            x=0.01,
            ha="left",
            fontweight="bold",
        )
    return figure


@dataclass(frozen=True)
class _Step:
    """One row of the gating strategy."""

    title: str
    stage: str | None
    """Events drawn: those left after this stage."""
    axes: tuple[str, str]
    names: tuple[str, ...]
    blocks: tuple[Mapping[str, Any], ...]
    control_roles: tuple[str, ...] = ("unstained",)


def _steps(experiment: DrawnExperiment) -> list[_Step]:
    panel, blocks = experiment.tubes[0].panel, experiment.blocks
    forward = panel.forward_scatter_area
    beside = panel.side_scatter_area or panel.forward_scatter_height or forward
    steps = [
        _Step("Cells", None, (forward, beside), (gate_blocks.CELLS,), (blocks[gate_blocks.CELLS],))
    ]
    if gate_blocks.SINGLETS in blocks:
        second = panel.forward_scatter_height or panel.forward_scatter_width or forward
        if panel.singlet_ratio is None:
            second = panel.forward_scatter_width or forward
        name = gate_blocks.SINGLETS
        steps.append(_Step("Single cells", "cells", (forward, second), (name,), (blocks[name],)))
    for marker in experiment.population.markers:
        block = blocks[marker.channel]
        sign = "+" if marker.positive else "−"
        steps.append(
            _Step(
                f"{experiment.population.name}: {marker.channel}{sign}",
                "singlets",
                (str(block["channels"][0]), beside),
                (marker.channel,),
                (block,),
                ("population_negative", "unstained"),
            )
        )
    if has_quadrants(experiment):
        pair = tuple(blocks[name] for name in (gate_blocks.ANNEXIN, gate_blocks.VIABILITY_DYE))
        channels = (str(pair[0]["channels"][0]), str(pair[1]["channels"][0]))
        names = (gate_blocks.ANNEXIN, gate_blocks.VIABILITY_DYE)
        roles = ("fmo_annexin", "dye_only", "unstained")
        steps.append(_Step("Quadrants", "population", channels, names, pair, roles))
    return steps


def _samples(experiment: DrawnExperiment, wells: pd.DataFrame) -> dict[str, Tube | None]:
    """What kind of sample -> an example of it, each tube once.

    Of several untreated ones it is the one with their median percent apoptotic.
    """
    percents = percents_by_file(wells, experiment.population.name)
    samples = [tube for tube in experiment.tubes if tube.role == "sample"]
    known = [
        tube
        for tube in samples
        if tube.fcs in percents and not math.isnan(percents[tube.fcs]["apoptotic"])
    ]
    ranked = sorted(known, key=lambda tube: (percents[tube.fcs]["apoptotic"], tube.fcs)) or samples
    if not ranked:
        return {}
    untreated = [tube for tube in ranked if tube.untreated]
    if untreated:
        chosen = {"untreated": untreated[len(untreated) // 2]}
    else:
        chosen = {"sample": ranked[len(ranked) // 2]}
    if known and ranked[-1] not in chosen.values():
        chosen["most apoptotic"] = ranked[-1]
    return dict(chosen)


def _control_of(experiment: DrawnExperiment, step: "_Step") -> Tube | None:
    """The first control of the kinds that a step is best seen on; else any."""
    controls = [tube for tube in experiment.tubes if tube.role not in ("sample", "beads")]
    for role in step.control_roles:
        for tube in controls:
            if tube.role == role:
                return tube
    return controls[0] if controls else None


def _views(
    experiment: DrawnExperiment, step: _Step, shown: Sequence[pd.DataFrame]
) -> tuple[View, View]:
    stains = experiment.tubes[0].panel.stains
    views = []
    for channel in step.axes:
        values = np.concatenate([events[channel].to_numpy() for events in shown])
        if channel in stains:
            block = next(
                (b for b in step.blocks if b["channels"][0] == channel), {"channels": [channel]}
            )
            views.append(stain_view(experiment, block, values))
        else:
            high = float(np.percentile(values, 99.8)) if len(values) else 1.0
            views.append(View(channel, channel, None, (0.0, 1.08 * high or 1.0)))
    return views[0], views[1]


def _draw_step(ax: Axes, step: _Step, views: tuple[View, View], events: pd.DataFrame) -> str:
    """Draw events and gates; how many events the gate keeps, in words."""
    draw_density(ax, events[step.axes[0]].to_numpy(), events[step.axes[1]].to_numpy(), views)
    if step.title == "Quadrants":
        _draw_quadrants(ax, step, views, events)
        return f"{len(events):,} events"
    (gate_name, block) = (step.names[0], step.blocks[0])
    _draw_gate(ax, block, views)
    kept = gate_blocks.share_kept(gate_name, block, events)
    return f"{100 * kept:.1f} % of {len(events):,} kept"


def _draw_gate(ax: Axes, block: Mapping[str, Any], views: tuple[View, View]) -> None:
    channels = [str(channel) for channel in block["channels"]]
    if "vertices" in block and len(channels) == 2:
        corners = np.asarray([*block["vertices"], block["vertices"][0]], dtype=np.float64)
        order = [channels.index(view.channel) for view in views if view.channel in channels]
        if len(order) == 2:
            ax.plot(
                views[0].place(corners[:, order[0]]), views[1].place(corners[:, order[1]]), **LINE
            )
        return
    ends = block["vertices"] if "vertices" in block else [block["threshold"]]
    for end in ends:
        if channels[0] == views[0].channel:
            ax.axvline(float(views[0].place([end])[0]), **LINE)
        elif channels[0] == views[1].channel:
            ax.axhline(float(views[1].place([end])[0]), **LINE)
        else:
            ax.axline((0, 0), slope=float(end), **LINE)


def _draw_quadrants(ax: Axes, step: _Step, views: tuple[View, View], events: pd.DataFrame) -> None:
    annexin, dye = step.blocks
    ax.axvline(float(views[0].place([annexin["threshold"]])[0]), **LINE)
    ax.axhline(float(views[1].place([dye["threshold"]])[0]), **LINE)
    counts = gate_blocks.quadrant_counts(annexin, dye, events)
    for name, x, y in (
        ("viable", 0.02, 0.02),
        ("early", 0.98, 0.02),
        ("late", 0.98, 0.98),
        ("necrotic", 0.02, 0.98),
    ):
        ax.text(
            x,
            y,
            f"{name} {100 * counts[name] / max(1, len(events)):.1f} %",
            transform=ax.transAxes,
            ha="left" if x < 0.5 else "right",
            va="bottom" if y < 0.5 else "top",
            fontsize=7,
            bbox=WHITE,
        )
