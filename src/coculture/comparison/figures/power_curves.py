"""The power of each finding by the number of experiments and wells."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from coculture.comparison.figures.axes import caption, nothing_to_draw, on_lines
from coculture.comparison.planning import (
    ALL_FINDINGS,
    CONFIDENCE,
    ENOUGH_POWER,
    MOST_EXPERIMENTS,
    Need,
    Range,
)
from coculture.drawing import Drawing, style
from coculture.drawing.marks import series_marks
from coculture.exchange.figure_text import FigureText
from coculture.exchange.vocabulary import heading

TABLE = "plan/power.csv"
TEXT = FigureText(
    "Power by number of experiments",
    "The fraction of simulated studies in which each finding is shown by its own test, and the "
    "range of the number of experiments that it needs.",
)
_LETTERS = 20
"""Of the title of a panel, on one line."""
_BEYOND = 0.6
"""How far the axis, and a range without an upper limit, goes beyond the largest number."""


def power_curves(table: pd.DataFrame, needs: Sequence[Need]) -> Drawing:
    """Power by experiments: a panel for each finding, a line for each number of wells.

    Parameters
    ----------
    table
        plan/power.csv (`planning.power`).
    needs
        The range of each finding (`planning.needs`); shaded, and in the panel's title.
    """
    ranges = {need.id: need.range for need in needs}
    names = list(dict.fromkeys(table["id"]))
    numbers = sorted(set(table["wells"]))
    if not names:
        message = "No power to show: the config states no findings."
        return nothing_to_draw(message, TABLE, list(table.columns), TEXT)
    furthest = max(MOST_EXPERIMENTS, int(table["experiments"].max())) + _BEYOND
    marks = series_marks([str(number) for number in numbers])
    with style.house_style():
        columns = min(len(names), 4)
        rows = -(-len(names) // columns)
        drawn = Figure(figsize=(2.3 * max(columns, 2) + 0.6, 2.3 * rows + 0.7))
        axes = drawn.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        for axis, name in zip(axes.ravel(), names, strict=False):
            axis.axhline(ENOUGH_POWER, color=style.GREY, linewidth=1, zorder=0)
            for number in numbers:
                line = table[(table["id"] == name) & (table["wells"] == number)]
                middle = line["power"].to_numpy(dtype=float)
                limits = line[["lower", "upper"]].to_numpy(dtype=float)
                axis.errorbar(
                    line["experiments"],
                    middle,
                    yerr=np.abs(limits.T - middle),
                    color=marks[str(number)].colour,
                    marker="o",
                    markersize=4,
                    linewidth=1.2,
                    label=f"{number} well{'s' if number > 1 else ''}",
                )
            limits = ranges.get(str(name))
            label = "all together" if name == ALL_FINDINGS else str(name)
            if limits is not None and name != ALL_FINDINGS:
                axis.axvspan(
                    *_span(limits, furthest),
                    color=style.LIGHT_GREY,
                    alpha=0.5,
                    linewidth=0,
                    zorder=-1,
                )
                label += f": {limits.text}"
            axis.set_title(on_lines(label, _LETTERS))
            axis.set_ylim(0, 1.03)
            axis.set_xlim(2.5, furthest)
        for axis in axes.ravel()[len(names) :]:
            axis.set_visible(False)
        for axis in axes[:, 0]:
            axis.set_ylabel("Power")
        axes[0, 0].legend(fontsize=7, loc="lower right")
        runs = int(table["runs"].max())
        unit = heading(" or ".join(sorted(set(table["tested"]) - {""})) or "experiments")
        caption(
            drawn,
            f"{unit} (shaded: those needed for power {ENOUGH_POWER:g}, {100 * CONFIDENCE:g} % "
            "limits; curves: if effects and SDs were exactly as assumed, bars: 95 % interval of "
            f"{runs:,} simulated studies)",
        )
    return Drawing(drawn, table, TABLE, TEXT)


def _span(limits: Range, furthest: float) -> tuple[float, float]:
    """From the lower to the upper limit; without one, to the end of the axis."""
    least = furthest - 2 * _BEYOND if limits.least is None else limits.least - _BEYOND / 2
    return least, furthest if limits.most is None else limits.most + _BEYOND / 2
