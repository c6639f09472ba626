"""A plate map: the optical density and the result of each well."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from coculture.curves.models import Floats
from coculture.drawing import Drawing, style
from coculture.elisa.figures.results import PlateResults
from coculture.elisa.plates import notes
from coculture.elisa.plates.flag_codes import codes
from coculture.elisa.plates.plate import row_letters, well_position
from coculture.exchange.culture_marks import mark_culture
from coculture.exchange.figure_text import FigureText
from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import many

TITLE = "Plate map"
CAPTION = (
    "Top: optical density of each well. Bottom: the result of each well. A ring marks a well with "
    "a quality flag."
)
CAPTION_OF_GIVEN = (
    "Top: concentration of each well, as the reader's software gave it, of the undiluted sample. "
    "Bottom: the result of each well. A ring marks a well with a quality flag."
)
TABLE = "figures/elisa/plate.csv"
_OD = "OD"
_STATES = {
    "ok": style.GREEN,
    "below_lloq": style.SKY_BLUE,
    "below_curve": style.BLUE,
    "above_uloq": style.ORANGE,
    "above_curve": style.VERMILION,
    "overflow": style.BLACK,
    "missing": style.GREY,
    "not_determined": style.GREY,
    "excluded": style.PURPLE,
    "masked": style.YELLOW,
    "zero": "white",
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
    "not_determined": "no limits from the curve",
    "excluded": "excluded in elisa.csv",
    "masked": "masked in the reader",
    "zero": "zero or blank",
    "unassigned": "not in elisa.csv",
}
_UNDER_BLACK_TEXT = ("excluded", "masked", "below_lloq", "above_uloq", "zero", "unassigned")
_UNREAD = {"overflow": "over", "below_lloq": "<", "above_uloq": ">"}
"""What is written into a well without a value; a dash into one that is only missing."""
_LETTERS = {
    "standard": "S",
    "anchor": "A",
    "blank": "B",
    "medium_blank": "M",
    "control": "C",
    "spike": "+",
}
_WELL_WIDTH, _WELL_HEIGHT = 0.31, 0.27
"""Inches."""


def draw(plate: PlateResults) -> Drawing:
    """Two heat maps of the plate: the value of each well, and its result.

    The value is the response, or the concentration where the reader's software gave it. A plate
    whose wells have several analytes has two maps for each.
    """
    shown = _shown(plate)
    parts = _maps(shown)
    rows, columns = _size(shown["well"])
    text = FigureText(TITLE, CAPTION_OF_GIVEN if _is_given(plate) else CAPTION, _result(shown))
    height = 2 * (_WELL_HEIGHT * rows + 0.7)
    with style.house_style():
        figure = Figure(figsize=(_WELL_WIDTH * columns + 2.0, height * len(parts)))
        grid = figure.add_gridspec(2 * len(parts), 2, width_ratios=(_WELL_WIDTH * columns, 1.5))
        for place, part in enumerate(parts):
            axes = [figure.add_subplot(grid[2 * place + i, j]) for j in range(2) for i in range(2)]
            _draw_maps(figure, axes, part, rows, columns)
    return Drawing(figure, shown, TABLE, text)


def _maps(shown: pd.DataFrame) -> list[pd.DataFrame]:
    """The wells of each pair of maps: one for each analyte where wells have several."""
    if not shown["well"].duplicated().any():
        return [shown]
    analytes = dict.fromkeys(filter(None, shown["analyte"]))
    return [shown[shown["analyte"].isin([analyte, ""])] for analyte in sorted(analytes)]


def _draw_maps(
    figure: Figure, places: Sequence[Axes], shown: pd.DataFrame, rows: int, columns: int
) -> None:
    above, below, beside_above, beside_below = places
    beside_above.axis("off")
    beside_below.axis("off")
    values, unit = shown["value"].to_numpy(float), str(shown["unit"].iloc[0])
    of_map = mpl.colormaps[style.DENSITY_MAP].with_extremes(bad=style.LIGHT_GREY)
    colours = ScalarMappable(_colour_scale(values, unit), of_map)
    _draw_cells(above, shown, [tuple(colour) for colour in colours.to_rgba(values)])
    bar_axes = beside_above.inset_axes((0.0, 0.0, 0.12, 1.0))
    figure.colorbar(colours, cax=bar_axes).set_label(unit)
    if unit != _OD:
        for of_ticks in (bar_axes.yaxis.set_major_formatter, bar_axes.yaxis.set_minor_formatter):
            of_ticks(FuncFormatter(lambda value, _: f"{value:.3g}"))
    above.set_title(f"{shown['plate'].iloc[0]}: {_name_of_values(shown, unit)}")
    _draw_cells(below, shown, [_STATES[state] for state in shown["state"]])
    below.set_title(f"Result of each well ({_letters_in(shown)})", fontsize=8)
    for axes in (above, below):
        _label_wells(axes, rows, columns)
    _mark_unread(above, shown)
    _mark_roles(below, shown)
    _mark_flags(below, shown)
    present = [name for name in _STATES if (shown["state"] == name).any()]
    handles = [_state_mark(name) for name in present]
    if (shown["flags"] != "").any():
        handles.append(_flag_mark())
    beside_below.legend(
        handles=handles, loc="center left", bbox_to_anchor=(-0.2, 0.5), handletextpad=0.2
    )


def _colour_scale(values: Floats, unit: str) -> Normalize:
    """Linear for optical densities, logarithmic for concentrations."""
    known = values[np.isfinite(values)]
    if unit == _OD:
        return Normalize(*((known.min(), known.max()) if len(known) else (0, 1)))
    return LogNorm(*((known.min(), known.max()) if len(known) else (1, 10)))


def _name_of_values(shown: pd.DataFrame, unit: str) -> str:
    if unit == _OD:
        return "optical density"
    return f"{next(filter(None, shown['analyte']), '')}, concentration of the undiluted sample"


def _is_given(plate: PlateResults) -> bool:
    """Whether the reader's software gave the concentrations, so that there are no responses."""
    return any("source" in entry for entry in plate.curve.values())


