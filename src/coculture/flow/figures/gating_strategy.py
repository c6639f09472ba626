"""The gating strategy: one row per gate, for a control and for samples."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.drawing import Drawing, style
from coculture.exchange.figure_text import FigureText
from coculture.exchange.outcomes import Outcomes
from coculture.exchange.vocabulary import many
from coculture.flow.figures.axis_views import draw_density, set_scale, stain_view
from coculture.flow.figures.experiment_results import (
    LINE,
    WHITE,
    ExperimentResults,
    GatedPopulation,
    Values,
    nothing_to_draw,
    short_name,
    shortened,
)
from coculture.flow.figures.strategy_steps import Step, control_of, samples_of, steps_of
from coculture.flow.gating import gates as gate_blocks
from coculture.flow.gating.measurement import STAGES
from coculture.flow.plot_axes import View, linear_axis
from coculture.flow.tubes import Tube

TABLE = "figures/flow/gating_strategy.csv"
TITLE = "Gating strategy"
CAPTION = (
    "One gate per row, in the order in which the gates apply, for a control, an untreated sample "
    "and the sample with most {} cells. The next row shows the events that the gate keeps."
)
CAPTION_WITHOUT_STAIN = (
    "One gate per row, in the order in which the gates apply, for a control and a sample. The next "
    "row shows the events that the gate keeps."
)
_BINS = 100
"""Of the histogram of one stain."""
COLUMNS = (
    "step", "kind", "role", "fcs", "culture", "population", "gate", "axes", "boundary",
    "events_before", "events_inside", "percent",
)  # fmt: skip


def draw(results: ExperimentResults) -> Drawing:
    """One row per gate: on the left a control that shows it, then samples.

    The samples are an untreated one and the one with most apoptotic cells (of the first outcome).
    If it is not known which samples are untreated, the one with the median percent is shown.
    """
    if not results.tubes:
        why = "Every file of this experiment is excluded."
        return nothing_to_draw(why, TITLE, TABLE, COLUMNS)
    gated = results.reported
    steps = steps_of(gated)
    samples = samples_of(gated, results.wells)
    columns = 1 + len(samples)
    rows: list[pd.DataFrame] = []
    with style.house_style():
        figure = Figure(figsize=(3.5 * columns, 3.0 * len(steps) + 0.5))
        axes = figure.subplots(len(steps), columns, squeeze=False)
        for row, step in enumerate(steps):
            tubes = {"control": control_of(gated, step)} | samples
            shown = [
                (ax, kind, tube, gated.events(tube, step.stage))
                for ax, (kind, tube) in zip(axes[row], tubes.items(), strict=True)
                if tube is not None
            ]
            views = _views(gated, step, [events for *_, events in shown])
            for ax, kind, tube, events in shown:
                own = step.of_tube(tube)
                counted = _counted(own, events, results.settings.outcomes)
                kept = _draw_step(ax, own, views, events, counted, results.settings.outcomes)
                rows.append(_shown(gated, step, kind, tube, len(events), counted))
                ax.set_title(f"{step.title} · {kind}", fontsize=8, pad=15)
                ax.text(
                    0,
                    1.02,
                    f"{shortened(short_name(tube))}: {kept}",
                    fontsize=7,
                    transform=ax.transAxes,
                    va="bottom",
                )
            if tubes["control"] is None:
                axes[row, 0].set_axis_off()
        figure.suptitle(
            f"{results.name}: gates of {gated.population.in_words}",
            x=0.01,
            ha="left",
            fontweight="bold",
        )
    first = results.first.name
    caption = CAPTION.format(first) if first else CAPTION_WITHOUT_STAIN
    text = FigureText(TITLE, caption, _result(results))
    return Drawing(figure, pd.concat(rows, ignore_index=True), TABLE, text)


def _result(results: ExperimentResults) -> str:
    samples = results.reported_samples("events_total")
    total = samples["events_total"].sum()
    if not total:
        return ""
    left = [f"{stage} {100 * samples[f'events_{stage}'].sum() / total:.0f} %" for stage in STAGES]
    return (
        f"Events of {results.reported.population.in_words} in {many(len(samples), 'sample file')} "
        f"left after each gate, in percent of all events: {', '.join(left)}."
    )


def _views(gated: GatedPopulation, step: Step, shown: Sequence[pd.DataFrame]) -> list[View]:
    stains = gated.tubes[0].panel.stains
    views = []
    for channel in step.axes:
        values = np.concatenate([events[channel].to_numpy() for events in shown])
        if channel in stains:
            block = next(
                (b for b in step.blocks if b["channels"][0] == channel), {"channels": [channel]}
            )
            views.append(stain_view(gated, block, values))
        else:
            views.append(linear_axis(channel, values))
    return views


def _counted(step: Step, events: pd.DataFrame, outcomes: Outcomes) -> list[tuple[str, str, int]]:
    """Name, boundary and number of events inside of each gate (or class of cells) of a step."""
    if not step.is_of_stains:
        (name,), (block,) = step.names, step.blocks
        return [
            (name, gate_blocks.boundary(block), gate_blocks.count_kept(name, block, events)),
        ]
    blocks = dict(zip(step.names, step.blocks, strict=True))
    counts = gate_blocks.class_counts(outcomes, blocks, events)
    return [
        (
            name,
            " and ".join(
                gate_blocks.boundary({**block, "keep": "above" if positive else "below"})
                for block, positive in zip(step.blocks, signs, strict=True)
            ),
            counts[name],
        )
        for name, signs in outcomes.signs.items()
    ]


def _shown(
    gated: GatedPopulation,
    step: Step,
    kind: str,
    tube: Tube,
    before: int,
    counted: Sequence[tuple[str, str, int]],
) -> pd.DataFrame:
    of_tube = (tube.role, tube.fcs, tube.culture, gated.population.name)
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
    views: Sequence[View],
    events: pd.DataFrame,
    counted: Sequence[tuple[str, str, int]],
    outcomes: Outcomes,
) -> str:
    """Draw events and gates. Returns the number of events that the gate keeps, in words."""
    counts = {name: inside for name, _, inside in counted}
    if len(views) == 1:
        _draw_histogram(ax, step, views[0], events[step.axes[0]].to_numpy())
        _write_classes(ax, outcomes, counts)
        return f"{len(events):,} events"
    draw_density(ax, events[step.axes[0]].to_numpy(), events[step.axes[1]].to_numpy(), views)
    if step.is_of_stains:
        _draw_quadrants(ax, step, views)
        _write_classes(ax, outcomes, counts)
        return f"{len(events):,} events"
    ((_, _, inside),) = counted
    _draw_gate(ax, step.blocks[0], views)
    return f"{100 * inside / max(1, len(events)):.1f} % of {len(events):,} kept"


def _draw_histogram(ax: Axes, step: Step, view: View, values: Values) -> None:
    """The events along one stain, with its threshold."""
    edges = np.linspace(*view.limits, _BINS + 1)
    counts = np.histogram(view.place(values), edges)[0]
    ax.stairs(counts / max(1, int(counts.max())), edges, fill=True, color=style.BLUE, alpha=0.6)
    ax.axvline(float(view.place([step.blocks[0]["threshold"]])[0]), **LINE)
    set_scale(ax, "x", view)
    ax.set_ylim(0, 1.25)
    ax.set_yticks([0, 0.5, 1])
    ax.set_ylabel("events (peak = 1)")


def _draw_gate(ax: Axes, block: Mapping[str, Any], views: Sequence[View]) -> None:
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


def _draw_quadrants(ax: Axes, step: Step, views: Sequence[View]) -> None:
    across, up = step.blocks
    ax.axvline(float(views[0].place([across["threshold"]])[0]), **LINE)
    ax.axhline(float(views[1].place([up["threshold"]])[0]), **LINE)


def _lines(name: str, outcomes: Outcomes) -> str:
    """A class, before its percent, on lines that fit its quadrant."""
    if outcomes.are_standard:
        return f"{name} "
    signs = zip(outcomes.stains, outcomes.signs[name], strict=True)
    return "".join(f"{stain.sign(positive=positive)}\n" for stain, positive in signs)


def _write_classes(ax: Axes, outcomes: Outcomes, counts: Mapping[str, int]) -> None:
    """The percent of each class in its corner; of one stain at the top of its side."""
    total = max(1, sum(counts.values()))
    for name, signs in outcomes.signs.items():
        x = 0.98 if signs[0] else 0.02
        y = 0.98 if signs[-1] or len(signs) == 1 else 0.02
        ax.text(
            x,
            y,
            f"{_lines(name, outcomes)}{100 * counts[name] / total:.1f} %",
            transform=ax.transAxes,
            ha="left" if x < 0.5 else "right",
            va="bottom" if y < 0.5 else "top",
            fontsize=7,
            bbox=WHITE,
        )
