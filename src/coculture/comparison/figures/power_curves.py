"""The power of each finding by the number of experiments and wells."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from coculture.comparison.figures.axes import nothing_to_draw
from coculture.comparison.planning import ALL_FINDINGS, ENOUGH_POWER
from coculture.drawing import Drawing, style
from coculture.drawing.marks import series_marks
from coculture.exchange.figure_text import FigureText

TABLE = "plan/power.csv"
TEXT = FigureText(
    "Power by number of experiments",
    "The fraction of simulated studies in which each finding is shown.",
)


def power_curves(table: pd.DataFrame) -> Drawing:
    """Power by experiments: a panel for each finding, a line for each number of wells.

    `table` is plan/power.csv (`planning.power`).
    """
    names = list(dict.fromkeys(table["id"]))
    numbers = sorted(set(table["wells"]))
    if not names:
        message = "No power to show: the config states no findings."
        return nothing_to_draw(message, TABLE, list(table.columns), TEXT)
    marks = series_marks([str(number) for number in numbers])
    with style.house_style():
        columns = min(len(names), 4)
        rows = -(-len(names) // columns)
        drawn = Figure(figsize=(2.3 * columns + 0.6, 2.3 * rows + 0.5))
        axes = drawn.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        for axis, name in zip(axes.ravel(), names, strict=False):
            axis.axhline(ENOUGH_POWER, color=style.LIGHT_GREY, linewidth=1, zorder=0)
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
            axis.set_title("all together" if name == ALL_FINDINGS else str(name))
            axis.set_ylim(0, 1.03)
        for axis in axes.ravel()[len(names) :]:
            axis.set_visible(False)
        for axis in axes[:, 0]:
            axis.set_ylabel("Power")
        axes[0, 0].legend(fontsize=7, loc="lower right")
        runs = int(table["runs"].max())
        drawn.supxlabel(
            f"Experiments (grey line: power {ENOUGH_POWER:g}; bars: 95 % interval of the "
            f"simulation; {runs:,} simulated studies per point)",
            fontsize=8,
        )
    return Drawing(drawn, table, TABLE, TEXT)
