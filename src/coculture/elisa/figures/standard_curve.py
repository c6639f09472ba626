"""The standard curve of a plate: the fit with its limits, residuals, and recoveries."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from coculture.curves.models import Floats
from coculture.drawing import Drawing, style
from coculture.elisa.figures.curve_marks import (
    ABOVE,
    COLUMNS,
    CURVE,
    RESIDUALS,
    STANDARDS,
    TABLE,
    marks_of_analyte,
    place_of_zero,
)
from coculture.elisa.figures.results import PlateResults
from coculture.elisa.plates.standard_curve import StandardCurve
from coculture.exchange.culture_marks import mark_culture
from coculture.exchange.figure_text import FigureText
from coculture.exchange.vocabulary import number

TITLE = "Standard curve"
CAPTION = (
    "Standards, the fitted curve with its 95 % interval, and the samples at the concentrations "
    "read from it. Outside the shaded range (LLOQ to ULOQ) a value is reported as a bound. Below: "
    "residuals. Right: each standard read back, in percent of the pipetted concentration."
)
_LABEL_WIDTH = 0.135
"""As a share of the axis."""
_STANDARD: dict[str, Any] = {
    "color": style.BLACK,
    "marker": "o",
    "markersize": 4,
    "fillstyle": "none",
    "linestyle": "",
}
_ANCHOR: dict[str, Any] = _STANDARD | {"marker": "^"}
_NOT_USED: dict[str, Any] = _STANDARD | {"color": style.GREY, "marker": "x"}
_KEYS = {"anchor": "anchor (not judged)"}
"""Names in the legend, where they differ from those of the marks."""
_TICK: dict[str, Any] = {"marker": "|", "markersize": 9, "markeredgewidth": 1.8, "linestyle": ""}
_IN_RANGE: dict[str, Any] = _TICK | {"color": style.GREEN}
_OUTSIDE: dict[str, Any] = _TICK | {"color": style.ORANGE}
_BEYOND: dict[str, Any] = {"markersize": 5, "color": style.VERMILION, "linestyle": ""}


def draw(plate: PlateResults) -> Drawing:
    """The curves of a plate, one row an analyte: fit with 95 % limits, residuals, recoveries."""
    wells, curve = plate.wells, plate.curve
    text = FigureText(TITLE, CAPTION, _result(curve))
    fitted = {name: entry for name, entry in curve.items() if "fit" in entry}
    shown = [pd.DataFrame(columns=list(COLUMNS))]
    with style.house_style():
        figure = Figure(figsize=(7.2, 4.6 * max(1, len(fitted))))
        if not fitted:
            figure.text(0.5, 0.5, "No standard curve on this plate", ha="center", va="center")
            return Drawing(figure, shown[0], TABLE, text)
        parts = figure.subfigures(len(fitted), 1, squeeze=False)[:, 0]
        for part, (analyte, entry) in zip(parts, fitted.items(), strict=True):
            fit = StandardCurve.from_dict(entry["fit"])
            marks = marks_of_analyte(wells[wells["analyte"] == analyte], entry, fit)
            grid = part.add_gridspec(2, 2, width_ratios=(3, 2), height_ratios=(3, 1))
            top = part.add_subplot(grid[0, 0])
            below = part.add_subplot(grid[1, 0], sharex=top)
            zero = place_of_zero(fit.concentrations)
            _draw_curve(top, _of(marks, CURVE), zero)
            _draw_residuals(below, _of(marks, RESIDUALS), zero)
            _draw_recovery(part.add_subplot(grid[:, 1]), _of(marks, STANDARDS), entry)
            verdict = "accepted" if entry["verdict"] == "pass" else "FAILED"
            of_plate = entry["standards_of"]
            source = "" if of_plate == entry["plate"] else f", standards of {of_plate}"
            top.set_title(f"{entry['plate']}: {analyte}, {fit.model}, {verdict}{source}")
            shown.append(marks)
    return Drawing(figure, pd.concat(shown[1:], ignore_index=True), TABLE, text)


def _result(curve: Mapping[str, Any]) -> str:
    """Whether each analyte passes, with its quantifiable range."""
    each = []
    for analyte, entry in curve.items():
        if "source" in entry:
            each.append(f"{analyte}: {entry['source']}")
        elif "fit" not in entry:
            each.append(f"{analyte}: no standard curve")
        elif entry["verdict"] != "pass":
            each.append(f"{analyte}: the curve fails")
        else:
            low, high = entry["limits"]["lloq"], entry["limits"]["uloq"]
            each.append(
                f"{analyte}: the curve passes, quantifiable from {number(low)} to {number(high)} "
                "pg/mL in the well"
            )
    return f"{'; '.join(each)}." if each else "No standard curve on this plate."


def _of(marks: pd.DataFrame, panel: str) -> pd.DataFrame:
    return marks[marks["panel"] == panel]


def _draw_curve(axes: Axes, marks: pd.DataFrame, zero: float) -> None:
    of_mark = dict(iter(marks.groupby("mark")))
    curve, samples = of_mark["curve"], of_mark.get("sample", marks.iloc[:0])
    x = curve["concentration_pg_ml"].to_numpy()
    limits = [float(of_mark[name]["concentration_pg_ml"].iloc[0]) for name in ("LLOQ", "ULOQ")]
    axes.axvspan(*limits, color=style.LIGHT_GREY, alpha=0.5, lw=0)
    axes.fill_between(x, curve["lower"], curve["upper"], color=style.SKY_BLUE, alpha=0.5, lw=0)
    axes.plot(x, curve["value"], color=style.BLUE)
    axes.set_xscale("log")
    axes.set_xlim(zero / 1.4, x[-1] * 1.1)
    drawn = [rows["value"] for name, rows in of_mark.items() if name != "curve"]
    axes.set_ylim(*_with_margin(pd.concat(drawn)))
    used: dict[str, Any] = {}
    places = np.maximum(samples["concentration_pg_ml"], zero)
    columns = (samples["culture"], places, samples["value"], samples["state"])
    for culture, place, response, state in zip(*columns, strict=True):
        sample, words = _draw_sample(axes, float(place), float(response), str(state))
        mark_culture(sample, str(culture))
        used.setdefault(words, sample.get_marker())
    keys = [("standard", _STANDARD), ("anchor", _ANCHOR), ("standard not used", _NOT_USED)]
    for name, look in keys:
        if name in of_mark:
            wells = of_mark[name]
            axes.plot(np.maximum(wells["concentration_pg_ml"], zero), wells["value"], **look)
    handles = [
        Line2D([], [], label=_KEYS.get(name, name), **look)
        for name, look in keys
        if name in of_mark
    ]
    handles.append(Line2D([], [], color=style.BLUE, label="curve, 95 %"))
    handles += [
        Line2D([], [], label=words, **look)
        for words, look in (
            ("sample in range", _IN_RANGE),
            ("sample outside", _OUTSIDE),
            ("sample beyond the curve", _BEYOND | {"marker": used.get("sample beyond the curve")}),
        )
        if words in used
    ]
    handles.append(Line2D([], [], color=style.LIGHT_GREY, linewidth=6, label="LLOQ to ULOQ"))
    axes.legend(handles=handles, loc="best")
    axes.set_ylabel("OD")
    axes.tick_params(labelbottom=False)


def _draw_sample(axes: Axes, x: float, y: float, state: str) -> tuple[Line2D, str]:
    """Draw a sample, at the edge if beyond the curve; give its mark and name in the legend."""
    look, words = (_IN_RANGE, "sample in range") if state == "ok" else (_OUTSIDE, "sample outside")
    if np.isnan(x):
        is_above = state in ABOVE
        x = axes.get_xlim()[int(is_above)]
        y = axes.get_ylim()[1] if np.isnan(y) else y
        look, words = _BEYOND | {"marker": ">" if is_above else "<"}, "sample beyond the curve"
    (mark,) = axes.plot(x, y, clip_on=False, **look)
    return mark, words


def _draw_residuals(axes: Axes, marks: pd.DataFrame, zero: float) -> None:
    concentration = marks["concentration_pg_ml"].to_numpy(float)
    for level in (-2, 2):
        axes.axhline(level, color=style.LIGHT_GREY, linewidth=0.8)
    axes.axhline(0, color=style.GREY, linewidth=0.8)
    axes.plot(np.maximum(concentration, zero), marks["value"], **_STANDARD | {"markersize": 3})
    reach = max(3.0, float(np.nanmax(np.abs(marks["value"]), initial=0)) * 1.2)
    axes.set_ylim(-reach, reach)
    axes.set_ylabel("residual, SD")
    axes.set_xlabel("concentration in the well, pg/mL")
    left, right = np.log(axes.get_xlim())
    standards = np.unique(concentration[concentration > 0])
    labelled = _apart(standards, zero, _LABEL_WIDTH * (right - left))
    axes.xaxis.set_major_locator(FixedLocator([zero, *labelled]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: "0" if value == zero else f"{value:.4g}")
    )


def _draw_recovery(axes: Axes, marks: pd.DataFrame, entry: Mapping[str, Any]) -> None:
    recovery = marks["value"].to_numpy(float)
    place = np.arange(len(marks))
    passes = (marks["state"] == "pass").to_numpy()
    fails = (marks["state"] == "fail").to_numpy()
    allowed = entry["acceptance"]["recovery_percent"]
    axes.axvspan(100 - allowed, 100 + allowed, color=style.LIGHT_GREY, alpha=0.5, lw=0)
    axes.axvline(100, color=style.GREY, linewidth=0.8)
    shown = np.clip(recovery, 40, 160)
    for part, colour in ((passes, style.BLACK), (fails, style.VERMILION)):
        axes.plot(shown[part], place[part], "o", color=colour, markersize=5)
    anchors = ~passes & ~fails
    read = anchors & np.isfinite(recovery)
    axes.plot(shown[read], place[read], "^", color=style.GREY, markersize=5)
    for y, (value, bad, reason) in enumerate(zip(recovery, fails, marks["reason"], strict=True)):
        x = shown[y] if np.isfinite(value) else 40
        axes.annotate(
            reason if bad else f"{value:.0f}" if np.isfinite(value) else "beyond the curve",
            (x, y),
            xytext=(0, 5),
            textcoords="offset points",
            ha="left" if x < 70 else "right" if x > 130 else "center",
            fontsize=7,
            color=style.VERMILION if bad else style.GREY if anchors[y] else style.BLACK,
        )
    axes.set_xlim(35, 165)
    axes.set_ylim(-0.6, len(marks) - 0.2)
    axes.set_yticks(place, [f"{value:.4g}" for value in marks["concentration_pg_ml"]])
    axes.set_ylabel("standard, pg/mL")
    axes.set_xlabel("read back, % of pipetted")
    axes.set_title("Standards")


def _with_margin(values: pd.Series) -> tuple[float, float]:
    """Limits of an axis with a margin of 6 % on both sides."""
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 0.1
    return low - margin, high + margin


def _apart(values: Floats, zero: float, room: float) -> list[float]:
    """The rising values whose labels do not overlap on a log axis; the last is always included."""
    kept: list[float] = []
    for value in values[::-1]:
        # The label at zero is short.
        if (not kept or np.log(kept[-1] / value) >= room) and np.log(value / zero) >= room / 2:
            kept.append(float(value))
    return kept
