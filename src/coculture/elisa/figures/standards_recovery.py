"""Recovery of standards and controls on all plates, as a Levey-Jennings chart."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.curves.models import Floats
from coculture.drawing import Drawing, style
from coculture.drawing.marks import series_marks
from coculture.elisa.figures.results import StudyResults
from coculture.exchange.figure_text import FigureText
from coculture.exchange.names import natural_key
from coculture.exchange.vocabulary import number

TITLE = "Standards and controls on all plates"
CAPTION = (
    "Concentration read back from each standard and control, in percent of the concentration that "
    "was pipetted."
)
_NOTHING = "No standard was read back on any plate."
TABLE = "figures/elisa/standards_recovery.csv"
COLUMNS = (
    *("analyte", "panel", "mark", "plate", "well", "target_pg_ml"),
    *("value", "lower", "upper", "unit", "relation", "n"),
)
STANDARDS, CONTROLS = "standards", "controls"
_PLATES_IN_A_COLUMN = 12
_LEVEL_NAMES = 8
_PANEL_HEIGHT = 3.1
_HIGHEST = 200
"""Marks above this many percent are drawn at it: one lost well must not flatten the others."""
_BOUNDS = {"<=": "v", ">=": "^"}
"""Open marks of controls outside the range, drawn at the LLOQ or ULOQ."""


def draw(study: StudyResults) -> Drawing:
    """Recovery of the standards and of the controls on each plate; two panels for each analyte."""
    wells, limits = study.wells, study.limits
    shown = _shown(wells)
    text = FigureText(TITLE, CAPTION, _result(shown))
    panels = [rows for _, rows in shown.groupby(["analyte", "panel"], sort=False)]
    with style.house_style():
        figure = Figure(figsize=(7.2, _PANEL_HEIGHT * max(1, len(panels)) + 0.3))
        if not panels:
            figure.text(0.5, 0.5, _NOTHING, ha="center")
            return Drawing(figure, shown, TABLE, text)
        several = len(shown["analyte"].unique()) > 1
        for axes, rows in zip(np.ravel(figure.subplots(len(panels), 1)), panels, strict=True):
            analyte = rows["analyte"].iloc[0]
            of_analyte = f"{analyte}: " if several else ""
            of_plates = wells.loc[wells["analyte"] == analyte, "plate"].astype(str)
            plates = sorted(of_plates.unique(), key=natural_key)
            if rows["panel"].iloc[0] == STANDARDS:
                _draw_standards(axes, rows, plates, limits.recovery_percent, of_analyte)
            else:
                _draw_controls(axes, rows, plates, limits.control_recovery_percent, of_analyte)
    return Drawing(figure, shown, TABLE, text)


def _result(shown: pd.DataFrame) -> str:
    """The range and the median of the recoveries of standards and of controls."""
    sentences = []
    for mark, words in (
        ("standard", "Standards (mean of the wells of a plate)"),
        ("control", "Controls (single wells)"),
    ):
        found = shown.loc[shown["mark"] == mark, "value"].astype(float).dropna()
        if len(found):
            low, high, median = (number(float(one)) for one in found.agg(["min", "max", "median"]))
            sentences.append(f"{words} were read back at {low} to {high} %, median {median} %.")
    return " ".join(sentences) or _NOTHING


def _shown(wells: pd.DataFrame) -> pd.DataFrame:
    """One row for each standard on each plate, each control well, and the mean of each control."""
    parts = []
    for analyte, rows in wells[wells["nominal_pg_ml"] > 0].groupby("analyte", sort=True):
        for part in (_standards(rows), _controls(rows)):
            parts += [part.assign(analyte=analyte, unit="%")] if len(part) else []
    shown = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    shown = shown.reindex(columns=list(COLUMNS))
    text = ["plate", "well", "relation"]
    shown[text] = shown[text].astype(object).where(shown[text].notna(), "")
    return shown


def _standards(wells: pd.DataFrame) -> pd.DataFrame:
    read = wells[(wells["role"] == "standard") & wells["recovery_percent"].notna()]
    groups = read.groupby(["plate", "nominal_pg_ml"])["recovery_percent"]
    means = groups.agg(value="mean", n="size").reset_index()
    return means.rename(columns={"nominal_pg_ml": "target_pg_ml"}).assign(
        panel=STANDARDS, mark="standard"
    )


def _controls(wells: pd.DataFrame) -> pd.DataFrame:
    """Each well (outside the range as a bound), then mean and two SD of the wells in range."""
    controls = wells[(wells["role"] == "control") & (wells["state"] != "excluded")]
    known = controls["recovery_percent"].notna()
    is_above = ~known & controls["lower_pg_ml"].notna()
    is_below = ~known & controls["upper_pg_ml"].notna()
    bound = controls["lower_pg_ml"].fillna(controls["upper_pg_ml"]) / controls["nominal_pg_ml"]
    each = pd.DataFrame(
        {
            "mark": "control",
            "plate": controls["plate"],
            "well": controls["well"],
            "target_pg_ml": controls["nominal_pg_ml"],
            "value": controls["recovery_percent"].where(known, 100 * bound),
            "relation": np.select([is_above, is_below], [">=", "<="], ""),
            "n": 1,
        }
    )
    each = each[each["value"].notna()].sort_values(["target_pg_ml", "plate"], kind="stable")
    groups = each[each["relation"] == ""].groupby("target_pg_ml")["value"]
    means = groups.agg(value="mean", sd="std", n="size").reset_index()
    means = means.assign(
        mark="mean",
        lower=means["value"] - 2 * means["sd"],
        upper=means["value"] + 2 * means["sd"],
    )
    return pd.concat([each, means.drop(columns="sd")]).assign(panel=CONTROLS)


def _draw_standards(
    axes: Axes, rows: pd.DataFrame, plates: list[str], allowed: float, of_analyte: str
) -> None:
    levels = sorted(rows["target_pg_ml"].unique())
    _draw_allowed(axes, allowed)
    marks = series_marks(plates)
    for plate, offset in zip(plates, _shifts(len(plates)), strict=True):
        of_plate = rows[rows["plate"] == plate]
        if of_plate.empty:
            continue
        axes.plot(
            [levels.index(level) + offset for level in of_plate["target_pg_ml"]],
            of_plate["value"].clip(upper=_HIGHEST),
            linestyle="",
            marker=marks[plate].marker,
            color=marks[plate].colour,
            label=plate,
            ms=5,
        )
    axes.set_xticks(range(len(levels)), [f"{level:.4g}" for level in levels])
    axes.set_xlabel("standard, pg/mL")
    axes.set_ylabel(f"read back, % of pipetted{_note_on_higher(rows)}")
    axes.set_title(f"{of_analyte}Standards on all plates; grey: within {allowed:g} %")
    columns = 1 + (len(plates) - 1) // _PLATES_IN_A_COLUMN
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), title="plate", ncols=columns)


def _draw_controls(
    axes: Axes, rows: pd.DataFrame, plates: list[str], allowed: float, of_analyte: str
) -> None:
    _draw_allowed(axes, allowed)
    levels = sorted(rows["target_pg_ml"].unique())
    # The first colour is grey, like the line at 100 %.
    marks = list(series_marks([str(level) for level in (None, *levels)]).values())[1:]
    for level, offset, mark in zip(levels, _shifts(len(levels)), marks, strict=True):
        of_level = rows[rows["target_pg_ml"] == level]
        label = f"{level:.4g} pg/mL"
        for relation, wells in of_level[of_level["mark"] == "control"].groupby("relation"):
            axes.plot(
                [plates.index(str(plate)) + offset for plate in wells["plate"]],
                wells["value"].clip(upper=_HIGHEST),
                linestyle="",
                marker=_BOUNDS.get(str(relation), mark.marker),
                color=mark.colour,
                fillstyle="none" if relation else "full",
                label=f"{label}, outside the range" if relation else label,
                ms=5,
            )
        for mean in of_level[of_level["mark"] == "mean"].to_dict("records"):
            axes.axhline(mean["value"], color=mark.colour, linewidth=0.9)
            for side in ("lower", "upper"):
                axes.axhline(mean[side], color=mark.colour, linewidth=0.9, linestyle=":")
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, -0.05 * _HIGHEST), min(high, 1.05 * _HIGHEST))
    axes.set_xticks(range(len(plates)), plates)
    axes.set_xlim(-0.6, len(plates) - 0.4)
    if len(plates) > _LEVEL_NAMES:
        axes.tick_params(axis="x", rotation=90)
    axes.set_ylabel(f"control, % of target{_note_on_higher(rows)}")
    axes.set_title(f"{of_analyte}Controls by plate; lines: mean, dotted: two SD")
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), title="target")


def _note_on_higher(rows: pd.DataFrame) -> str:
    return f"\n(at {_HIGHEST}: or more)" if (rows["value"] > _HIGHEST).any() else ""


def _draw_allowed(axes: Axes, allowed: float) -> None:
    axes.axhspan(100 - allowed, 100 + allowed, color=style.LIGHT_GREY, alpha=0.5, lw=0)
    axes.axhline(100, color=style.GREY, linewidth=0.8)


def _shifts(count: int) -> Floats:
    return np.linspace(-0.25, 0.25, count) if count > 1 else np.zeros(count)
