"""The findings at a glance: verdicts, estimates with intervals, margins."""

import textwrap
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.comparison.figures.elements import ARROWS, caption, label_decades, nothing_to_draw
from coculture.comparison.findings import wording
from coculture.comparison.settings import ComparisonSettings, Finding
from coculture.drawing import Drawing, style
from coculture.exchange.vocabulary import NOT_TESTABLE, SHOWN

TABLE = "figures/comparison/findings.csv"
COLUMNS = ("mark", "id", "test", "verdict", "value", "lower", "upper", "relation", "unit", "n")
_IN_UNITS_OF_TESTS = ("ratio", "percentage points")
"""Units of findings in which the single tests can be drawn beside them."""


def findings_overview(
    findings: pd.DataFrame, tests: pd.DataFrame, settings: ComparisonSettings
) -> Drawing:
    """The findings with their verdicts; one panel a unit, estimates with intervals.

    `findings` and `tests` are comparison/findings.csv and comparison/finding_tests.csv.
    """
    if findings.empty:
        words = "No findings to show: none are stated in the config."
        return nothing_to_draw(words, TABLE, COLUMNS)
    units = findings["unit"].fillna("")
    groups = [(unit, findings[units == unit]) for unit in dict.fromkeys(units)]
    stated = {finding.id: finding for finding in settings.findings}
    with style.house_style():
        figure = Figure(figsize=(9.2, 0.9 + sum(0.6 + 0.55 * len(rows) for _, rows in groups)))
        heights = [len(rows) + 0.6 for _, rows in groups]
        axes = figure.subplots(len(groups), 1, height_ratios=heights, squeeze=False)[:, 0]
        for axis, (unit, rows) in zip(axes, groups, strict=True):
            _draw_findings(axis, rows, tests, unit, stated)
        caption(
            figure,
            "Filled: shown. Open: not shown. Without an estimate: not testable. The interval "
            "agrees with the one-sided test; p stands against its level. n: experiments; "
            ""
            "df = n − 1.\n"
            "Of several arms that a finding is compared with, the mark is the one with the weakest "
            "evidence (largest p); grey ticks: each of them that has an estimate, also where "
            "the finding itself has none.",
        )
    shown = [
        row
        for unit, of_unit in groups
        for finding in of_unit.to_dict("records")
        for row in _shown_rows(finding, tests, str(unit), stated)
    ]
    return Drawing(figure, pd.DataFrame(shown, columns=list(COLUMNS)), TABLE)


def _shown_rows(
    finding: Mapping[str, object],
    tests: pd.DataFrame,
    unit: str,
    stated: Mapping[str, Finding],
) -> list[dict[str, object]]:
    """One row for the finding (its verdict, and its estimate if drawn), each tick, the margin."""
    named: dict[str, object] = {
        "id": finding["id"],
        "verdict": finding["verdict"],
        "unit": unit,
    }
    estimate = named | {"mark": "finding", "n": finding["n"]}
    if finding["verdict"] != NOT_TESTABLE:
        estimate |= {key: finding[key] for key in ("lower", "upper", "relation")}
        estimate["value"] = finding["estimate"]
    rows = [estimate]
    if unit in _IN_UNITS_OF_TESTS:
        of_finding = tests[tests["id"] == finding["id"]]
        for test, value in zip(of_finding["test"], _ticks(of_finding, unit), strict=True):
            rows.append(named | {"mark": "test", "test": test, "value": value})
    margin = _margin(stated[str(finding["id"])])
    if unit and margin is not None:
        rows.append(named | {"mark": "margin", "value": margin})
    return rows


def _ticks(tests: pd.DataFrame, unit: str) -> list[float]:
    each = tests["estimate"].to_numpy(dtype=float)
    return [float(value) for value in (np.exp(each) if unit == "ratio" else each)]


def _draw_findings(
    axis: Axes,
    rows: pd.DataFrame,
    tests: pd.DataFrame,
    unit: str,
    stated: Mapping[str, Finding],
) -> None:
    nothing = {"ratio": 1, "percentage points": 0}.get(unit, 100)
    if unit:
        axis.axvline(nothing, color=style.BLACK, linewidth=0.8)
    else:
        axis.set_xticks([])
        axis.spines["bottom"].set_visible(False)
    if unit == "ratio":
        axis.set_xscale("log")
        label_decades(axis.xaxis)
    statements, verdicts = [], []
    for y, (_, row) in enumerate(rows.iterrows()):
        if unit:
            _draw_margin(axis, y, stated[str(row["id"])])
        if row["verdict"] != NOT_TESTABLE:
            _draw_estimate(axis, y, row)
        if unit in _IN_UNITS_OF_TESTS:
            places = _ticks(tests[tests["id"] == row["id"]], unit)
            axis.plot(
                places, np.full(len(places), y), "|", color=style.GREY, markersize=9, zorder=1
            )
        words = f"{row['id']}  {row['finding']}"
        statements.append(
            textwrap.fill(words, 56, subsequent_indent="      ", break_on_hyphens=False)
        )
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
        marker=ARROWS.get(str(row["relation"]), "D"),
        markersize=7,
        color=colour,
        markerfacecolor=colour if shown else "white",
    )


def _verdict_words(row: "pd.Series[str]") -> str:
    if row["verdict"] == NOT_TESTABLE:
        return str(row["verdict"])
    p, level = float(row["p"]), float(row["level"])
    return f"{row['verdict']}\n{wording.probability(p)} (level {level:g}), n = {row['n']}"