def _shown(plate: PlateResults) -> pd.DataFrame:
    """One row a well: its value (colour above), its result (colour below) and its own flags."""
    wells = plate.wells
    of_well: dict[tuple[str, str], list[Flag]] = {}
    for flag in plate.flags:
        if flag.concerns.kind == "well":
            key = (flag.concerns.well, flag.concerns.analyte)
            of_well.setdefault(key, []).append(flag)
    masked = {
        key for key, flags in of_well.items() if any(one.code == notes.MASKED for one in flags)
    }
    shown = wells[["plate", "well", "role", "analyte", "culture"]].fillna("").astype(str)
    keys = list(zip(shown["well"], shown["analyte"], strict=True))
    given = _is_given(plate)
    return shown.assign(
        value=wells["concentration_pg_ml" if given else "response"].astype(float),
        unit="pg/mL" if given else _OD,
        state=_results_of_wells(wells, [key in masked for key in keys]),
        flags=[codes(of_well.get(key, [])) for key in keys],
    )


def _result(shown: pd.DataFrame) -> str:
    samples = shown[shown["role"] == "sample"]
    if samples.empty:
        return "The plate has no samples."
    counts = samples["state"].value_counts()
    each = ", ".join(f"{count} {_STATE_WORDS[str(state)]}" for state, count in counts.items())
    return f"Of {many(len(samples), 'sample well')}: {each}."


def _size(wells: pd.Series) -> tuple[int, int]:
    """Rows and columns of the smallest plate that has these wells: 96, 384 or 1536."""
    last_row, last_column = np.array([well_position(well) for well in wells]).max(axis=0)
    return next((8 * n, 12 * n) for n in (1, 2, 4, 8) if last_row < 8 * n and last_column < 12 * n)


def _results_of_wells(wells: pd.DataFrame, masked: Sequence[bool]) -> pd.Series:
    """The state of each well; "masked" and "unassigned" for such wells among the excluded ones, and
    "zero" for blanks and the zero standard, which cannot be in range."""
    blank = wells["role"].isin(["blank", "medium_blank"])
    zero = blank | ((wells["role"] == "standard") & (wells["nominal_pg_ml"] == 0))
    read = ~wells["state"].isin(["excluded", "missing", "overflow"])
    state = wells["state"].mask(zero & read, "zero")
    state = state.mask(np.array(masked, dtype=bool), "masked")
    return state.mask(wells["role"] == "unassigned", "unassigned")


def _draw_cells(
    axes: Axes, shown: pd.DataFrame, colours: list[str] | list[tuple[float, ...]]
) -> None:
    for well, culture, colour in zip(shown["well"], shown["culture"], colours, strict=True):
        row, column = well_position(well)
        cell = Rectangle((column, row), 1, 1, facecolor=colour, linewidth=0)
        axes.add_patch(cell)
        if culture:
            mark_culture(cell, culture)


def _label_wells(axes: Axes, rows: int, columns: int) -> None:
    axes.set_xlim(0, columns)
    axes.set_ylim(rows, 0)
    axes.vlines(np.arange(1, columns), 0, rows, color="white", linewidth=1)
    axes.hlines(np.arange(1, rows), 0, columns, color="white", linewidth=1)
    every = 1 if columns <= 12 else 2
    numbers = range(0, columns, every)
    axes.set_xticks([i + 0.5 for i in numbers], [str(i + 1) for i in numbers])
    axes.set_yticks(np.arange(rows) + 0.5, [row_letters(i) for i in range(rows)])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _mark_unread(axes: Axes, shown: pd.DataFrame) -> None:
    """Write into a well without a reading why it has none: grey could be mistaken for a value."""
    unread = shown[shown["value"].isna()]
    for well, state in zip(unread["well"], unread["state"], strict=True):
        _write(axes, well, _UNREAD.get(str(state), "–"), style.BLACK)


def _letters_in(shown: pd.DataFrame) -> str:
    """What the letters mean; anchors and spikes only where the plate has them."""
    named = {"standard": "standard", "blank": "blank", "medium_blank": "medium"}
    named |= {"control": "control"}
    rare = {role: role for role in ("anchor", "spike") if (shown["role"] == role).any()}
    return ", ".join(f"{_LETTERS[role]} {word}" for role, word in (named | rare).items())


def _mark_roles(axes: Axes, shown: pd.DataFrame) -> None:
    for well, role, state in zip(shown["well"], shown["role"], shown["state"], strict=True):
        if role in _LETTERS:
            colour = style.BLACK if state in _UNDER_BLACK_TEXT else "white"
            _write(axes, well, _LETTERS[role], colour)


def _write(axes: Axes, well: str, words: str, colour: str) -> None:
    row, column = well_position(well)
    axes.text(column + 0.5, row + 0.5, words, ha="center", va="center", fontsize=7, color=colour)


def _mark_flags(axes: Axes, shown: pd.DataFrame) -> None:
    """A ring in each well with a flag of its own."""
    for well in shown.loc[shown["flags"] != "", "well"]:
        row, column = well_position(well)
        mark = _flag_mark()
        mark.set_data([column + 0.5], [row + 0.5])
        axes.add_line(mark)


def _state_mark(name: str) -> Line2D:
    edge = style.GREY if name == "zero" else _STATES[name]
    return Line2D(
        [], [], marker="s", ls="", color=_STATES[name], mec=edge, label=_STATE_WORDS[name]
    )


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
