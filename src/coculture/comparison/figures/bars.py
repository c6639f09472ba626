"""Bars with points: the mean of each arm, its interval, and the experiments behind them.

Bars begin at zero, also those of concentrations, because their length is what people compare.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.figures.axes import as_shown, plain_numbers
from coculture.comparison.figures.superplot import draw_experiment, shifts
from coculture.comparison.statistics.censoring import UNKNOWN
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.comparison.statistics.outside_range import estimated_contrast, limits
from coculture.drawing import style
from coculture.drawing.marks import Mark

_WIDTH = 0.72
"""Of a bar, in arms."""
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class ArmMean:
    """The mean of an arm over the experiments, or over donors where these are tested.

    Attributes
    ----------
    value, lower, upper
        As shown: concentrations, not logarithms. NaN where there is no interval.
    relation
        "<=" or ">=" if the mean is only a bound.
    n, df
        The experiments, and the degrees of freedom of the interval.
    """

    arm: str
    value: float
    lower: float
    upper: float
    relation: str
    n: int
    df: float


def arm_means(arms: pd.DataFrame, scale: Endpoint, labels: Sequence[str]) -> list[ArmMean]:
    """The mean of each arm of an endpoint; none of arms whose mean is unknown.

    `arms` is comparison/arms.csv. Wells outside the range have no interval on their side.
    """
    means = GroupMeans.of(arms, scale, labels)
    found = []
    for label in labels:
        relation, mean = estimated_contrast(means, {label: 1.0})
        if relation == UNKNOWN or np.isnan(mean.estimate):
            continue
        ends = limits(means, {label: 1.0}, relation, _CONFIDENCE)
        value, lower, upper = map(float, as_shown([mean.estimate, *ends], scale))
        found.append(ArmMean(label, value, lower, upper, relation, mean.n, mean.df))
    return found


def mean_rows(means: Sequence[ArmMean], scale: Endpoint) -> Iterator[dict[str, object]]:
    """The data of the bars."""
    for one in means:
        yield {
            "mark": "arm",
            "arm": one.arm,
            "value": one.value,
            "lower": one.lower,
            "upper": one.upper,
            "unit": scale.unit_shown,
            "relation": one.relation,
            "n": one.n,
            "df": one.df,
        }


def draw_bars(
    axis: Axes,
    means: Sequence[ArmMean],
    experiments: pd.DataFrame,
    scale: Endpoint,
    design: Design,
    positions: Mapping[Arm, float],
    marks: Mapping[str, Mark],
) -> None:
    """Draw the arms of one row; `experiments` are rows of comparison/arms.csv with a mean."""
    if scale.is_ratio:
        plain_numbers(axis.yaxis)
    by_label = {one.arm: one for one in means}
    for arm, position in positions.items():
        own = experiments[experiments["arm"] == design.label(arm)].set_index("experiment")
        for (experiment, mark), shift in zip(marks.items(), shifts(len(marks)), strict=True):
            if experiment in own.index:
                value = float(as_shown(own.loc[experiment, "mean"], scale))
                relation = str(own.loc[experiment, "relation"])
                draw_experiment(axis, position + shift, value, relation, mark)
        if design.label(arm) in by_label:
            _draw_bar(axis, position, by_label[design.label(arm)])


def _draw_bar(axis: Axes, position: float, mean: ArmMean) -> None:
    axis.bar(
        position,
        mean.value,
        width=_WIDTH,
        facecolor="white" if mean.relation else style.LIGHT_GREY,
        edgecolor=style.BLACK,
        linewidth=0.8,
        linestyle="--" if mean.relation else "-",
        zorder=2,
    )
    ends = [one if not np.isnan(one) else mean.value for one in (mean.lower, mean.upper)]
    if ends != [mean.value] * 2:
        axis.errorbar(
            position,
            mean.value,
            yerr=np.abs(np.array(ends) - mean.value)[:, None],
            color=style.BLACK,
            linewidth=1.1,
            capsize=4,
            zorder=3,
        )
