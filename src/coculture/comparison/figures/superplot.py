"""Wells inside experiments: the unit of replication is the large mark.

After S. J. Lord et al., J. Cell Biol. 219 (2020) e202001064 ("SuperPlots").
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from coculture.comparison.design.arms import Arm, Design, setting_of
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.figures.axes import as_shown, label_decades, log_limits
from coculture.drawing.marks import Mark
from coculture.exchange.culture_marks import mark_culture

_SLOT = 0.26
"""Largest width of one experiment in an arm, in arms: its wells, and its mean next to them."""
_WIDTH_OF_EXPERIMENTS = 0.9
"""Width of all experiments in an arm, in arms."""


def draw_superplot(
    axis: Axes,
    wells: pd.DataFrame,
    means: pd.DataFrame,
    scale: Endpoint,
    design: Design,
    positions: Mapping[Arm, float],
    marks: Mapping[str, Mark],
) -> None:
    """Draw the arms of one row.

    Parameters
    ----------
    wells
        All wells of the figure (`well_values`).
    means
        Rows of comparison/arms.csv of the endpoint, each with a mean.
    """
    if scale.is_ratio:
        axis.set_yscale("log")
        axis.set_ylim(*log_limits(wells["value"].to_numpy(dtype=float)))
        label_decades(axis.yaxis)
    for (experiment, mark), shift in zip(marks.items(), shifts(len(marks)), strict=True):
        of_experiment = wells[wells["experiment"] == experiment]
        drawn = means[means["experiment"] == experiment].set_index("arm")
        slot = slot_of(len(marks))
        joined: dict[Arm, list[tuple[float, float, str]]] = {}
        for arm, position in positions.items():
            label = design.label(arm)
            values = of_experiment[of_experiment["arm"] == label].dropna(subset="value")
            _draw_wells(axis, values, position + shift - 0.3 * slot, mark, scale)
            mean, relation = float("nan"), ""  # breaks the line of an experiment that lacks the arm
            if label in drawn.index:
                mean = float(as_shown(drawn.loc[label, "mean"], scale))
                relation = str(drawn.loc[label, "relation"])
            point = (position + shift + 0.2 * slot, mean, relation)
            joined.setdefault(setting_of(arm), []).append(point)
        for points in joined.values():
            x, y, _ = zip(*points, strict=True)
            axis.plot(x, y, color=mark.colour, linewidth=0.8, alpha=0.4, zorder=3)
            for position, value, relation in points:
                draw_experiment(axis, position, value, relation, mark)


def slot_of(experiments: int) -> float:
    """The width of one experiment in an arm, in arms."""
    return min(_SLOT, _WIDTH_OF_EXPERIMENTS / max(experiments, 1))


def shifts(experiments: int) -> list[float]:
    """The place of each experiment beside the middle of an arm, in arms."""
    slot = slot_of(experiments)
    return [slot * (index + 0.5 - experiments / 2) for index in range(experiments)]


def draw_experiment(axis: Axes, position: float, value: float, relation: str, mark: Mark) -> None:
    """The mean of an experiment; open if it is a bound, nothing if it is NaN."""
    if np.isnan(value):
        return
    axis.plot(
        position,
        value,
        marker=mark.marker,
        markersize=6,
        color=mark.colour,
        markerfacecolor="white" if relation else mark.colour,
        markeredgecolor=mark.colour if relation else "white",
        markeredgewidth=1.1 if relation else 0.7,
        zorder=4,
    )


def _draw_wells(
    axis: Axes, values: pd.DataFrame, position: float, mark: Mark, scale: Endpoint
) -> None:
    """The wells of an arm in one experiment, above all large marks; open if censored."""
    spread = 0.02 * (np.arange(len(values)) - (len(values) - 1) / 2)
    for x, value, side, culture in zip(
        position + spread, values["value"], values["side"], values["culture"], strict=True
    ):
        (well,) = axis.plot(
            x,
            as_shown(value, scale),
            marker=mark.marker,
            markersize=3,
            color=mark.colour,
            markerfacecolor="white" if side else mark.colour,
            markeredgecolor=mark.colour if side else "white",
            markeredgewidth=0.7 if side else 0.3,
            zorder=5,
        )
        mark_culture(well, str(culture))
