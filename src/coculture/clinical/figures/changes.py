"""The figure of each patient's values and percent changes."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.clinical.summary import ClinicalSummary
from coculture.drawing import Drawing, style
from coculture.exchange.figure_text import FigureText
from coculture.exchange.vocabulary import many, number

TABLE = "figures/clinical/changes.csv"
_INCHES_PER_PATIENT = 0.13
"""Enough that vertical names of 7 points below the lower panel do not touch."""
COLUMNS = ("mark", "analyte", "patient", "on_study", "month_6", "change_percent", "unit")


def changes(summary: ClinicalSummary) -> Drawing:
    """Draw each patient's two values above and percent changes below, one column per analyte."""
    analytes = list(summary.summary["analyte"])
    selected = ", ".join(summary.summary.loc[summary.summary["selected"], "analyte"])
    with style.house_style():
        most = int(summary.changes["analyte"].value_counts().max())
        width = max(2.7, 0.8 + _INCHES_PER_PATIENT * most)
        figure = Figure(figsize=(width * max(len(analytes), 2), 5.8))
        axes = figure.subplots(2, len(analytes), squeeze=False)
        for column, analyte in enumerate(analytes):
            rows = summary.changes[summary.changes["analyte"] == analyte]
            about = summary.summary.set_index("analyte").loc[analyte]
            _draw_values(axes[0, column], rows, str(analyte))
            _draw_changes(axes[1, column], rows, _note(about, selected))
    return Drawing(figure, _shown(summary), TABLE, _text(summary))


def _text(summary: ClinicalSummary) -> FigureText:
    results = [
        f"{row['analyte']} fell in {number(row['fell'])} of {many(int(row['patients']), 'patient')}"
        f" (median change {number(row['median_change_percent'])} %)"
        for row in summary.summary.to_dict("records")
    ]
    return FigureText(
        title="Changes from on study to six months",
        caption=(
            "Upper panels: the two values of each patient, joined by a line; black: medians. Lower "
            "panels: the change of each patient."
        ),
        result=f"{'; '.join(results)}.",
    )


def _shown(summary: ClinicalSummary) -> pd.DataFrame:
    """The rows of the figure's CSV: one for each patient and analyte, then the medians."""
    patients = summary.changes.assign(mark="patient")
    medians = summary.summary.rename(columns=lambda name: name.removeprefix("median_"))
    medians = medians.assign(mark="median", patient="")
    return pd.concat([patients[list(COLUMNS)], medians[list(COLUMNS)]], ignore_index=True)


def _draw_values(axes: Axes, rows: pd.DataFrame, analyte: str) -> None:
    axes.plot(
        [0, 1],
        rows[["on_study", "month_6"]].to_numpy(dtype=float).T,
        color=style.GREY,
        linewidth=1,
    )
    for x, column in enumerate(("on_study", "month_6")):
        axes.plot(
            np.full(len(rows), x),
            rows[column],
            linestyle="",
            marker="o",
            color=style.BLUE,
            markeredgecolor="white",
            markersize=6,
            clip_on=False,
            zorder=3,
        )
    medians = [rows["on_study"].median(), rows["month_6"].median()]
    axes.plot([0, 1], medians, color=style.BLACK, linewidth=2.2, zorder=4, label="median")
    unit = str(rows["unit"].iloc[0])
    largest = float(np.nanmax(rows[["on_study", "month_6"]].to_numpy(dtype=float)))
    axes.set(
        title=analyte,
        xticks=[0, 1],
        xticklabels=["on study", "6 months"],
        xlim=(-0.3, 1.3),
        ylim=(0, 1.15 * largest or 1.0),
        ylabel=unit or "value",
    )
    axes.legend(loc="upper right", handlelength=1.2)


def _draw_changes(axes: Axes, rows: pd.DataFrame, note: str) -> None:
    ordered = rows.sort_values(["change_percent", "patient"])
    x, change = np.arange(len(ordered)), ordered["change_percent"].to_numpy(dtype=float)
    axes.axhline(0, color=style.GREY, linewidth=0.8)
    axes.vlines(x, 0, change, color=style.LIGHT_GREY, linewidth=3)
    axes.plot(
        x,
        change,
        linestyle="",
        marker="o",
        color=style.BLUE,
        markeredgecolor="white",
        markersize=6,
    )
    axes.set(
        xticks=x,
        ylabel="Change from on study (%)",
        ylim=(-108, max(12.0, 1.2 * float(np.nanmax([0, *change])))),
        xlim=(-0.7, len(ordered) - 0.3),
    )
    axes.set_xticklabels(ordered["patient"], rotation=90 if len(ordered) > 8 else 0, fontsize=7)
    axes.set_xlabel(f"patient\n{note}", fontsize=8)


def _note(about: "pd.Series[str]", selected: str) -> str:
    """What is written below a lower panel: median change, n, and the test or why there is none."""
    median = float(about["median_change_percent"])
    change = "no percent change" if np.isnan(median) else f"median {median:+.0f} %"
    median_and_n = f"{change}, n = {about['patients']} patients"
    if about["selected"]:
        tested = "not tested: patients chosen by this analyte"
    else:
        p = float(about["p_signed_rank"])
        size = f"p = {p:.2g}" if p >= 1e-4 else "p < 0.0001"
        tested = f"signed-rank {size}" if not np.isnan(p) else "no change to test"
        tested += f"\nin patients chosen by {selected}" if selected else ""
    return f"{median_and_n}\n{tested}".replace("-", "−").replace("signed−rank", "signed-rank")
