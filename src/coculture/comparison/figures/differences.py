"""The lower panel of the arms figure: each difference with its interval, by either analysis."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from coculture.comparison import number_formats
from coculture.comparison.comparison import Comparison
from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.design.families import AGAINST_BASELINE, AGAINST_PARTS, AGAINST_UNTREATED
from coculture.comparison.figures.axes import (
    BOUND_MARKERS,
    as_shown,
    label_decades,
    on_lines,
)
from coculture.comparison.findings import kind_of
from coculture.comparison.findings.sentences import unit_of_points
from coculture.comparison.settings import ComparisonSettings
from coculture.comparison.statistics.exploratory import PER_EXPERIMENT, POOLED_ERROR
from coculture.drawing import style
from coculture.drawing.marks import Mark
from coculture.exchange.names import relabelled
from coculture.exchange.vocabulary import listed

_ROW, _LINE, _BETWEEN, _AROUND = 0.27, 0.118, 0.06, 1.6
"""Heights in inches: of a difference, of a line of its name, between names, of axis and caption."""
_MOST = 60
"""Of the lines; if there are more, those of combinations against their parts are left out."""
_LETTERS = 52
"""Of the name of a contrast on one line."""


@dataclass(frozen=True)
class DrawnDifferences:
    """The differences of one endpoint that are drawn, the same ones for both analyses.

    Attributes
    ----------
    rows
        Rows of comparison/contrasts.csv. A difference that the pooled-error analysis cannot
        estimate has a row without numbers.
    by_contrast
        The value in each experiment, by contrast; none for the pooled-error analysis. Of a
        comparison between experiments, the contrast with the other groups of arms at their means.
    left_out
        How many differences between treatments are in comparison/contrasts.csv only.
    """

    rows: pd.DataFrame
    by_contrast: Mapping[str, Mapping[str, float]]
    left_out: int = 0

    @property
    def has_between(self) -> bool:
        """Whether a difference is between experiments."""
        return bool((self.rows["compared"] != "").any())

    @classmethod
    def of(cls, tables: Comparison, scale: Endpoint, analysis: str) -> "DrawnDifferences":
        """Choose them from the tables of the comparison."""
        drawn = _of_endpoint(tables.contrasts, scale)
        inside = drawn[drawn["analysis"] == PER_EXPERIMENT].set_index("contrast")
        left_out = 0
        if len(inside) > _MOST:
            between_treatments = inside["family"] == AGAINST_PARTS
            left_out = int(between_treatments.sum())
            inside = inside[~between_treatments]
        rows = drawn[drawn["analysis"] == analysis].set_index("contrast").reindex(inside.index)
        # A difference that an analysis cannot estimate has no row of its own.
        text = {name: rows[name].fillna("") for name in ("relation", "compared", "n_each")}
        each = _of_endpoint(tables.contrast_values, scale)
        each = each[each["analysis"] == analysis]
        return cls(
            rows.assign(analysis=analysis, **text).reset_index(),
            {
                str(contrast): dict(zip(one["experiment"], _as_contrasts(one), strict=True))
                for contrast, one in each.groupby("contrast", sort=False)
            },
            left_out,
        )


def _as_contrasts(values: pd.DataFrame) -> "pd.Series[float]":
    """The contrast of each row of contrast_values.csv, with the other parts at their means.

    The value itself if the contrast is inside experiments.
    """
    parts = values["value"] * values["part_weight"].fillna(1.0)
    means = parts.groupby(values["part"]).transform("mean")
    others = float(parts.groupby(values["part"]).mean().sum()) - means
    return parts + others.where(values["part"] != "", 0.0)


def _of_endpoint(table: pd.DataFrame, scale: Endpoint) -> pd.DataFrame:
    families = (AGAINST_UNTREATED, AGAINST_PARTS, AGAINST_BASELINE)
    return table[(table["endpoint"] == scale.name) & table["family"].isin(families)]


def difference_rows(
    differences: DrawnDifferences, scale: Endpoint, settings: ComparisonSettings
) -> Iterator[dict[str, object]]:
    """The data of the panel: the margin, the value of each experiment, each estimate."""
    unit = _unit(scale)
    margin = _margin(scale, settings)
    if margin is not None:
        yield {"mark": "margin", "value": margin, "unit": unit}
    for row in differences.rows.to_dict("records"):
        of_contrast = {"contrast": row["contrast"], "unit": unit}
        for experiment, value in differences.by_contrast.get(row["contrast"], {}).items():
            shown = float(as_shown(value, scale))
            inside = {"mark": _mark(row), "experiment": experiment}
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
            "n_each": row["n_each"],
        }


def _mark(row: Mapping[Hashable, Any]) -> str:
    if row["compared"]:
        return "difference from the mean of the other arm"
    return "difference inside an experiment"


def height_of(differences: DrawnDifferences, design: Design) -> float:
    """The height of the panel in inches, with its axis and the caption."""
    names = _names(differences, design)
    lines = max((len(name.splitlines()) for name in names), default=1)
    return _AROUND + max(len(names), 1) * max(_ROW, lines * _LINE + _BETWEEN)


def _names(differences: DrawnDifferences, design: Design) -> list[str]:
    """The names of the contrasts as they stand at the left."""
    every = differences.rows["contrast"]
    return [on_lines(relabelled(str(name), design.cell_labels), _LETTERS) for name in every]


def draw_differences(
    axis: Axes,
    differences: DrawnDifferences,
    scale: Endpoint,
    design: Design,
    settings: ComparisonSettings,
    marks: Mapping[str, Mark],
) -> None:
    """One line for each difference, with its interval, and with n and df at the right."""
    rows = differences.rows
    axis.axvline(1.0 if scale.is_ratio else 0.0, color=style.BLACK, linewidth=0.8)
    _draw_margin(axis, _margin(scale, settings), scale)
    for position, row in enumerate(rows.to_dict("records")):
        for experiment, value in differences.by_contrast.get(row["contrast"], {}).items():
            axis.plot(
                as_shown(value, scale),
                position + 0.22,
                marker=marks[experiment].marker,
                color=marks[experiment].colour,
                markersize=3.5,
                alpha=0.8,
            )
        lower, upper, estimate = as_shown([row["lower"], row["upper"], row["estimate"]], scale)
        # Beside a bound is one limit only: the line ends at the arrowhead of the bound.
        ends = [one if not np.isnan(one) else estimate for one in (lower, upper)]
        if not np.isnan([lower, upper]).all():
            axis.plot(ends, [position, position], color=style.BLACK, linewidth=1.6)
        axis.plot(
            estimate,
            position,
            marker=BOUND_MARKERS.get(row["relation"], "D"),
            color=style.BLACK,
            markerfacecolor="white" if row["relation"] in BOUND_MARKERS else style.BLACK,
            markersize=5,
        )
    axis.set_yticks(range(len(rows)), _names(differences, design), fontsize=7.5)
    axis.set_ylim(len(rows) - 0.4, -0.6)
    right = axis.secondary_yaxis("right")
    right.set_yticks(
        range(len(rows)), [_n_and_df(row) for row in rows.to_dict("records")], fontsize=7
    )
    right.tick_params(length=0)
    right.spines["right"].set_visible(False)
    if scale.is_ratio:
        axis.set_xscale("log")
        label_decades(axis.xaxis)
    points = f"Difference in {scale.unit}" if scale.unit else f"Difference of {scale.subject}"
    of_what = f"Ratio of {scale.subject}" if scale.is_ratio else points
    pooled = bool((rows["analysis"] == POOLED_ERROR).any())
    how = "95 % interval, pooled error" if pooled else f"95 % t interval over {_tested(rows)}"
    axis.set_xlabel(f"{of_what}, with {how}")


def _tested(rows: pd.DataFrame) -> str:
    """What the intervals are over, in the order in which it comes."""
    tested = dict.fromkeys(str(one) for one in rows["tested"].dropna())
    return listed(tested or ["experiments"])


def _draw_margin(axis: Axes, margin: float | None, scale: Endpoint) -> None:
    if margin is None:
        return
    none = 1.0 if scale.is_ratio else 0.0
    axis.axvspan(none, margin, color=style.LIGHT_GREY, alpha=0.6, linewidth=0)
    unit = "-fold" if scale.is_ratio else f" {unit_of_points(scale)}"
    shown = f"{margin:.3g}"
    if scale.is_ratio and margin < none:
        # As findings state it: 1.5-fold is the margin of a fall to 1/1.5, too.
        shown = f"1/{1 / margin:.3g}"
    axis.text(
        margin,
        1.0,
        f"margin {shown}{unit}".replace("-", "−", margin < 0),
        transform=axis.get_xaxis_transform(),
        fontsize=7,
        va="bottom",
        ha="left" if margin > none else "right",
    )


def _margin(scale: Endpoint, settings: ComparisonSettings) -> float | None:
    """The margin of the findings about an endpoint; None if they have none or different ones."""
    margins = {
        kind_of(finding.kind).tested_against(finding)
        for finding in settings.findings
        if finding.endpoint == scale.subject
        and finding.has_margin
        and kind_of(finding.kind).needs_margin
    }
    return float(as_shown(margins.pop(), scale)) if len(margins) == 1 else None


def _unit(scale: Endpoint) -> str:
    return "ratio" if scale.is_ratio else scale.unit


def _n_and_df(row: Mapping[Hashable, Any]) -> str:
    """Number of experiments and degrees of freedom of an interval, or why there is none."""
    if row["relation"] in BOUND_MARKERS:
        side = "upper" if row["relation"] == "<=" else "lower"
        return f"n = {_n(row)}, bound with {side} limit"
    if np.isnan(row["estimate"]):
        return "no estimate"
    numbers = f"n = {_n(row)}"
    if not np.isnan(row["df"]):
        numbers += f", df = {row['df']:.{1 if row['compared'] else 0}f}"
    p = row["p_dunnett"]
    return numbers if np.isnan(p) else f"{numbers}, {number_formats.probability(p)}"


def _n(row: Mapping[Hashable, Any]) -> str:
    """The number of experiments, with that of the donors where it is known."""
    n = str(row["n_each"] or f"{row['n']:.0f}")
    return number_formats.with_donors(n, row["donors"])
