"""Figures of the comparison: every well, every experiment, every difference with its interval.

The plots of wells inside experiments follow S. J. Lord et al., J. Cell Biol. 219 (2020)
e202001064 ("SuperPlots"): the unit of replication is the large mark.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from coculture import style
from coculture.comparison import wording
from coculture.comparison.analytes import column_prefix
from coculture.comparison.arms import Arm, Design, design_sentence
from coculture.comparison.censoring import ABOVE, BELOW
from coculture.comparison.combination import ALL, VIABILITY_RATIO
from coculture.comparison.endpoints import (
    PERCENT,
    Cells,
    Endpoint,
    primary_endpoint,
    well_values,
)
from coculture.comparison.exploratory import PER_EXPERIMENT
from coculture.comparison.families import (
    AGAINST_PARTS,
    AGAINST_UNTREATED,
    interaction_weights,
    interactions,
)
from coculture.comparison.findings import NOT_TESTABLE, SHOWN
from coculture.comparison.settings import APOPTOSIS, ComparisonSettings, Finding
from coculture.comparison.study_comparison import Comparison, as_text

_COLOURS = (
    style.BLUE,
    style.ORANGE,
    style.GREEN,
    style.PURPLE,
    style.VERMILION,
    style.SKY_BLUE,
    style.BLACK,
    style.YELLOW,
)
_GAP = 0.8
"""Empty space between the groups of arms of two cell types, in arms."""
_LETTERS_OF_AN_ARM = 10
"""Letters of an arm's name on one line, longer words apart."""
_LETTER = 0.06
"""Width of a letter of an arm's name, in inches."""


def superplot(
    cultures: pd.DataFrame, tables: Comparison, endpoint: str, settings: ComparisonSettings
) -> Figure:
    """Wells small, experiments large, and beneath them the differences with their t intervals.

    Parameters
    ----------
    cultures
        cultures.csv of the study.
    tables
        The comparison's tables (`compare`, or `read` from disk).
    endpoint
        "apoptosis", or the name of an analyte.
    settings
        Factors, cell labels and findings.
    """
    cultures = as_text(cultures)
    scale = primary_endpoint(endpoint, settings)
    design = Design.of(cultures, settings)
    wells = well_values(cultures, scale, settings)
    arms = [arm for arm in design.arms if wells.loc[_is(wells, design, arm), "value"].notna().any()]
    differences = _differences(tables.contrasts, scale)
    rows = max(len(differences), 1)
    with style.house_style():
        if not arms:
            return _empty(f"No arms to show: {_why_nothing(tables.arms, scale)}.")
        figure = Figure(figsize=(_width(design, arms), 5.0 + 0.27 * rows))
        # Two sub-figures, so that the long names below do not narrow the panel above.
        above, below = np.asarray(figure.subfigures(2, 1, height_ratios=[3.8, 0.27 * rows + 1.2]))
        upper, lower = above.subplots(), below.subplots()
        places = _places(arms)
        _draw_cultures(upper, wells, tables.arms, scale, design, places)
        _label_arms(upper, design, places)
        _draw_differences(lower, differences, scale, design, settings)
        words = f"{design_sentence(design)}\n{_caption(wells, scale)}"
        below.supxlabel(words, fontsize=7.5, x=0.01, ha="left")
    return figure


def findings_overview(
    findings: pd.DataFrame, tests: pd.DataFrame, settings: ComparisonSettings
) -> Figure:
    """The findings with their verdicts; one panel a unit, estimates with intervals.

    `findings` and `tests` are comparison/findings.csv and comparison/finding_tests.csv.
    """
    groups = [
        (unit, findings[findings["unit"].fillna("") == unit])
        for unit in dict.fromkeys(findings["unit"].fillna(""))
    ]
    with style.house_style():
        if not groups:
            return _empty("No findings to show: none are stated in the config.")
        figure = Figure(figsize=(9.2, 0.9 + sum(0.6 + 0.55 * len(rows) for _, rows in groups)))
        heights = [len(rows) + 0.6 for _, rows in groups]
        axes = figure.subplots(len(groups), 1, height_ratios=heights, squeeze=False)[:, 0]
        for axis, (unit, rows) in zip(axes, groups, strict=True):
            _draw_findings(axis, rows, tests, unit, settings)
        figure.supxlabel(
            "Filled: shown. Open: not shown. Text only: not testable. The interval agrees with the "
            "one-sided test; p stands against its level.\nOf several arms that a finding is "
            "compared with, the mark is the one with the weakest evidence (largest p); grey ticks: "
            "each of them.",
            fontsize=7.5,
            x=0.01,
            ha="left",
        )
    return figure


