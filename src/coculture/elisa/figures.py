"""Figures of the ELISA part: the curve of a plate, the plate itself, standards over plates."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from coculture import style
from coculture.elisa.curve_models import Floats
from coculture.elisa.plate import row_letters, well_position
from coculture.elisa.quantification import MASKED, PLATE_FAILED, STANDARD_ROLES
from coculture.elisa.standard_curve import StandardCurve

_PLATES_IN_A_COLUMN = 12
_LEVEL_NAMES = 8

_STATES = {
    "ok": style.GREEN,
    "below_lloq": style.SKY_BLUE,
    "below_curve": style.BLUE,
    "above_uloq": style.ORANGE,
    "above_curve": style.VERMILION,
    "overflow": style.BLACK,
    "missing": style.GREY,
    "excluded": style.PURPLE,
    "masked": style.YELLOW,
    "unassigned": style.LIGHT_GREY,
}
_STATE_WORDS = {
    "ok": "in range",
    "below_lloq": "below LLOQ",
    "below_curve": "below the curve",
    "above_uloq": "above ULOQ",
    "above_curve": "above the curve",
    "overflow": "overflow",
    "missing": "missing",
    "excluded": "excluded by you",
    "masked": "masked in the reader",
    "unassigned": "not in the table",
}


def standard_curve(wells: pd.DataFrame, curve: Mapping[str, Any]) -> Figure:
    """A plate's curves: fit with 95 % limits, residuals, recovery; one row an analyte.

    `wells` is the plate's elisa/wells.csv, `curve` what was read back from its curve.json.
    """
    fitted = {name: entry for name, entry in curve.items() if "fit" in entry}
    with style.house_style():
        figure = Figure(figsize=(7.2, 4.6 * max(1, len(fitted))))
        if not fitted:
            figure.text(0.5, 0.5, "No standard curve on this plate", ha="center", va="center")
            return figure
        grid = figure.add_gridspec(
            2 * len(fitted), 2, width_ratios=(3, 2), height_ratios=(3, 1) * len(fitted)
        )
        for i, (analyte, entry) in enumerate(fitted.items()):
            of_analyte = wells[wells["analyte"] == analyte]
            fit = StandardCurve.from_dict(entry["fit"])
            top = figure.add_subplot(grid[2 * i, 0])
            below = figure.add_subplot(grid[2 * i + 1, 0], sharex=top)
            right = figure.add_subplot(grid[2 * i : 2 * i + 2, 1])
            _draw_curve(top, of_analyte, fit, entry)
            _draw_residuals(below, fit)
            _draw_recovery(right, entry)
            verdict = "accepted" if entry["verdict"] == "pass" else "FAILED"
            top.set_title(f"{entry['plate']}: {analyte}, {fit.model}, {verdict}")
    return figure


def plate_heat_map(wells: pd.DataFrame) -> Figure:
    """A plate as it lay: the response of each well, and what became of it."""
    positions = np.array([well_position(well) for well in wells["well"]])
    rows, columns = positions.max(axis=0) + 1
    rows, columns = max(rows, 8), max(columns, 12)
    response = np.full((rows, columns), np.nan)
    state = np.full((rows, columns), np.nan)
    names = list(_STATES)
    response[tuple(positions.T)] = wells["response"].to_numpy(float)
    became = _what_became(wells)
    state[tuple(positions.T)] = [names.index(text) for text in became]
    with style.house_style():
        figure = Figure(figsize=(0.31 * columns + 2.0, 2 * (0.27 * rows + 0.7)))
        grid = figure.add_gridspec(2, 2, width_ratios=(0.31 * columns, 1.5))
        above, below = (figure.add_subplot(grid[i, 0]) for i in range(2))
        beside_above, beside_below = (figure.add_subplot(grid[i, 1]) for i in range(2))
        image = above.imshow(response, cmap=style.DENSITY_MAP, aspect="auto")
        beside_above.axis("off")
        beside_below.axis("off")
        bar_axes = beside_above.inset_axes((0.0, 0.0, 0.12, 1.0))
        figure.colorbar(image, cax=bar_axes).set_label("OD")
        above.set_title(f"{wells['plate'].iloc[0]}: optical density")
        below.imshow(
            state,
            cmap=ListedColormap(list(_STATES.values())),
            vmin=-0.5,
            vmax=len(names) - 0.5,
            aspect="auto",
        )
        below.set_title(
            "What became of each well: S standard, B blank, M medium, C control", fontsize=8
        )
        for axes in (above, below):
            _label_wells(axes, rows, columns)
        _mark_roles(below, wells["well"], wells["role"], became)
        flagged = _mark_flags(below, wells)
        present = [name for name in names if (became == name).any()]
        handles = [
            Line2D([], [], marker="s", linestyle="", color=_STATES[name], label=_STATE_WORDS[name])
            for name in present
        ]
        if flagged:
            handles.append(_flag_mark())
        beside_below.legend(
            handles=handles, loc="center left", bbox_to_anchor=(-0.2, 0.5), handletextpad=0.2
        )
    return figure


def standards_recovery(wells: pd.DataFrame) -> Figure:
    """Over all plates: what the standards are read back as, and the controls (Levey-Jennings)."""
    standards = wells[wells["role"].isin(STANDARD_ROLES) & (wells["nominal_pg_ml"] > 0)]
    controls = wells[(wells["role"] == "control") & (wells["nominal_pg_ml"] > 0)]
    plates = sorted(wells["plate"].astype(str).unique())
    with style.house_style():
        figure = Figure(figsize=(7.2, 3.4 if controls.empty else 6.2))
        axes = figure.subplots(1 if controls.empty else 2, 1, squeeze=False)[:, 0]
        _draw_standards_over_plates(axes[0], standards, plates)
        if not controls.empty:
            _draw_controls_over_plates(axes[1], controls, plates)
    return figure


def _draw_curve(
    axes: Axes, wells: pd.DataFrame, fit: StandardCurve, entry: Mapping[str, Any]
) -> None:
    zero = _place_of_zero(fit)
    used = wells[(wells["role"] == "sample") & (wells["excluded"].fillna("") == "")]
    read = used[used["in_well_pg_ml"].notna()]
    highest = max([fit.concentrations.max(), *read["in_well_pg_ml"]]) * 1.3
    x = np.geomspace(zero * 1.25, highest, 300)
    y = fit.response(x)
    half_width = fit.quantile * fit.response_standard_error(x)
    limits = entry["limits"]
    axes.axvspan(limits["lloq"], limits["uloq"], color=style.LIGHT_GREY, alpha=0.5, lw=0)
    axes.fill_between(x, y - half_width, y + half_width, color=style.SKY_BLUE, alpha=0.5, lw=0)
    axes.plot(x, y, color=style.BLUE)
    inside = read["state"] == "ok"
    for part, colour in ((read[inside], style.GREEN), (read[~inside], style.ORANGE)):
        axes.plot(
            np.maximum(part["in_well_pg_ml"], zero),
            part["response"],
            linestyle="",
            marker="|",
            markersize=9,
            color=colour,
        )
    x_standards = np.where(fit.concentrations > 0, fit.concentrations, zero)
    axes.plot(x_standards, fit.responses, "o", color=style.BLACK, markersize=4, fillstyle="none")
    axes.set_xscale("log")
    axes.set_ylim(*_with_margin([*fit.responses, *read["response"]]))
    axes.set_ylabel("OD")
    axes.tick_params(labelbottom=False)
    handles = [
        Line2D([], [], marker="o", linestyle="", color=style.BLACK, fillstyle="none"),
        Line2D([], [], color=style.BLUE),
        Line2D([], [], marker="|", linestyle="", color=style.GREEN, markersize=9),
        Line2D([], [], marker="|", linestyle="", color=style.ORANGE, markersize=9),
        Line2D([], [], color=style.LIGHT_GREY, linewidth=6),
    ]
    axes.legend(
        handles,
        ["standard", "curve, 95 %", "sample in range", "sample outside", "LLOQ to ULOQ"],
        loc="upper left",
    )


def _draw_residuals(axes: Axes, fit: StandardCurve) -> None:
    zero = _place_of_zero(fit)
    expected = fit.response(fit.concentrations)
    standardised = (fit.responses - expected) / np.sqrt(fit.well_variance(expected))
    x = np.where(fit.concentrations > 0, fit.concentrations, zero)
    for level in (-2, 2):
        axes.axhline(level, color=style.LIGHT_GREY, linewidth=0.8)
    axes.axhline(0, color=style.GREY, linewidth=0.8)
    axes.plot(x, standardised, "o", color=style.BLACK, markersize=3, fillstyle="none")
    reach = max(3.0, float(np.nanmax(np.abs(standardised), initial=0)) * 1.2)
    axes.set_ylim(-reach, reach)
    axes.set_ylabel("residual, SD")
    axes.set_xlabel("concentration in the well, pg/mL")
    ticks = [zero, *sorted(set(fit.concentrations[fit.concentrations > 0]))]
    shown = [zero, *_spread(ticks[1:], 6)]
    axes.xaxis.set_major_locator(FixedLocator(shown))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: "0" if value == zero else f"{value:.4g}")
    )


def _draw_recovery(axes: Axes, entry: Mapping[str, Any]) -> None:
    levels = pd.DataFrame(entry["standards"])
    levels = levels[levels["nominal_pg_ml"] > 0]
    recovery = levels["recovery_percent"].astype(float).to_numpy()
    place = np.arange(len(levels))
    passes = (levels["verdict"] == "pass").to_numpy()
    allowed = entry["acceptance"]["recovery_percent"]
    axes.axvspan(100 - allowed, 100 + allowed, color=style.LIGHT_GREY, alpha=0.5, lw=0)
    axes.axvline(100, color=style.GREY, linewidth=0.8)
    shown = np.clip(recovery, 40, 160)
    for part, colour in ((passes, style.BLACK), (~passes, style.VERMILION)):
        axes.plot(shown[part], place[part], "o", color=colour, markersize=5)
    for y, (value, good, reason) in enumerate(zip(recovery, passes, levels["reason"], strict=True)):
        x = shown[y] if np.isfinite(value) else 40
        axes.annotate(
            f"{value:.0f}" if good else reason,
            (x, y),
            xytext=(0, 5),
            textcoords="offset points",
            ha="left" if x < 70 else "right" if x > 130 else "center",
            fontsize=7,
            color=style.BLACK if good else style.VERMILION,
        )
    axes.set_xlim(35, 165)
    axes.set_ylim(-0.6, len(levels) - 0.2)
    axes.set_yticks(place, [f"{value:.4g}" for value in levels["nominal_pg_ml"]])
    axes.set_ylabel("standard, pg/mL")
    axes.set_xlabel("read back, % of pipetted")
    axes.set_title("Standards")


def _draw_standards_over_plates(axes: Axes, standards: pd.DataFrame, plates: list[str]) -> None:
    levels = sorted(standards["nominal_pg_ml"].unique())
    place = {level: i for i, level in enumerate(levels)}
    axes.axhspan(80, 120, color=style.LIGHT_GREY, alpha=0.5, lw=0)
    axes.axhline(100, color=style.GREY, linewidth=0.8)
    means = standards.groupby(["plate", "nominal_pg_ml"])["recovery_percent"].mean()
    shift = _shifts(len(plates))
    for plate, offset, mark in zip(plates, shift, style.marks(plates).values(), strict=True):
        if plate not in means.index.get_level_values(0):
            continue
        values = means.loc[plate]
        x = [place[level] + offset for level in values.index]
        axes.plot(x, values, linestyle="", marker=mark.marker, color=mark.colour, label=plate, ms=5)
    axes.set_xticks(range(len(levels)), [f"{level:.4g}" for level in levels])
    axes.set_xlabel("standard, pg/mL")
    axes.set_ylabel("read back, % of pipetted")
    axes.set_title("Standards over the plates; grey: within 20 %")
    columns = 1 + (len(plates) - 1) // _PLATES_IN_A_COLUMN
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), title="plate", ncols=columns)


def _draw_controls_over_plates(axes: Axes, controls: pd.DataFrame, plates: list[str]) -> None:
    axes.axhspan(80, 120, color=style.LIGHT_GREY, alpha=0.5, lw=0)
    axes.axhline(100, color=style.GREY, linewidth=0.8)
    levels = sorted(controls["nominal_pg_ml"].unique())
    # The first colour, grey, is that of the line at 100 %.
    marks = list(style.marks([str(level) for level in (None, *levels)]).values())[1:]
    shift = _shifts(len(levels))
    for level, offset, mark in zip(levels, shift, marks, strict=True):
        of_level = controls[controls["nominal_pg_ml"] == level]
        x = [plates.index(str(plate)) + offset for plate in of_level["plate"]]
        axes.plot(
            x,
            of_level["recovery_percent"],
            linestyle="",
            marker=mark.marker,
            color=mark.colour,
            label=f"{level:.4g} pg/mL",
            ms=5,
        )
        mean, sd = of_level["recovery_percent"].mean(), of_level["recovery_percent"].std()
        axes.axhline(mean, color=mark.colour, linewidth=0.9)
        for side in (-2, 2):
            axes.axhline(mean + side * sd, color=mark.colour, linewidth=0.9, linestyle=":")
    axes.set_xticks(range(len(plates)), plates)
    axes.set_xlim(-0.6, len(plates) - 0.4)
    if len(plates) > _LEVEL_NAMES:
        axes.tick_params(axis="x", rotation=90)
    axes.set_ylabel("control, % of target")
    axes.set_title("Controls by plate; lines: mean, dotted: two SD")
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), title="target")


def _place_of_zero(fit: StandardCurve) -> float:
    """Where the zero standard is drawn on a log axis: one step below the lowest."""
    positive = np.unique(fit.concentrations[fit.concentrations > 0])
    step = positive[1] / positive[0] if len(positive) > 1 else 2.0
    return float(positive[0] / max(step, 2.0))


def _with_margin(values: list[float]) -> tuple[float, float]:
    """Limits of an axis that leave 6 % free on both sides."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    margin = 0.06 * (high - low) or 0.1
    return low - margin, high + margin


