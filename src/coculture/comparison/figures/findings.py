"""The findings at a glance: verdicts, estimates with intervals, margins."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.comparison import number_formats
from coculture.comparison.design.endpoints import primary_endpoint
from coculture.comparison.figures.axes import (
    BOUND_MARKERS,
    caption,
    label_decades,
    nothing_to_draw,
    row_height,
    statement_lines,
)
from coculture.comparison.figures.inputs import FigureInputs
from coculture.comparison.findings import kind_of
from coculture.comparison.findings.kind import EstimateScale
from coculture.comparison.settings import ComparisonSettings, Finding
from coculture.comparison.statistics.contrasts import BETWEEN
from coculture.comparison.statistics.exploratory import PER_EXPERIMENT
from coculture.drawing import Drawing, style
from coculture.exchange.figure_text import FigureText
from coculture.exchange.vocabulary import NOT_TESTABLE, SHOWN, SHOWN_ALONE, VERDICTS, listed

TABLE = "figures/comparison/findings.csv"
COLUMNS = ("mark", "id", "test", "verdict", "value", "lower", "upper", "relation", "unit", "n",
    "n_each",
)  # fmt: skip


@dataclass(frozen=True)
class _Row:
    """One finding, as a row of the figure.

    `scale` is None for a finding without tests; `ticks` has the estimate of each test.
    """

    finding: Finding
    result: "pd.Series[str]"
    scale: EstimateScale | None
    ticks: Mapping[str, float]

    @property
    def is_testable(self) -> bool:
        """Whether there is an estimate to draw."""
        return bool(self.result["verdict"] != NOT_TESTABLE)

    @property
    def margins(self) -> tuple[float, ...]:
        """The values that the estimate is tested against."""
        kind = kind_of(self.finding.kind)
        margin = kind.margin(self.finding) if self.scale else None
        if self.scale is None or margin is None:
            return ()
        other = 1 / margin if self.scale.is_log else -margin
        return (margin, other) if kind.has_two_margins else (margin,)


def findings(inputs: FigureInputs) -> Drawing:
    """The findings with their verdicts; one panel for each unit, estimates with intervals."""
    results = inputs.tables.findings
    text = FigureText(
        "The findings at a glance",
        "The estimate of each finding with its interval, and the value it is tested against.",
        _result(results),
        PER_EXPERIMENT,
    )
    if results.empty:
        message = "No findings to show: the config states none."
        return nothing_to_draw(message, TABLE, COLUMNS, text)
    panels: dict[str, list[_Row]] = {}
    for row in _rows(results, inputs.tables.finding_tests, inputs.settings):
        panels.setdefault(row.scale.unit if row.scale else "", []).append(row)
    height = 1.1 * row_height([_statement(row) for rows in panels.values() for row in rows])
    with style.house_style():
        heights = [len(rows) + 0.6 for rows in panels.values()]
        figure = Figure(
            figsize=(9.2, 0.9 + sum(0.6 + height * len(rows) for rows in panels.values()))
        )
        axes = figure.subplots(len(panels), 1, height_ratios=heights, squeeze=False)[:, 0]
        for axis, rows in zip(axes, panels.values(), strict=True):
            _draw_panel(axis, rows)
        caption(
            figure,
            "Filled: shown, also after the correction for the other findings. Blue and open: shown "
            "by its own test only.\n"
            "Black and open: not shown. Without an estimate: not testable. The interval "
            "agrees with the one-sided test; p is given with its level. "
            f"{_replicates(results)}{_bounds(results)}{_between(results)}\n"
            "If a finding compares an arm with several arms, the mark is the comparison with the "
            "weakest evidence (largest p); grey ticks: each comparison that has an estimate, even "
            "if the finding has none.",
        )
    shown = [mark for rows in panels.values() for row in rows for mark in _marks(row)]
    return Drawing(figure, pd.DataFrame(shown, columns=list(COLUMNS)), TABLE, text)


def _replicates(results: pd.DataFrame) -> str:
    """What n is in the figure."""
    if not (results["tested"] == "donors").any():
        return "n: experiments; df = n − 1."
    return "n: experiments; with three donors or more these are tested, with df = donors − 1."


def _bounds(results: pd.DataFrame) -> str:
    """What is added to the caption if an estimate is only a bound."""
    if not (results["relation"].fillna("") != "").any():
        return ""
    return " Arrowheads: bounds, because wells are outside the range, with a one-sided limit."


def _between(results: pd.DataFrame) -> str:
    """What is added to the caption if arms that share no experiment are compared."""
    ids = results.loc[results["compared"] != "", "id"].astype(str)
    if ids.empty:
        return ""
    named = f"Finding{'s' if len(ids) > 1 else ''} {listed(ids)}"
    return (
        f" {named}: compared {BETWEEN}, with the experiments of each group of arms as n and "
        "Satterthwaite's df."
    )


def _result(results: pd.DataFrame) -> str:
    """The ids of the findings with each verdict."""
    found = []
    for verdict in VERDICTS:
        ids = results.loc[results["verdict"] == verdict, "id"].astype(str)
        if len(ids):
            found.append(f"{verdict}: {listed(ids)}")
    text = "; ".join(found)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _rows(
    results: pd.DataFrame, tests: pd.DataFrame, settings: ComparisonSettings
) -> Iterator[_Row]:
    stated = {finding.id: finding for finding in settings.findings}
    for _, result in results.iterrows():
        finding = stated[str(result["id"])]
        of_finding = tests[tests["id"] == result["id"]]
        scale = None
        if result["unit"]:
            endpoint = primary_endpoint(finding.endpoint, settings)
            scale = kind_of(finding.kind).scale(endpoint)
        yield _Row(finding, result, scale, _ticks(of_finding, scale))


def _ticks(tests: pd.DataFrame, scale: EstimateScale | None) -> dict[str, float]:
    """The estimate of each test in the unit of the finding, if the tests have that unit."""
    if scale is None or not scale.has_tests:
        return {}
    each = tests["estimate"].to_numpy(dtype=float)
    values = np.exp(each) if scale.is_log else each
    return dict(zip(tests["test"].astype(str), values.tolist(), strict=True))


def _marks(row: _Row) -> Iterator[dict[str, object]]:
    """The data of one row: the finding with its estimate, each tick, the margin."""
    result = row.result
    named: dict[str, object] = {
        "id": result["id"],
        "verdict": result["verdict"],
        "unit": row.scale.unit if row.scale else "",
    }
    finding = named | {"mark": "finding", "n": result["n"], "n_each": result["n_each"]}
    if row.is_testable:
        finding |= {key: result[key] for key in ("lower", "upper", "relation")}
        finding["value"] = result["estimate"]
    yield finding
    for test, value in row.ticks.items():
        yield named | {"mark": "test", "test": test, "value": value}
    for margin in row.margins:
        yield named | {"mark": "margin", "value": margin}


def _draw_panel(axis: Axes, rows: list[_Row]) -> None:
    """The findings of one unit."""
    scale = rows[0].scale
    if scale is None:
        axis.set_xticks([])
        axis.spines["bottom"].set_visible(False)
    else:
        axis.axvline(scale.no_effect, color=style.BLACK, linewidth=0.8)
        if scale.is_log:
            axis.set_xscale("log")
            label_decades(axis.xaxis)
        has_margin = any(row.margins for row in rows)
        axis.set_xlabel(scale.axis_label + (scale.margin_label if has_margin else ""), fontsize=8)
    for y, row in enumerate(rows):
        for margin in row.margins:
            axis.plot([margin] * 2, [y - 0.4, y + 0.4], color=style.VERMILION, linewidth=1.5)
        if row.is_testable:
            _draw_estimate(axis, y, row.result)
        if row.ticks:
            positions = list(row.ticks.values())
            axis.plot(
                positions, np.full(len(positions), y), "|", color=style.GREY, markersize=9, zorder=1
            )
    axis.set_yticks(range(len(rows)), [_statement(row) for row in rows], fontsize=8, ha="left")
    axis.tick_params(axis="y", pad=238, length=0)
    axis.set_ylim(len(rows) - 0.4, -0.6)
    right = axis.secondary_yaxis("right")
    right.set_yticks(range(len(rows)), [_verdict(row) for row in rows], fontsize=8)
    right.tick_params(length=0)
    right.spines["right"].set_visible(False)
    axis.spines["left"].set_visible(False)


def _statement(row: _Row) -> str:
    return statement_lines(row.finding.id, str(row.result["finding"]))


def _draw_estimate(axis: Axes, y: float, result: "pd.Series[str]") -> None:
    shown = result["verdict"] == SHOWN
    colour = style.BLUE if shown or result["verdict"] == SHOWN_ALONE else style.BLACK
    lower, upper, estimate = result[["lower", "upper", "estimate"]].to_numpy(dtype=float)
    if np.isnan([lower, upper]).all():
        reason = "no number" if np.isnan(estimate) else "unbounded"
        axis.text(0.02, y, reason, transform=axis.get_yaxis_transform(), va="center")
        return
    # Beside a bound is one limit only: the line ends at the arrowhead of the bound.
    ends = [one if not np.isnan(one) else estimate for one in (lower, upper)]
    axis.plot(ends, [y, y], color=colour, linewidth=2)
    axis.plot(
        estimate,
        y,
        marker=BOUND_MARKERS.get(str(result["relation"]), "D"),
        markersize=7,
        color=colour,
        markerfacecolor=colour if shown else "white",
    )


def _verdict(row: _Row) -> str:
    result = row.result
    if not row.is_testable:
        return str(result["verdict"])
    p, level = float(result["p"]), float(result["level"])
    n = number_formats.with_donors(str(result["n_each"] or result["n"]), float(result["donors"]))
    return f"{result['verdict']}\n{number_formats.probability(p)} (level {level:g}), n = {n}"
