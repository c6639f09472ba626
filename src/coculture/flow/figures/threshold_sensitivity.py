"""Percent apoptotic of every sample when the Annexin V threshold is moved."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.drawing import Drawing, style
from coculture.exchange.culture_marks import mark_culture
from coculture.exchange.figure_text import FigureText
from coculture.exchange.vocabulary import number
from coculture.flow.figures.experiment_results import (
    NO_QUADRANTS,
    ExperimentResults,
    GatedPopulation,
    Values,
    nothing_to_draw,
    short_name,
)
from coculture.flow.gating import gates as gate_blocks
from coculture.flow.gating.checks.threshold_sensitive import SHIFT_DECADES
from coculture.flow.tubes import Tube

TABLE = "figures/flow/threshold_sensitivity.csv"
TITLE = "Sensitivity to the Annexin V threshold"
CAPTION = (
    "Percent apoptotic when the Annexin V threshold is moved by up to a tenth of a decade in "
    "either direction."
)
COLUMNS = (
    "fcs", "culture", "population", "shift_decades", "threshold", "percent_apoptotic",
)  # fmt: skip
_SHIFTS = np.round(np.linspace(-SHIFT_DECADES, SHIFT_DECADES, 11), 6)
_NOT_MOVED = len(_SHIFTS) // 2
_MAX_NAMED = 12
_LINE_OF_TEXT = 0.036
"""Height of a name beside the lines, as a share of the axis."""


def draw(results: ExperimentResults) -> Drawing:
    """One line per sample of the reported population, from -0.1 to +0.1 decades."""
    gated = results.reported
    samples, population = gated.samples, gated.population.name
    if not gated.has_quadrants or not samples:
        return nothing_to_draw(NO_QUADRANTS, TITLE, TABLE, COLUMNS)
    lines = _lines(gated, samples)
    used = sorted({_threshold(gated, tube) for tube in samples})
    named = " to ".join(f"{threshold:.4g}" for threshold in dict.fromkeys((used[0], used[-1])))
    limit = results.settings.limits.sensitivity_percent_points
    with style.house_style():
        figure = Figure(figsize=(6.4, 4.2))
        ax = figure.subplots()
        _draw_lines(ax, lines, limit)
        ax.axvline(0, color=style.BLACK, linewidth=0.8, linestyle=":", zorder=1)
        ticks = _SHIFTS[[0, _NOT_MOVED, -1]]
        ax.set_xticks(ticks, [f"{shift:+g}" if shift else "0" for shift in ticks])
        ax.set_xlabel("Annexin V threshold moved by (decades)")
        ax.set_ylabel(f"percent apoptotic of {population}")
        ax.set_title(f"{results.name}: sensitivity to the Annexin V threshold")
        figure.supxlabel(
            f"One line per sample, with a mark at the threshold used ({named}). Coloured: "
            f"changes by more than {limit:g} percentage points;\nup to {_MAX_NAMED} of these are "
            "named, with their largest change.",
            x=0.01,
            ha="left",
            fontsize=7,
        )
    rows = [
        (tube.fcs, tube.culture, population, *point)
        for tube, percents in lines
        for point in zip(_SHIFTS, _threshold(gated, tube) * 10**_SHIFTS, percents, strict=True)
    ]
    text = FigureText(TITLE, CAPTION, _result(results))
    return Drawing(figure, pd.DataFrame(rows, columns=COLUMNS), TABLE, text)


def _result(results: ExperimentResults) -> str:
    changes = results.reported_samples("sensitivity_percent_points")["sensitivity_percent_points"]
    if changes.empty:
        return ""
    return (
        f"Percent apoptotic changes by {number(float(changes.median()), 2)} percentage points in "
        f"the median sample and by at most {number(float(changes.max()), 2)}."
    )


def _threshold(gated: GatedPopulation, tube: Tube) -> float:
    """The Annexin V threshold of one file."""
    return float(gate_blocks.of_tube(gated.blocks, tube)[gate_blocks.ANNEXIN]["threshold"])


def _lines(gated: GatedPopulation, samples: Sequence[Tube]) -> list[tuple[Tube, Values]]:
    """Each sample that has events, with its percent apoptotic at each moved threshold."""
    channel = gated.blocks[gate_blocks.ANNEXIN]["channels"][0]
    lines = []
    for tube in samples:
        events = np.sort(gated.events(tube, "population", channel)[channel])
        if len(events):
            below = np.searchsorted(events, _threshold(gated, tube) * 10**_SHIFTS)
            lines.append((tube, 100 * (len(events) - below) / len(events)))
    return lines


def _draw_lines(ax: Axes, lines: Sequence[tuple[Tube, Values]], limit: float) -> None:
    named = {}
    for tube, percents in lines:
        change = float(np.max(np.abs(percents - percents[_NOT_MOVED])))
        is_sensitive = change > limit
        (line,) = ax.plot(
            _SHIFTS,
            percents,
            color=style.VERMILION if is_sensitive else style.GREY,
            linewidth=1.2 if is_sensitive else 0.8,
            marker="o",
            markersize=3,
            markevery=[_NOT_MOVED],
            zorder=3 if is_sensitive else 2,
        )
        mark_culture(line, tube.culture)
        if is_sensitive:
            named[f"{short_name(tube)} ({change:.1f})"] = (change, float(percents[-1]))
    ax.set_ylim(0, None)
    _name(ax, dict(sorted(named.items(), key=lambda item: -item[1][0])[:_MAX_NAMED]))


def _name(ax: Axes, named: Mapping[str, tuple[float, float]]) -> None:
    """Names at the ends of their lines, moved up where they would overlap."""
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
