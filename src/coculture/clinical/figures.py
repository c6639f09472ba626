"""The figure of the clinical table."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.clinical.summary import ClinicalSummary
from coculture.drawing import Drawing, style

TABLE = "figures/clinical/changes.csv"
_INCHES_PER_PATIENT = 0.13
"""In which the names below, of 7 points and upright, do not touch."""
COLUMNS = ("mark", "analyte", "patient", "on_study", "month_6", "change_percent", "unit")


def changes_figure(summary: ClinicalSummary) -> Drawing:
    """Each patient's two values above, percent changes below, one column an analyte."""
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
            _draw_changes(axes[1, column], rows, _caption(about, selected))
    return Drawing(figure, _shown(summary), TABLE)


def _shown(summary: ClinicalSummary) -> pd.DataFrame:
    """A row for each patient's line, then the medians."""
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
    for place, column in enumerate(("on_study", "month_6")):
        axes.plot(
            np.full(len(rows), place),
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


def _draw_changes(axes: Axes, rows: pd.DataFrame, caption: str) -> None:
    ordered = rows.sort_values(["change_percent", "patient"])
    place, change = np.arange(len(ordered)), ordered["change_percent"].to_numpy(dtype=float)
    axes.axhline(0, color=style.GREY, linewidth=0.8)
    axes.vlines(place, 0, change, color=style.LIGHT_GREY, linewidth=3)
    axes.plot(
        place,
        change,
        linestyle="",
        marker="o",
        color=style.BLUE,
        markeredgecolor="white",
        markersize=6,
    )
    axes.set(
        xticks=place,
        ylabel="Change from on study (%)",
        ylim=(-108, max(12.0, 1.2 * float(np.nanmax([0, *change])))),
        xlim=(-0.7, len(ordered) - 0.3),
    )
    axes.set_xticklabels(ordered["patient"], rotation=90 if len(ordered) > 8 else 0, fontsize=7)
    axes.set_xlabel(f"patient\n{caption}", fontsize=8)


def _caption(about: "pd.Series[str]", selected: str) -> str:
    median = float(about["median_change_percent"])
    change = "no percent change" if np.isnan(median) else f"median {median:+.0f} %"
    words = f"{change}, n = {about['patients']} patients"
    if about["selected"]:
        tested = "not tested: chosen by this analyte"
    else:
        p = float(about["p_signed_rank"])
        size = f"p = {p:.2g}" if p >= 1e-4 else "p < 0.0001"
        tested = f"signed-rank {size}" if not np.isnan(p) else "no change to test"
        tested += f"\nin patients chosen by {selected}" if selected else ""
    return f"{words}\n{tested}".replace("-", "−").replace("signed−rank", "signed-rank")
