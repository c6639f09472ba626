"""Dose-response: each endpoint against the dose, with the curves of experiments and their mean."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray

from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.design.interference import caption_of
from coculture.comparison.doses.dose_curve import DOSES_OF_A_FREE_CURVE
from coculture.comparison.doses.experiment_curves import ExperimentCurves, experiment_curves
from coculture.comparison.doses.series import DoseSeries, dose_series
from coculture.comparison.doses.tables import EC50
from coculture.comparison.figures.axes import (
    BOUND_MARKERS,
    MAX_LISTED,
    MEAN,
    as_shown,
    caption,
    kind_of_mean,
    label_decades,
    nothing_to_draw,
    why_no_values,
)
from coculture.comparison.figures.inputs import FigureInputs
from coculture.comparison.settings import Factor
from coculture.comparison.statistics.exploratory import PER_EXPERIMENT
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.drawing import Drawing, style
from coculture.drawing.marks import MARKERS, Mark, series_marks
from coculture.exchange.figure_text import FigureText
from coculture.exchange.names import relabelled
from coculture.exchange.vocabulary import heading, number

TABLE = "figures/comparison/dose_response.csv"
COLUMNS = (
    "panel",
    "series",
    "mark",
    "experiment",
    "dose",
    "dose_unit",
    "value",
    "unit",
    "relation",
)
_Floats = NDArray[np.float64]
_POINTS = 120
"""Of a drawn curve."""
_LEAST_STEP = 2.5
"""Factor from the lowest dose down to where untreated is drawn, at least."""
_CLOSEST = 0.1
"""Share of the axis between two labelled doses, at least."""


@dataclass(frozen=True)
class _Shown:
    """A series with its means and curves."""

    series: DoseSeries
    means: GroupMeans
    found: ExperimentCurves

    @property
    def zero(self) -> float:
        """Where untreated is drawn on the axis of doses."""
        doses = self.series.doses
        step = (doses[-1] / doses[0]) ** (1 / (len(doses) - 1))
        return float(doses[0] / max(step, _LEAST_STEP))

    @property
    def levels(self) -> _Floats:
        """Where each of its arms is drawn."""
        start = [self.zero] if self.series.has_untreated else []
        return np.array([*start, *self.series.doses])


def dose_response(inputs: FigureInputs, subject: str) -> Drawing:
    """One endpoint against the log dose of each drug, panels by cells, stroma and drug.

    `subject` is the name of an endpoint of the config.
    """
    tables, design = inputs.tables, inputs.design
    quantity = inputs.settings.compared(subject)
    scale = quantity.primary
    text = FigureText(
        f"How does {quantity.in_sentences} change with the dose?",
        "Thin: each experiment; thick: the mean of the experiments.",
        _result(tables.dose_summary, scale, design),
        PER_EXPERIMENT,
    )
    means = GroupMeans.of(tables.arms, scale, [design.label(arm) for arm in design.arms])
    shown = [
        _Shown(series, means, found)
        for series in dose_series(design, means.cultured)
        if (found := experiment_curves(series, means, scale, design)) is not None
    ]
    if not shown:
        why = (
            why_no_values(inputs.cultures, quantity)
            if means.mean.isna().all(axis=None)
            else "no experiment has three levels of a drug"
        )
        return nothing_to_draw(f"No doses to show: {why}.", TABLE, COLUMNS, text)
    panels: dict[tuple[Factor, Arm, str], list[_Shown]] = {}
    for one in shown:
        place = replace(design.untreated(one.series.control), stroma="")
        key = (one.series.factor, place, one.series.control.stroma)
        panels.setdefault(key, []).append(one)
    rows = list(dict.fromkeys(key[:2] for key in panels))
    stromas = list(dict.fromkeys(key[2] for key in panels))
    most_lines = max(len(of_panel) for of_panel in panels.values())
    data: list[dict[str, object]] = []
    with style.house_style():
        figure = Figure(
            figsize=(
                1.0 + 3.5 * max(len(stromas), 2),
                0.9 + (2.9 + 0.2 * most_lines) * len(rows),
            )
        )
        axes = figure.subplots(len(rows), len(stromas), squeeze=False, sharey=True)
        experiments = sorted({name for one in shown for name in one.found.curves})
        markers = {name: MARKERS[i % len(MARKERS)] for i, name in enumerate(experiments)}
        for (row, column), axis in np.ndenumerate(axes):
            of_panel = panels.get((*rows[row], stromas[column]))
            if of_panel is None:
                axis.set_visible(False)
                continue
            data += _draw_panel(axis, of_panel, scale, design, markers, tables.dose_summary)
            if column == 0:
                axis.set_ylabel(heading(scale.title_shown))
        figure.legend(
            handles=[
                Line2D([], [], color=style.BLACK, marker=marker, linestyle="none", label=name)
                for name, marker in markers.items()
            ],
            title="experiment",
            title_fontsize=8,
            loc="outside right upper",
        )
        caption(figure, _caption(shown, scale, design, subject))
    return Drawing(figure, pd.DataFrame(data, columns=list(COLUMNS)), TABLE, text)


def _caption(shown: Sequence[_Shown], scale: Endpoint, design: Design, subject: str) -> str:
    fitted = any(curve.is_fitted for one in shown for curve in one.found.curves.values())
    points = f"Points: the {kind_of_mean(scale)} of the wells of an experiment"
    lines = (
        "thin lines: the 4PL curve of an experiment; thick lines: the mean of these curves, or of "
        "the points (dashed) where fewer than two experiments have a curve"
        if fitted
        else "thin lines connect an experiment; thick dashed lines: the mean"
    )
    least = min(len(one.series.doses) for one in shown)
    plateau = (
        " With four or five doses a curve begins at the untreated mean of its experiment."
        if fitted and least < DOSES_OF_A_FREE_CURVE
        else ""
    )
    interval = " EC50 with its 95 % CI; n: experiments." if fitted else ""
    labels = [label for one in shown for label in one.series.labels(design)]
    return (
        f"{points}; {lines}. Left of the break: untreated.{plateau}{interval}"
        f"{caption_of(design, labels, subject)}"
    )


def _draw_panel(
    axis: Axes,
    of_panel: Sequence[_Shown],
    scale: Endpoint,
    design: Design,
    markers: Mapping[str, str],
    summary: pd.DataFrame,
) -> list[dict[str, object]]:
    """The series of one drug in cells on one stroma; a row for each mark."""
    factor, control = of_panel[0].series.factor, design.untreated(of_panel[0].series.control)
    panel = design.display_setting(control)
    axis.set_title(panel, fontsize=9)
    axis.set_xscale("log")
    if scale.is_ratio:
        axis.set_yscale("log")
        label_decades(axis.yaxis)
    names = [_line_name(one, design) for one in of_panel]
    colours = series_marks(["", *names])
    rows: list[dict[str, object]] = []
    legend = []
    for one, name in zip(of_panel, names, strict=True):
        marks = _draw_series(axis, one, scale, design, colours[name], markers)
        named = {"panel": panel, "series": one.series.name(design), "unit": scale.unit_shown}
        rows += [named | {"dose_unit": factor.unit} | mark for mark in marks]
        text = _ec50_text(summary, scale, one, design)
        label = ": ".join(filter(None, (name if len(of_panel) > 1 else "", text)))
        if label:
            legend.append(Line2D([], [], color=colours[name].colour, linewidth=2.4, label=label))
    _dose_axis(axis, of_panel)
    axis.set_xlabel(f"{factor.name} ({factor.unit})" if factor.unit else factor.name)
    if legend:
        axis.legend(
            handles=legend, fontsize=7, loc="upper left", bbox_to_anchor=(-0.05, -0.2), borderpad=0
        )
    return rows


def _line_name(one: _Shown, design: Design) -> str:
    """What was given besides: "with TCZ"."""
    control = one.series.control
    return f"with {design.additions(control)}" if design.given(control) else "alone"


def _draw_series(
    axis: Axes,
    one: _Shown,
    scale: Endpoint,
    design: Design,
    mark: Mark,
    markers: Mapping[str, str],
) -> list[dict[str, object]]:
    """Points, curves and their mean; a row for each mark."""
    rows: list[dict[str, object]] = []
    levels, labels = one.levels, one.series.labels(design)
    doses = [0.0, *one.series.doses] if one.series.has_untreated else list(one.series.doses)
    values, relations = one.means.mean[labels], one.means.relation[labels]
    grid = np.geomspace(one.series.doses[0], one.series.doses[-1], _POINTS)
    fitted = {name: curve for name, curve in one.found.curves.items() if curve.is_fitted}
    for experiment in one.found.curves:
        points = np.asarray(as_shown(values.loc[experiment], scale))
        for x, y, dose, relation in zip(
            levels, points, doses, relations.loc[experiment], strict=True
        ):
            if np.isnan(y):
                continue
            axis.plot(
                x,
                y,
                color=mark.colour,
                marker=BOUND_MARKERS.get(str(relation), markers[experiment]),
                markersize=4.5,
                markeredgecolor="white",
                markeredgewidth=0.5,
                alpha=0.85,
            )
            rows.append(_row("experiment", experiment, dose, float(y), str(relation)))
        if experiment in fitted:
            line = np.asarray(as_shown(fitted[experiment].response(grid), scale))
            axis.plot(grid, line, color=mark.colour, linewidth=0.7, alpha=0.6)
            rows += [
                _row("curve", experiment, x, y) for x, y in zip(grid, line.tolist(), strict=True)
            ]
        elif not fitted:
            axis.plot(levels, points, color=mark.colour, linewidth=0.7, alpha=0.6)
    if len(fitted) > 1:
        mean = np.mean([curve.response(grid) for curve in fitted.values()], axis=0)
        x, y, style_of_line = grid, np.asarray(as_shown(mean, scale)), "-"
        at = grid
    else:
        complete = values.loc[list(one.found.curves)]
        x, y, style_of_line = levels, np.asarray(as_shown(complete.mean(), scale)), "--"
        at = np.array(doses)
    axis.plot(x, y, color=mark.colour, linewidth=2.4, linestyle=style_of_line)
    rows += [_row("mean", MEAN, dose, value) for dose, value in zip(at, y.tolist(), strict=True)]
    return rows


def _row(
    mark: str, experiment: str, dose: float, value: float, relation: str = ""
) -> dict[str, object]:
    return {
        "mark": mark,
        "experiment": experiment,
        "dose": float(dose),
        "value": value,
        "relation": relation,
    }


def _dose_axis(axis: Axes, of_panel: Sequence[_Shown]) -> None:
    """Labelled doses, and untreated left of a break."""
    zero = min(one.zero for one in of_panel)
    has_untreated = any(one.series.has_untreated for one in of_panel)
    doses = sorted({dose for one in of_panel for dose in one.series.doses})
    left = zero if has_untreated else doses[0]
    width = np.log(doses[-1] / left)
    ticks, names = ([zero], ["0"]) if has_untreated else ([], [])
    for dose in doses:
        if not ticks or np.log(dose / ticks[-1]) >= _CLOSEST * width:
            ticks.append(dose)
            names.append(f"{dose:g}")
    axis.set_xticks(ticks, names)
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xlim(left / np.exp(0.06 * width), doses[-1] * np.exp(0.06 * width))
    if has_untreated:
        middle = float(np.sqrt(zero * doses[0]))
        for shift in (0.985, 1.015):
            place = middle * np.exp((shift - 1) * width)
            axis.plot(
                place,
                0,
                marker=[(-0.4, -1), (0.4, 1)],
                markersize=8,
                color=style.BLACK,
                markeredgewidth=0.9,
                transform=axis.get_xaxis_transform(),
                clip_on=False,
                zorder=5,
            )


def _ec50_text(summary: pd.DataFrame, scale: Endpoint, one: _Shown, design: Design) -> str:
    """The EC50 of a series over its experiments: "EC50 4.1 nM (3.2 to 5.2), n = 4"."""
    rows = summary[
        (summary["endpoint"] == scale.name)
        & (summary["measure"] == EC50)
        & (summary["drug"] == one.series.factor.name)
        & (summary["series"] == one.series.name(design))
    ]
    return "" if rows.empty else _ec50(rows.iloc[0].to_dict())


def _ec50(row: Mapping[Hashable, object]) -> str:
    value, lower, upper = (float(str(row[key])) for key in ("value", "lower", "upper"))
    if np.isnan(value):
        return "no EC50"
    sign = {">=": "≥ ", "<=": "≤ "}.get(str(row["relation"]), "")
    text = f"EC50 {sign}{number(value)} {row['unit']}".rstrip()
    if not np.isnan([lower, upper]).any():
        text += f" ({number(lower)} to {number(upper)})"
    return f"{text}, n = {row['n']}"


def _result(summary: pd.DataFrame, scale: Endpoint, design: Design) -> str:
    """The EC50 of each series; of many the lowest and the highest."""
    rows = summary[(summary["endpoint"] == scale.name) & (summary["measure"] == EC50)]
    rows = rows[rows["value"].notna()]
    if rows.empty:
        return ""
    if len(rows) > MAX_LISTED:
        order = rows.sort_values("value", kind="stable")
        rows = order.iloc[[0, -1]]
    each = [
        f"{row['drug']} in {relabelled(str(row['series']), design.cell_labels)}: {_ec50(row)}"
        for row in rows.to_dict("records")
    ]
    return f"{'; '.join(each)}."
