"""Percent apoptotic as the Annexin V threshold moves."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.drawing import Drawing, style
from coculture.exchange.culture_marks import stands_for
from coculture.flow.figures.gated_experiment import (
    DrawnExperiment,
    Record,
    Values,
    drawn_experiment,
    has_quadrants,
    nothing_to_draw,
    short_name,
)
from coculture.flow.gating import gates as gate_blocks
from coculture.flow.gating.quality import SENSITIVITY_DECADES
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import Tube

TABLE = "figures/flow/threshold_sensitivity.csv"
COLUMNS = (
    "fcs", "culture", "population", "shift_decades", "threshold", "percent_apoptotic",
)  # fmt: skip
_SHIFTS = np.round(np.linspace(-SENSITIVITY_DECADES, SENSITIVITY_DECADES, 11), 6)
_NOT_MOVED = len(_SHIFTS) // 2
_MOST_NAMES = 12
_LINE_OF_TEXT = 0.036
"""Height of a name beside the lines, as a share of the axis."""


def threshold_sensitivity(
    files: pd.DataFrame,
    wells: pd.DataFrame,
    gates: Record,
    spillover: pd.DataFrame,
    settings: FlowSettings,
) -> Drawing:
    """Percent apoptotic of every sample as the Annexin V threshold moves by 0.1 decade."""
    del wells
    experiment = drawn_experiment(files, gates, spillover, settings)
    samples = [tube for tube in experiment.tubes if tube.role == "sample"]
    if not has_quadrants(experiment) or not samples:
        words = "No Annexin V and viability dye in this study, or no sample."
        return nothing_to_draw(words, TABLE, COLUMNS)
    threshold = float(experiment.blocks[gate_blocks.ANNEXIN]["threshold"])
    lines = _lines(experiment, samples, threshold * 10**_SHIFTS)
    most = settings.limits.sensitivity_percent_points
    with style.house_style():
        figure = Figure(figsize=(6.4, 4.2))
        ax = figure.subplots()
        _draw_lines(ax, lines, most)
        ax.axvline(0, color=style.BLACK, linewidth=0.8, linestyle=":", zorder=1)
        ticks = _SHIFTS[[0, _NOT_MOVED, -1]]
        ax.set_xticks(ticks, [f"{shift:+g}" if shift else "0" for shift in ticks])
        ax.set_xlabel("Annexin V threshold moved by (decades)")
        ax.set_ylabel(f"percent apoptotic of {experiment.population.name}")
        ax.set_title(f"{gates['experiment']}: what the Annexin V threshold decides")
        figure.supxlabel(
            f"One line a sample, its mark at the threshold used ({threshold:.4g}). Coloured: moves "
            f"by more than {most:g} points;\nup to {_MOST_NAMES}, those that move most, are "
            "named with their largest change.",
            x=0.01,
            ha="left",
            fontsize=7,
        )
    rows = [
        (tube.fcs, tube.culture, experiment.population.name, *point)
        for tube, percents in lines
        for point in zip(_SHIFTS, threshold * 10**_SHIFTS, percents, strict=True)
    ]
    return Drawing(figure, pd.DataFrame(rows, columns=COLUMNS), TABLE)


def _lines(
    experiment: DrawnExperiment, samples: Sequence[Tube], thresholds: Values
) -> list[tuple[Tube, Values]]:
    """Each sample that has events, with its percent apoptotic at each threshold."""
    channel = experiment.blocks[gate_blocks.ANNEXIN]["channels"][0]
    lines = []
    for tube in samples:
        events = np.sort(experiment.events(tube, "population", channel)[channel])
        if len(events):
            below = np.searchsorted(events, thresholds)
            lines.append((tube, 100 * (len(events) - below) / len(events)))
    return lines


def _draw_lines(ax: Axes, lines: Sequence[tuple[Tube, Values]], most: float) -> None:
    named = {}
    for tube, percents in lines:
        change = float(np.max(np.abs(percents - percents[_NOT_MOVED])))
        moves = change > most
        (line,) = ax.plot(
            _SHIFTS,
            percents,
            color=style.VERMILION if moves else style.GREY,
            linewidth=1.2 if moves else 0.8,
            marker="o",
            markersize=3,
            markevery=[_NOT_MOVED],
            zorder=3 if moves else 2,
        )
        stands_for(line, tube.culture)
        if moves:
            named[f"{short_name(tube)} ({change:.1f})"] = (change, float(percents[-1]))
    ax.set_ylim(0, None)
    _name(ax, dict(sorted(named.items(), key=lambda item: -item[1][0])[:_MOST_NAMES]))


def _name(ax: Axes, named: Mapping[str, tuple[float, float]]) -> None:
    """Names beside the ends of their lines, moved up where they would lie over each other."""
    top = ax.get_ylim()[1]
    lowest = 0.0
    for name, (_, end) in sorted(named.items(), key=lambda item: item[1][1]):
        place = max(end, lowest)
        lowest = place + _LINE_OF_TEXT * top
        ax.annotate(
            name,
            (_SHIFTS[-1], end),
            (1.08 * _SHIFTS[-1], place),
            fontsize=6.5,
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": style.GREY,
                "linewidth": 0.4,
                "shrinkB": 0,
                "relpos": (0, 0.5),
            },
        )