def interaction(
    cultures: pd.DataFrame, tables: Comparison, endpoint: str, settings: ComparisonSettings
) -> Figure:
    """Two factors given alone and together, one panel each: parallel lines are no interaction."""
    scale = primary_endpoint(endpoint, settings)
    design = Design.of(cultures, settings)
    cells = Cells.of(tables.arms, scale, [design.label(arm) for arm in design.arms])
    pairs = [
        (arm, one, other)
        for arm, one, other in interactions(design)
        if cells.mean[list(interaction_weights(design, arm, one, other))].notna().any().all()
    ]
    with style.house_style():
        if not pairs:
            why = (
                _why_nothing(tables.arms, scale)
                if cells.mean.isna().all(axis=None)
                else "no two factors were given alone and together"
            )
            return _empty(f"No interaction to show: {why}.")
        columns = min(len(pairs), 4)
        rows = -(-len(pairs) // columns)
        figure = Figure(figsize=(2.7 * max(columns, 2), 3.2 * rows))
        axes = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
        for axis, (arm, one, other) in zip(axes, pairs, strict=False):
            without_one = design.with_level(arm, one, one.untreated)
            lines = (
                (design.with_level(without_one, other, other.untreated),
                 design.with_level(arm, other, other.untreated)),
                (without_one, arm),
            )  # fmt: skip
            _draw_interaction(axis, cells.mean, scale, design, lines)
        if not scale.is_ratio:
            axes[0].set_ylim(bottom=0)
        for axis in axes[len(pairs) :]:
            axis.set_visible(False)
        for axis in axes[::columns]:
            axis.set_ylabel(_axis_title(scale))
        figure.supxlabel(
            f"Thin lines: experiments. Thick lines: their {_kind_of_mean(scale)}.",
            fontsize=7.5,
            x=0.01,
            ha="left",
        )
    return figure


def combination(tables: Comparison, settings: ComparisonSettings) -> Figure:
    """Each combination: specific apoptosis alone, expected by Bliss independence, observed."""
    apoptosis = tables.arms[tables.arms["endpoint"] == PERCENT]
    marks = experiment_marks(list(apoptosis.loc[apoptosis["wells"] > 0, "experiment"].unique()))
    complete = {
        str(name): values
        for name, rows in tables.combination.groupby("combination", sort=False)
        if not (values := _specific_apoptosis(rows)).empty
    }
    with style.house_style():
        if not complete:
            why = (
                _why_nothing(tables.arms, primary_endpoint(APOPTOSIS, settings))
                if apoptosis["mean"].isna().all()
                else "no two drugs were given alone and together in one experiment"
            )
            return _empty(f"No combination to show: {why}.")
        rows, columns = _grid(len(complete))
        figure = Figure(figsize=(3.6 * max(columns, 2), 3.9 * rows))
        axes = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
        for axis, (name, values) in zip(axes, complete.items(), strict=False):
            _draw_combination(axis, values, marks)
            ratio = _viability_ratio(tables.combination, name)
            axis.set_title(_labelled(name, settings.cell_labels), fontsize=9, pad=27)
            axis.text(0.0, 1.02, ratio, transform=axis.transAxes, fontsize=7.5, va="bottom")
        drawn = {experiment for values in complete.values() for experiment in values.index}
        figure.legend(
            handles=[_experiment_line(name, mark) for name, mark in marks.items() if name in drawn],
            title="experiment",
            title_fontsize=8,
            loc="outside right center",
        )
        for axis in axes[len(complete) :]:
            axis.set_visible(False)
        for axis in axes[::columns]:
            axis.set_ylabel("Specific apoptosis (%)")
        figure.supxlabel(
            "Specific apoptosis: 100 (treated − untreated) / (100 − untreated), in each experiment "
            "that has all four arms.\nBars: mean of these experiments.",
            fontsize=7.5,
            x=0.01,
            ha="left",
        )
    return figure


def plate_maps(
    cultures: pd.DataFrame, flow_wells: pd.DataFrame, settings: ComparisonSettings
) -> Figure:
    """Percent apoptotic and each analyte where the cultures stood on the plates of flow.csv.

    Drifts across a plate and edge effects show here. `flow_wells` is flow/wells.csv of all
    experiments, with plate and well.
    """
    if flow_wells.empty:
        return _empty("Without flow.csv no culture has a place on a plate.")
    stood = flow_wells.loc[flow_wells["role"] == "sample", ["culture", "plate", "well"]]
    stood = stood.drop_duplicates("culture").fillna("").astype(str)
    placed = cultures.merge(stood[stood["well"] != ""], on="culture")
    measures = [("percent_apoptotic", "Apoptotic cells (%)", False)] + [
        (f"{column_prefix(analyte)}_pg_ml", f"{analyte} (pg/mL)", True)
        for analyte in settings.analytes
    ]
    measures = [one for one in measures if one[0] in placed and placed[one[0]].notna().any()]
    plates = sorted(set(placed["plate"])) if measures else []
    with style.house_style():
        if not plates:
            return _empty("flow.csv names no wells, so there is no plate to draw")
        figure = Figure(figsize=(4.6 * len(measures), 2.5 * len(plates)))
        axes = figure.subplots(len(plates), len(measures), squeeze=False)
        for column, (measure, words, is_log) in enumerate(measures):
            values = placed[measure].astype(float)
            limits = (values[values > 0].min() if is_log else 0.0, values.max())
            norm = LogNorm(*limits) if is_log else Normalize(*limits)
            for axis, plate in zip(axes[:, column], plates, strict=True):
                image = _draw_plate(axis, placed[placed["plate"] == plate], measure, norm)
                axis.set_title(plate, fontsize=9)
            bar = figure.colorbar(image, ax=list(axes[:, column]), label=words, shrink=0.8)
            if is_log:
                _label_decades(bar.ax.yaxis)
        figure.supxlabel(
            "Grey: no culture there, or no value inside the quantifiable range.",
            fontsize=7.5,
            x=0.01,
            ha="left",
        )
    return figure


def _draw_plate(axis: Axes, wells: pd.DataFrame, measure: str, norm: Normalize) -> ScalarMappable:
    rows = wells["well"].str[0].map(lambda letter: ord(letter.upper()) - ord("A"))
    columns = wells["well"].str[1:].astype(int) - 1
    size = (16, 24) if rows.max() > 7 or columns.max() > 11 else (8, 12)
    grid = np.full(size, np.nan)
    grid[rows, columns] = wells[measure]
    colours = mpl.colormaps[style.DENSITY_MAP].with_extremes(bad=style.LIGHT_GREY)
    image = axis.pcolormesh(grid, norm=norm, cmap=colours, edgecolors="white", linewidth=0.5)
    axis.set_xticks(np.arange(size[1]) + 0.5, [str(i + 1) for i in range(size[1])], fontsize=6)
    axis.set_yticks(np.arange(size[0]) + 0.5, [chr(65 + i) for i in range(size[0])], fontsize=6)
    axis.tick_params(length=0)
    axis.invert_yaxis()
    axis.set_aspect("equal")
    return image


@dataclass(frozen=True)
class _Mark:
    colour: str
    marker: str


def experiment_marks(names: Sequence[str]) -> dict[str, _Mark]:
    """Colour and shape of each experiment, the same in every figure of a study."""
    return {
        name: _Mark(
            _COLOURS[i % len(_COLOURS)],
            style.EXPERIMENT_MARKERS[i % len(style.EXPERIMENT_MARKERS)],
        )
        for i, name in enumerate(sorted(names))
    }


# The superplot.


def _places(arms: Sequence[Arm]) -> dict[Arm, float]:
    """Where each arm stands on the x axis; a gap before other cells, stroma or hours."""
    places: dict[Arm, float] = {}
    position, before = -1.0, None
    for arm in arms:
        group = (arm.cells, arm.stroma, arm.hours)
        position += 1 + (_GAP if before not in (None, group) else 0)
        places[arm], before = position, group
    return places


def _draw_cultures(
    axis: Axes,
    wells: pd.DataFrame,
    cells: pd.DataFrame,
    scale: Endpoint,
    design: Design,
    places: dict[Arm, float],
) -> None:
    if scale.is_ratio:
        _log_scale(axis, wells["value"].to_numpy(dtype=float))
    marks = experiment_marks(list(wells["experiment"].unique()))
    means = cells[cells["endpoint"] == scale.name].set_index(["experiment", "arm"])
    for number, (experiment, mark) in enumerate(marks.items()):
        shift = 0.5 * ((number + 0.5) / len(marks) - 0.5)
        of_experiment = wells[wells["experiment"] == experiment]
        joined: dict[tuple[str, str, float], list[tuple[float, float, str]]] = {}
        for arm, place in places.items():
            values = of_experiment[_is(of_experiment, design, arm)].dropna(subset="value")
            spread = 0.09 * (np.arange(len(values)) - (len(values) - 1) / 2)
            for x, value, side in zip(
                place + shift + spread, values["value"], values["side"], strict=True
            ):
                axis.plot(
                    x,
                    _shown(value, scale),
                    marker=mark.marker,
                    markersize=3,
                    color=mark.colour,
                    markerfacecolor="white" if side else mark.colour,
                    alpha=0.65,
                    markeredgewidth=0.7,
                    zorder=2,
                )
            key = (experiment, design.label(arm))
            if key in means.index and not np.isnan(means["mean"][key]):
                joined.setdefault((arm.cells, arm.stroma, arm.hours), []).append(
                    (
                        place + shift,
                        float(_shown(means["mean"][key], scale)),
                        str(means["relation"][key]),
                    )
                )
        for points in joined.values():
            _draw_experiment(axis, points, mark)
    experiments = [_experiment_line(name, mark) for name, mark in marks.items()]
    axis.legend(
        handles=[*experiments, *_draw_limits(axis, wells, design, places)],
        title="experiment",
        title_fontsize=8,
        loc="center left",
        bbox_to_anchor=(1.0, 0.5),
    )
    if not scale.is_ratio:
        axis.set_ylim(bottom=0)
    axis.set_ylabel(_axis_title(scale))


def _draw_experiment(axis: Axes, points: list[tuple[float, float, str]], mark: _Mark) -> None:
    """The experiment's means, joined; open where only a bound is known."""
    x, y, _ = zip(*points, strict=True)
    axis.plot(x, y, color=mark.colour, linewidth=0.8, alpha=0.4, zorder=3)
    for place, value, relation in points:
        axis.plot(
            place,
            value,
            marker=mark.marker,
            markersize=7.5,
            color=mark.colour,
            markerfacecolor="white" if relation else mark.colour,
            markeredgecolor=mark.colour if relation else "white",
            markeredgewidth=1.1 if relation else 0.7,
            zorder=4,
        )


def _label_arms(axis: Axes, design: Design, places: dict[Arm, float]) -> None:
    axis.set_xticks(
        list(places.values()),
        [_on_lines(design.treatment(arm)) for arm in places],
        fontsize=7.5,
    )
    axis.set_xlim(-0.7, max(places.values(), default=0) + 0.7)
    groups: dict[str, list[float]] = {}
    for arm, place in places.items():
        groups.setdefault(f"{design.display_setting(arm)} cells", []).append(place)
    for words, positions in groups.items():
        room = int(max(len(positions), 1) * _LETTERS_OF_AN_ARM)
        axis.text(
            float(np.mean(positions)),
            1.02,
            textwrap.fill(words, room, break_on_hyphens=False),
            transform=axis.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontweight="bold",
            fontsize=9,
        )


def _draw_limits(
    axis: Axes, wells: pd.DataFrame, design: Design, places: dict[Arm, float]
) -> list[Line2D]:
    """A line at the bound of each arm's censored wells; returns one of a kind for the legend."""
    kinds = []
    for side, words, dashes in ((BELOW, "LLOQ", (4, 2)), (ABOVE, "ULOQ", (1, 2))):
        bounds: set[float] = set()
        for arm, place in places.items():
            censored = _is(wells, design, arm) & (wells["side"] == side)
            for bound in sorted(set(np.exp(wells.loc[censored, "value"]).round(6))):
                reach = [place - 0.45, place + 0.45]
                axis.plot(
                    reach,
                    [bound, bound],
                    color=style.BLACK,
                    linewidth=0.9,
                    linestyle=(0, dashes),
                )
                bounds.add(float(bound))
        if bounds:
            values = ", ".join(f"{bound:,.3g}" for bound in sorted(bounds))
            label = textwrap.fill(f"{words} × dilution: {values} pg/mL", 18)
            kinds.append(Line2D([], [], color=style.BLACK, linestyle=(0, dashes), label=label))
    return kinds


def _differences(contrasts: pd.DataFrame, scale: Endpoint) -> pd.DataFrame:
    return contrasts[
        (contrasts["endpoint"] == scale.name)
        & (contrasts["analysis"] == PER_EXPERIMENT)
        & contrasts["family"].isin([AGAINST_UNTREATED, AGAINST_PARTS])
    ].reset_index(drop=True)


def _draw_differences(
    axis: Axes,
    rows: pd.DataFrame,
    scale: Endpoint,
    design: Design,
    settings: ComparisonSettings,
) -> None:
    names = sorted({name for values in rows["values"] for name in _values(values)})
    marks = experiment_marks(names)
    reference = 1.0 if scale.is_ratio else 0.0
    axis.axvline(reference, color=style.BLACK, linewidth=0.8)
    margins = {
        finding.margin_points
        for finding in settings.findings
        if finding.endpoint == APOPTOSIS and finding.kind in ("not_raised", "eliminated")
    }
    if not scale.is_ratio and len(margins) == 1:
        margin = margins.pop()
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
    labels = []
    for place, row in rows.iterrows():
        y = float(str(place))
        for experiment, value in _values(str(row["values"])).items():
            axis.plot(
                _shown(value, scale),
                y + 0.22,
                marker=marks[experiment].marker,
                color=marks[experiment].colour,
                markersize=3.5,
                alpha=0.8,
            )
        numbers = row[["lower", "upper", "estimate"]].to_numpy(dtype=float)
        lower, upper, estimate = _shown(numbers, scale)
        if not np.isnan(lower):
            axis.plot([lower, upper], [y, y], color=style.BLACK, linewidth=1.6)
        bound = str(row["relation"]) in ("<=", ">=")
        axis.plot(
            estimate,
            y,
            marker={"<=": "<", ">=": ">"}.get(str(row["relation"]), "D"),
            color=style.BLACK,
            markerfacecolor="white" if bound else style.BLACK,
            markersize=5,
        )
        labels.append(_beside(row))
    axis.set_yticks(
        range(len(rows)),
        [_labelled(name, design.cell_labels) for name in rows["contrast"]],
        fontsize=7.5,
    )
    axis.set_ylim(len(rows) - 0.4, -0.6)
    beside = axis.secondary_yaxis("right")
    beside.set_yticks(range(len(rows)), labels, fontsize=7)
    beside.tick_params(length=0)
    beside.spines["right"].set_visible(False)
    if scale.is_ratio:
        axis.set_xscale("log")
        _label_decades(axis.xaxis)
        axis.set_xlabel(f"Ratio of {scale.subject}, with 95 % t interval over experiments")
    else:
        axis.set_xlabel("Difference in percentage points, with 95 % t interval over experiments")


def _beside(row: "pd.Series[str]") -> str:
    """The number of experiments behind an interval, or why there is none."""
    if str(row["relation"]) in ("<=", ">="):
        return "bound only"
    return "no estimate" if np.isnan(float(row["estimate"])) else f"n = {row['n']}"


def _caption(wells: pd.DataFrame, scale: Endpoint) -> str:
    used = wells[wells["value"].notna()]
    n = used["experiment"].nunique()
    words = (
        f"n = {n} experiments, {len(used)} wells. Small marks: wells. Large marks: the "
        f"{_kind_of_mean(scale)} of an experiment's wells, joined within an experiment. Below: "
        "each difference inside each experiment, their mean, and at the right n experiments."
    )
    if (used["side"] != 0).any():
        words += " Open marks: outside the quantifiable range, at its limit."
    left_out = wells[wells["value"].isna()]
    added = left_out["note"].str.endswith(" was added")
    if added.any():
        words += f" Not shown: {int(added.sum())} cultures to which {scale.subject} was added."
    if (~added).any():
        words += f" Without a value: {', '.join(left_out.loc[~added, 'culture'])}."
    return textwrap.fill(words, 150)


# The other figures.


def _draw_findings(
    axis: Axes,
    rows: pd.DataFrame,
    tests: pd.DataFrame,
    unit: str,
    settings: ComparisonSettings,
) -> None:
    nothing = {"ratio": 1, "percentage points": 0}.get(unit, 100)
    if unit:
        axis.axvline(nothing, color=style.BLACK, linewidth=0.8)
    else:
        axis.set_xticks([])
        axis.spines["bottom"].set_visible(False)
    if unit == "ratio":
        axis.set_xscale("log")
        _label_decades(axis.xaxis)
    stated = {finding.id: finding for finding in settings.findings}
    statements, verdicts = [], []
    for y, (_, row) in enumerate(rows.iterrows()):
        if unit:
            _draw_margin(axis, y, stated[str(row["id"])])
        if row["verdict"] != NOT_TESTABLE:
            _draw_estimate(axis, y, row)
        if unit in ("ratio", "percentage points"):
            each = tests.loc[tests["id"] == row["id"], "estimate"].to_numpy(dtype=float)
            places = np.exp(each) if unit == "ratio" else each
            axis.plot(places, np.full(len(each), y), "|", color=style.GREY, markersize=9, zorder=1)
        words = f"{row['id']}  {row['finding']}"
        statements.append(textwrap.fill(words, 46, subsequent_indent="      "))
        verdicts.append(_verdict_words(row))
    axis.set_yticks(range(len(rows)), statements, fontsize=8, ha="left")
    axis.tick_params(axis="y", pad=238, length=0)
    axis.set_ylim(len(rows) - 0.4, -0.6)
    beside = axis.secondary_yaxis("right")
    beside.set_yticks(range(len(rows)), verdicts, fontsize=8)
    beside.tick_params(length=0)
    beside.spines["right"].set_visible(False)
    axis.spines["left"].set_visible(False)
    margins = any(_margin(stated[str(i)]) is not None for i in rows["id"])
    axis.set_xlabel(
        _UNIT_WORDS.get(unit, "") + (_MARGIN_WORDS.get(unit, "") if margins else ""), fontsize=8
    )


_UNIT_WORDS = {
    "ratio": "ratio to the arm it is compared with",
    "percentage points": "percentage points from the arm it is compared with",
    "percent of the effect eliminated": "percent of the effect eliminated",
}
_MARGIN_WORDS = {
    "percentage points": " (orange: margin)",
    "percent of the effect eliminated": " (orange: at least required)",
}


def _margin(finding: Finding) -> float | None:
    """What the finding's interval must stay below, or the part that must be eliminated."""
    margins = {
        "not_raised": finding.margin_points,
        "eliminated": 100 * (1 - finding.residual_fraction),
    }
    return margins.get(finding.kind)


def _draw_margin(axis: Axes, y: float, finding: Finding) -> None:
    margin = _margin(finding)
    if margin is not None:
        axis.plot([margin, margin], [y - 0.4, y + 0.4], color=style.VERMILION, linewidth=1.5)


def _draw_estimate(axis: Axes, y: float, row: "pd.Series[str]") -> None:
    shown = row["verdict"] == SHOWN
    colour = style.BLUE if shown else style.BLACK
    lower, upper, estimate = row[["lower", "upper", "estimate"]].to_numpy(dtype=float)
    if np.isnan(lower):
        axis.text(0.02, y, "not bounded", transform=axis.get_yaxis_transform(), va="center")
        return
    axis.plot([lower, upper], [y, y], color=colour, linewidth=2)
    axis.plot(
        estimate,
        y,
        marker={"<=": "<", ">=": ">"}.get(str(row["relation"]), "D"),
        markersize=7,
        color=colour,
        markerfacecolor=colour if shown else "white",
    )


def _verdict_words(row: "pd.Series[str]") -> str:
    if row["verdict"] == NOT_TESTABLE:
        return str(row["verdict"])
    p, level = float(row["p"]), float(row["level"])
    return f"{row['verdict']}\n{wording.probability(p)} (level {level:g}), n = {row['n']}"


def _draw_interaction(
    axis: Axes,
    means: pd.DataFrame,
    scale: Endpoint,
    design: Design,
    lines: tuple[tuple[Arm, Arm], tuple[Arm, Arm]],
) -> None:
    if scale.is_ratio:
        _log_scale(axis, means.to_numpy(dtype=float))
    ground = lines[0][0]
    across = _extra(design, lines[0][1], ground)
    between = _extra(design, lines[1][0], ground)
    for (first, second), colour, words in zip(
        lines, (style.GREY, style.BLUE), (f"without {between}", f"with {between}"), strict=True
    ):
        values = means[[design.label(first), design.label(second)]].dropna()
        if values.empty:
            continue
        shown = _shown(values.to_numpy(), scale)
        axis.plot([0, 1], shown.T, color=colour, linewidth=0.7, alpha=0.6)
        axis.plot(
            [0, 1],
            _shown(values.to_numpy().mean(axis=0), scale),
            color=colour,
            linewidth=2.4,
            marker="o",
            markersize=6,
            label=f"{words} (n = {len(values)})",
        )
    rest = f" with {design.treatment(ground)}" if design.given(ground) else ""
    axis.set_title(f"{design.display_setting(ground)} cells{rest}", fontsize=9)
    axis.set_xticks([0, 1], [f"no {across}", across])
    axis.set_xlim(-0.3, 1.3)
    axis.legend(fontsize=7, loc="best")


def _specific_apoptosis(rows: pd.DataFrame) -> pd.DataFrame:
    """Of one combination: experiments x (each drug alone, expected, observed), complete ones."""
    specific = [
        measure for measure in dict.fromkeys(rows["measure"]) if measure.startswith("specific")
    ]
    together, alone, beside, expected = specific
    values = rows[rows["experiment"] != ALL].pivot_table(
        index="experiment", columns="measure", values="value"
    )
    drugs = [measure.removeprefix("specific apoptosis, ") for measure in (alone, beside)]
    return (
        values.reindex(columns=[alone, beside, expected, together])
        .set_axis([*drugs, "expected (Bliss)", "observed"], axis=1)
        .dropna()
    )


def _viability_ratio(combinations: pd.DataFrame, name: str) -> str:
    """Observed over expected viability with its interval, in words."""
    of_ratio = combinations[
        (combinations["combination"] == name) & (combinations["measure"] == VIABILITY_RATIO)
    ]
    n = int((of_ratio["experiment"] != ALL).sum())
    ratio = of_ratio[of_ratio["experiment"] == ALL].iloc[0]
    words = f"viable, observed / expected = {ratio['value']:.2f}"
    if np.isnan(ratio["lower"]):
        return f"{words}\nn = {n}"
    return f"{words}\n95 % CI {ratio['lower']:.2f} to {ratio['upper']:.2f}, n = {n}"


def _draw_combination(axis: Axes, values: pd.DataFrame, marks: Mapping[str, _Mark]) -> None:
    for experiment, line in values.iterrows():
        mark = marks[str(experiment)]
        axis.plot(
            range(4),
            line.to_numpy(dtype=float),
            color=mark.colour,
            marker=mark.marker,
            linewidth=0.8,
            markersize=6,
            markeredgecolor="white",
        )
    for place, mean in enumerate(values.mean()):
        axis.plot([place - 0.25, place + 0.25], [mean, mean], color=style.BLACK, linewidth=2.2)
    axis.axhline(0, color=style.GREY, linewidth=0.8)
    names = [textwrap.fill(str(name), 12, break_on_hyphens=False) for name in values.columns]
    axis.set_xticks(range(4), names)
    axis.tick_params(axis="x", labelbottom=True)
    axis.set_xlim(-0.5, 3.5)


def _extra(design: Design, arm: Arm, ground: Arm) -> str:
    """What `arm` was given and `ground` was not."""
    return design.treatment(design.difference(arm, ground))


def _is(wells: pd.DataFrame, design: Design, arm: Arm) -> "pd.Series[bool]":
    return wells["arm"] == design.label(arm)


def _shown(values: object, scale: Endpoint) -> NDArray[np.float64]:
    """Values as they are drawn: concentrations and ratios instead of their logarithms."""
    numbers = np.asarray(values, dtype=float)
    return np.exp(numbers) if scale.is_ratio else numbers


def _values(text: str) -> dict[str, float]:
    """The experiments and values that a `values` column holds."""
    pairs = (part.rsplit(": ", 1) for part in str(text).split("; ") if ": " in part)
    return {experiment: float(value) for experiment, value in pairs}


def _axis_title(scale: Endpoint) -> str:
    return f"{scale.subject} (pg/mL)" if scale.is_ratio else scale.title


def _kind_of_mean(scale: Endpoint) -> str:
    return "geometric mean" if scale.is_ratio else "mean"


def _experiment_line(name: str, mark: _Mark) -> Line2D:
    """An experiment's entry in a legend."""
    return Line2D([], [], color=mark.colour, marker=mark.marker, linewidth=0.8, label=name)


def _grid(panels: int) -> tuple[int, int]:
    """Rows and columns: one row up to three panels, else about as many of each."""
    columns = panels if panels <= 3 else int(np.ceil(np.sqrt(panels)))
    return -(-panels // columns), columns


def _width(design: Design, arms: Sequence[Arm]) -> float:
    """Inches in which the names of all arms have room beside one another, and the legend."""
    letters = [len(line) for arm in arms for line in _on_lines(design.treatment(arm)).splitlines()]
    last = max(_places(arms).values())
    return max(8.6, 1.7 + (last + 1.4) * max(_LETTERS_OF_AN_ARM, *letters) * _LETTER)


def _why_nothing(arms: pd.DataFrame, scale: Endpoint) -> str:
    """Why no culture has a value of an endpoint: not measured, or what comparison/arms.csv says."""
    notes = arms.loc[arms["endpoint"] == scale.name, "note"].fillna("").astype(str)
    lost = notes.str.contains(f"{'flow' if scale.subject == APOPTOSIS else scale.subject}: ")
    return (
        f"no culture has a usable value of {scale.subject}"
        if lost.any()
        else f"{scale.subject} was not measured"
    )


def _on_lines(treatment: str) -> str:
    """A treatment on several short lines, for the x axis."""
    drugs = treatment.replace(" + ", "\n+ ").splitlines()
    return "\n".join(
        textwrap.fill(drug, _LETTERS_OF_AN_ARM, break_on_hyphens=False, break_long_words=False)
        for drug in drugs
    )


def _labelled(name: str, cell_labels: Mapping[str, str]) -> str:
    """A contrast or arm as the tables name it, with the config's labels of the cells."""
    for cells, label in cell_labels.items():
        name = re.sub(rf"(?<!\w){re.escape(cells)}(?!\w)", label, name)
    return name


def _log_scale(axis: Axes, logs: NDArray[np.float64]) -> None:
    """A log axis around values given as logarithms, also where they are all the same."""
    axis.set_yscale("log")
    lowest, highest = np.exp([np.nanmin(logs), np.nanmax(logs)])
    axis.set_ylim(lowest / 1.3, highest * 1.3)
    _label_decades(axis.yaxis)


def _label_decades(axis: Axis) -> None:
    """Plain numbers at 1, 2 and 5 of each decade of a log axis."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=20))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axis.set_minor_formatter(NullFormatter())


def _empty(words: str) -> Figure:
    figure = Figure(figsize=(6, 1.2))
    figure.text(0.5, 0.5, words, ha="center", va="center")
    return figure
