"""The gating strategy: one row a gate, on a control and on a sample."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.drawing import Drawing, style
from coculture.flow.figures.gated_experiment import (
    LINE,
    WHITE,
    DrawnExperiment,
    Record,
    drawn_experiment,
    fitted,
    nothing_to_draw,
    short_name,
)
from coculture.flow.figures.steps import (
    QUADRANTS_STEP,
    Step,
    control_of,
    samples_of,
    steps_of,
)
from coculture.flow.figures.views import View, draw_density, stain_view
from coculture.flow.gating import gates as gate_blocks
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import Tube

TABLE = "figures/flow/gating_strategy.csv"
COLUMNS = (
    "step", "kind", "role", "fcs", "culture", "population", "gate", "axes", "boundary",
    "events_before", "events_inside", "percent",
)  # fmt: skip


def gating_strategy(
    files: pd.DataFrame,
    wells: pd.DataFrame,
    gates: Record,
    spillover: pd.DataFrame,
    settings: FlowSettings,
) -> Drawing:
    """One row a gate: on the left a control that stands behind it, then samples.

    The samples are an untreated one (where it is not known which are, the one with the median
    percent apoptotic of the reported population) and the most apoptotic one.
    """
    experiment = drawn_experiment(files, gates, spillover, settings)
    if not experiment.tubes:
        return nothing_to_draw("Every file of this experiment is excluded.", TABLE, COLUMNS)
    steps = steps_of(experiment)
    samples = samples_of(experiment, wells)
    columns = 1 + len(samples)
    rows: list[pd.DataFrame] = []
    with style.house_style():
        figure = Figure(figsize=(3.5 * columns, 3.0 * len(steps) + 0.5))
        axes = figure.subplots(len(steps), columns, squeeze=False)
        for row, step in enumerate(steps):
            tubes = {"control": control_of(experiment, step)} | samples
            shown = [
                (ax, kind, tube, experiment.events(tube, step.stage))
                for ax, (kind, tube) in zip(axes[row], tubes.items(), strict=True)
                if tube is not None
            ]
            views = _views(experiment, step, [events for *_, events in shown])
            for ax, kind, tube, events in shown:
                counted = _counted(step, events)
                said = _draw_step(ax, step, views, events, counted)
                rows.append(_shown(experiment, step, kind, tube, len(events), counted))
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
    return Drawing(figure, pd.concat(rows, ignore_index=True), TABLE)


def _views(
    experiment: DrawnExperiment, step: Step, shown: Sequence[pd.DataFrame]
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


def _counted(step: Step, events: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Each gate (or quadrant) of a step: its name, its boundary, and the events inside."""
    if step.title != QUADRANTS_STEP:
        (name,), (block,) = step.names, step.blocks
        return [
            (name, gate_blocks.boundary(block), gate_blocks.count_kept(name, block, events)),
        ]
    annexin, dye = step.blocks
    counts = gate_blocks.quadrant_counts(annexin, dye, events)
    return [
        (
            name,
            " and ".join(
                gate_blocks.boundary({**block, "keep": "above" if positive else "below"})
                for block, positive in ((annexin, is_annexin), (dye, is_dye))
            ),
            counts[name],
        )
        for name, (is_annexin, is_dye) in gate_blocks.POSITIVE.items()
    ]


def _shown(
    experiment: DrawnExperiment,
    step: Step,
    kind: str,
    tube: Tube,
    before: int,
    counted: Sequence[tuple[str, str, int]],
) -> pd.DataFrame:
    of_tube = (tube.role, tube.fcs, tube.culture, experiment.population.name)
    rows = [
        (
            step.title, kind, *of_tube, gate, ", ".join(step.axes), boundary, before, inside,
            100 * inside / before if before else None,
        )
        for gate, boundary, inside in counted
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _draw_step(
    ax: Axes,
    step: Step,
    views: tuple[View, View],
    events: pd.DataFrame,
    counted: Sequence[tuple[str, str, int]],
) -> str:
    """Draw events and gates; how many events the gate keeps, in words."""
    draw_density(ax, events[step.axes[0]].to_numpy(), events[step.axes[1]].to_numpy(), views)
    if step.title == QUADRANTS_STEP:
        _draw_quadrants(ax, step, views, {name: inside for name, _, inside in counted})
        return f"{len(events):,} events"
    ((_, _, inside),) = counted
    _draw_gate(ax, step.blocks[0], views)
    return f"{100 * inside / max(1, len(events)):.1f} % of {len(events):,} kept"


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


def _draw_quadrants(
    ax: Axes, step: Step, views: tuple[View, View], counts: Mapping[str, int]
) -> None:
    annexin, dye = step.blocks
    ax.axvline(float(views[0].place([annexin["threshold"]])[0]), **LINE)
    ax.axhline(float(views[1].place([dye["threshold"]])[0]), **LINE)
    total = max(1, sum(counts.values()))
    for name, x, y in (
        ("viable", 0.02, 0.02),
        ("early", 0.98, 0.02),
        ("late", 0.98, 0.98),
        ("necrotic", 0.02, 0.98),
    ):
        ax.text(
            x,
            y,
            f"{name} {100 * counts[name] / total:.1f} %",
            transform=ax.transAxes,
            ha="left" if x < 0.5 else "right",
            va="bottom" if y < 0.5 else "top",
            fontsize=7,
            bbox=WHITE,
        )
