"""How fragile each finding is: the p of every analysis beside its level."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.comparison.figures.axes import (
    caption,
    label_decades,
    nothing_to_draw,
    row_height,
    statement_lines,
)
from coculture.comparison.figures.inputs import FigureInputs
from coculture.comparison.robustness import experiments_left_out
from coculture.comparison.robustness.analyses import AS_CONFIGURED
from coculture.drawing import Drawing, style
from coculture.exchange.figure_text import FigureText
from coculture.exchange.vocabulary import NOT_TESTABLE, SHOWN, listed

TABLE = "figures/comparison/robustness.csv"
COLUMNS = ("mark", "id", "alternative", "verdict", "p", "level", "ratio", "counted")
_SMALLEST = 1e-4
"""p below this part of the level are drawn at it."""
_MOST = 0.28
"""Half of the height of a row over which its marks are spread, so that each can be seen."""
_CONFIGURED, _COUNTED, _NOT_COUNTED, _LEFT_OUT = (
    *("as configured", "counted", "not counted"),
    "one experiment left out",
)


def robustness(inputs: FigureInputs) -> Drawing:
    """One row for each finding; a mark for each analysis, at its p as a part of the level."""
    table = inputs.tables.robustness
    found = _marks(table)
    text = FigureText(
        "How fragile the findings are",
        "Each finding under every other defensible analysis: left of the line its own tests hold.",
        _result(table),
    )
    if found.empty:
        message = "No analyses to show: no finding could be tested."
        return nothing_to_draw(message, TABLE, COLUMNS, text)
    ids = list(dict.fromkeys(table["id"].astype(str)))
    statements = {finding.id: finding.statement for finding in inputs.settings.findings}
    with style.house_style():
        labels = [statement_lines(one, statements.get(one, "")) for one in ids]
        figure = Figure(figsize=(9.2, 1.5 + row_height(labels) * len(ids)))
        axis = figure.subplots()
        _draw(axis, found, ids)
        axis.set_yticks(range(len(ids)), labels, fontsize=8, ha="left")
        axis.tick_params(axis="y", pad=238, length=0)
        right = axis.secondary_yaxis("right")
        right.set_yticks(range(len(ids)), [_count(table, one) for one in ids], fontsize=8)
        right.tick_params(length=0)
        right.spines["right"].set_visible(False)
        caption(
            figure,
            "Diamond: as configured. Blue: another threshold, spillover, curve or scale, or a "
            "flagged well left out. Grey: not counted, because it could not have succeeded or is "
            "not defensible. Grey tick: the weakest of the analyses with one experiment left out. "
            "The reasons are in the table under each finding.",
        )
    return Drawing(figure, found, TABLE, text)


def _marks(table: pd.DataFrame) -> pd.DataFrame:
    """The analyses that have a p, each with the mark that shows it."""
    if table.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    tested = table[table["p"].notna()]
    choice = tested["choice"]
    marks = np.select(
        [
            choice == AS_CONFIGURED.choice,
            choice == experiments_left_out.CHOICE,
            tested["counted"].to_numpy(dtype=bool),
        ],
        [_CONFIGURED, _LEFT_OUT, _COUNTED],
        _NOT_COUNTED,
    )
    ratio = tested["p"] / tested["level"]
    return tested.assign(mark=marks, ratio=ratio)[list(COLUMNS)].reset_index(drop=True)


def _draw(axis: Axes, found: pd.DataFrame, ids: Sequence[str]) -> None:
    axis.axvline(1.0, color=style.VERMILION, linewidth=1.2)
    axis.set_xscale("log")
    for place, one in enumerate(ids):
        own = found[found["id"].astype(str) == one]
        for mark, of_mark in own.groupby("mark", sort=False):
            x = np.maximum(of_mark["ratio"].to_numpy(float), _SMALLEST)
            spread = np.linspace(-_MOST, _MOST, len(x)) if len(x) > 1 else np.zeros(1)
            if mark == _CONFIGURED:
                axis.plot(x, np.full(len(x), place), "D", color=style.BLACK, markersize=7, zorder=4)
            elif mark == _LEFT_OUT:
                axis.plot(x, np.full(len(x), place), "|", color=style.GREY, markersize=14)
            elif mark == _COUNTED:
                axis.plot(x, place + spread, "o", color=style.BLUE, markersize=4.5, alpha=0.8)
            else:
                axis.plot(
                    x, place + spread, "o", color=style.GREY, markersize=4.5, markerfacecolor="none"
                )
    lowest = float(np.maximum(found["ratio"].to_numpy(float), _SMALLEST).min())
    highest = float(found["ratio"].max())
    axis.set_xlim(min(lowest / 1.6, 0.05), max(highest * 1.6, 5))
    label_decades(axis.xaxis)
    axis.tick_params(axis="x", labelrotation=0, labelsize=7)
    axis.set_xlabel(
        "p as a part of the level (left of 1: the tests of the finding hold)", fontsize=8
    )
    axis.set_ylim(len(ids) - 0.4, -0.6)
    axis.spines["left"].set_visible(False)


def _same(table: pd.DataFrame, name: str) -> tuple[str, int, int]:
    """The verdict as configured, in how many analyses it is the same, and their number."""
    own = table[(table["id"].astype(str) == name) & table["counted"].to_numpy(dtype=bool)]
    configured = table.loc[table["id"].astype(str) == name, "verdict"].iloc[0]
    return str(configured), int((own["verdict"] == configured).sum()), len(own)


def _count(table: pd.DataFrame, name: str) -> str:
    verdict, same, counted = _same(table, name)
    return f"{verdict}\nin {same} of {counted}"


def _result(table: pd.DataFrame) -> str:
    """In how many analyses each finding keeps its verdict."""
    if table.empty:
        return ""
    ids = dict.fromkeys(table["id"].astype(str))
    fragile = [name for name in ids if len({*_same(table, name)[1:]}) > 1]
    untestable = [name for name in ids if _same(table, name)[0] == NOT_TESTABLE]
    alone = [name for name in ids if _same(table, name)[2] == 1]
    shown = [
        name for name in ids if _same(table, name)[0] == SHOWN and name not in (*fragile, *alone)
    ]
    said = []
    if shown:
        said.append(f"Shown in every analysis: {listed(shown)}.")
    said += [
        f"{name}: {verdict} in {same} of {counted}."
        for name in fragile
        for verdict, same, counted in [_same(table, name)]
    ]
    tested_once = [name for name in alone if name not in untestable]
    if tested_once:
        said.append(f"No other analysis could be tried: {listed(tested_once)}.")
    if untestable:
        said.append(f"Not testable: {listed(untestable)}.")
    return " ".join(said)
