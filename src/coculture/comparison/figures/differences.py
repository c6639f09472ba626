"""The lower panel of a SuperPlot: each difference with its interval, by either analysis."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.design.families import AGAINST_PARTS, AGAINST_UNTREATED
from coculture.comparison.figures.elements import ARROWS, Mark, as_shown, label_decades, values_of
from coculture.comparison.findings import wording
from coculture.comparison.settings import APOPTOSIS, ComparisonSettings
from coculture.comparison.statistics.exploratory import PER_EXPERIMENT, POOLED_ERROR
from coculture.drawing import style
from coculture.exchange.names import relabelled


def differences_of(contrasts: pd.DataFrame, scale: Endpoint, analysis: str) -> pd.DataFrame:
    """The rows of comparison/contrasts.csv that are drawn, the same ones for both analyses.

    A difference that the pooled-error analysis cannot estimate has a row without numbers.
    """
    drawn = contrasts[
        (contrasts["endpoint"] == scale.name)
        & contrasts["family"].isin([AGAINST_UNTREATED, AGAINST_PARTS])
    ]
    inside = drawn[drawn["analysis"] == PER_EXPERIMENT].set_index("contrast")
    rows = drawn[drawn["analysis"] == analysis].set_index("contrast").reindex(inside.index)
    texts = {column: rows[column].fillna("") for column in ("relation", "values")}
    return rows.assign(analysis=analysis, **texts).reset_index()


def difference_rows(
    differences: pd.DataFrame, scale: Endpoint, settings: ComparisonSettings
) -> Iterator[dict[str, object]]:
    """What the panel shows: each experiment's value, each estimate, the margin."""
    unit = _unit(scale)
    margin = _margin(scale, settings)
    if margin is not None:
        yield {"mark": "margin", "value": margin, "unit": unit}
    for row in differences.to_dict("records"):
        of_contrast = {"contrast": row["contrast"], "unit": unit}
        for experiment, value in values_of(row["values"]).items():
            shown = float(as_shown(value, scale))
            inside = {"mark": "difference inside an experiment", "experiment": experiment}
            yield of_contrast | inside | {"value": shown}
        value, lower, upper = as_shown([row["estimate"], row["lower"], row["upper"]], scale)
        yield of_contrast | {
            "mark": "difference",
            "value": float(value),
            "lower": float(lower),
            "upper": float(upper),
            "relation": row["relation"],
            "n": row["n"],
            "df": row["df"],
        }


def draw_differences(
    axis: Axes,
    rows: pd.DataFrame,
    scale: Endpoint,
    design: Design,
    settings: ComparisonSettings,
    marks: Mapping[str, Mark],
) -> None:
    """Each difference on a line of its own, its interval, and at the right n and df."""
    axis.axvline(1.0 if scale.is_ratio else 0.0, color=style.BLACK, linewidth=0.8)
    _draw_margin(axis, _margin(scale, settings))
    for place, row in enumerate(rows.to_dict("records")):
        for experiment, value in values_of(row["values"]).items():
            axis.plot(
                as_shown(value, scale),
                place + 0.22,
                marker=marks[experiment].marker,
                color=marks[experiment].colour,
                markersize=3.5,
                alpha=0.8,
            )
        lower, upper, estimate = as_shown([row["lower"], row["upper"], row["estimate"]], scale)
        if not np.isnan(lower):
            axis.plot([lower, upper], [place, place], color=style.BLACK, linewidth=1.6)
        axis.plot(
            estimate,
            place,
            marker=ARROWS.get(row["relation"], "D"),
            color=style.BLACK,
            markerfacecolor="white" if row["relation"] in ARROWS else style.BLACK,
            markersize=5,
        )
    names = [relabelled(name, design.cell_labels) for name in rows["contrast"]]
    axis.set_yticks(range(len(rows)), names, fontsize=7.5)
    axis.set_ylim(len(rows) - 0.4, -0.6)
    beside = axis.secondary_yaxis("right")
    beside.set_yticks(
        range(len(rows)), [_beside(row) for row in rows.to_dict("records")], fontsize=7
    )
    beside.tick_params(length=0)
    beside.spines["right"].set_visible(False)
    if scale.is_ratio:
        axis.set_xscale("log")
        label_decades(axis.xaxis)
    of_what = f"Ratio of {scale.subject}" if scale.is_ratio else "Difference in percentage points"
    pooled = bool((rows["analysis"] == POOLED_ERROR).any())
    how = "95 % interval, pooled error" if pooled else "95 % t interval over experiments"
    axis.set_xlabel(f"{of_what}, with {how}")


def _draw_margin(axis: Axes, margin: float | None) -> None:
    if margin is None:
        return
    axis.axvspan(0, margin, color=style.LIGHT_GREY, alpha=0.6, linewidth=0)
    axis.text(
        margin,
        1.0,
        f"margin {margin:g} points",
        transform=axis.get_xaxis_transform(),
        fontsize=7,
        va="bottom",
        ha="left",
    )


def _margin(scale: Endpoint, settings: ComparisonSettings) -> float | None:
    """The margin that the findings about apoptosis share."""
    margins = {
        finding.margin_points
        for finding in settings.findings
        if finding.endpoint == APOPTOSIS and finding.kind in ("not_raised", "eliminated")
    }
    return margins.pop() if scale.subject == APOPTOSIS and len(margins) == 1 else None


def _unit(scale: Endpoint) -> str:
    return "ratio" if scale.is_ratio else scale.unit


def _beside(row: Mapping[Hashable, Any]) -> str:
    """The number of experiments and degrees of freedom behind an interval, or why it is none."""
    if row["relation"] in ARROWS:
        return f"n = {row['n']:.0f}, bound only"
    if np.isnan(row["estimate"]):
        return "no estimate"
    numbers = f"n = {row['n']:.0f}"
    if not np.isnan(row["df"]):
        numbers += f", df = {row['df']:.0f}"
    p = row["p_dunnett"]
    return numbers if np.isnan(p) else f"{numbers}, {wording.probability(p)}"