def _spread(values: list[float], most: int) -> list[float]:
    """At most so many of the values, the last always among them."""
    every = -(-len(values) // most)
    return values[::-1][::every][::-1]


def _shifts(count: int) -> Floats:
    return np.linspace(-0.25, 0.25, count) if count > 1 else np.zeros(count)


def _label_wells(axes: Axes, rows: int, columns: int) -> None:
    every = 1 if columns <= 12 else 2
    axes.set_xticks(range(0, columns, every), [str(i + 1) for i in range(0, columns, every)])
    axes.set_yticks(range(rows), [row_letters(i) for i in range(rows)])
    axes.tick_params(length=0)
    axes.set_xticks(np.arange(columns + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(rows + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1)
    axes.tick_params(which="minor", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _what_became(wells: pd.DataFrame) -> pd.Series:
    """Each well's state; where it is "excluded", by whom."""
    state = wells["state"].mask(wells["excluded"] == MASKED, "masked")
    return state.mask(wells["role"] == "unassigned", "unassigned")


def _mark_roles(axes: Axes, wells: pd.Series, roles: pd.Series, states: pd.Series) -> None:
    letters = {"standard": "S", "blank": "B", "medium_blank": "M", "control": "C"}
    for well, role, state in zip(wells, roles, states, strict=True):
        if role in letters:
            row, column = well_position(well)
            dark = state not in ("excluded", "masked", "below_lloq", "above_uloq")
            axes.text(
                column,
                row,
                letters[role],
                ha="center",
                va="center",
                fontsize=7,
                color="white" if dark else style.BLACK,
            )


def _mark_flags(axes: Axes, wells: pd.DataFrame) -> bool:
    """A ring around each well with a flag of its own; whether there is any."""
    positions = [
        well_position(well)
        for well, flags in zip(wells["well"], wells["flags"].fillna(""), strict=True)
        if any(flag and not flag.startswith(PLATE_FAILED) for flag in flags.split("; "))
    ]
    for row, column in positions:
        mark = _flag_mark()
        mark.set_data([column], [row])
        axes.add_line(mark)
    return bool(positions)


def _flag_mark() -> Line2D:
    return Line2D(
        [],
        [],
        marker="o",
        ls="",
        ms=10,
        mec=style.BLACK,
        mew=1.2,
        fillstyle="none",
        label="flagged",
    )
