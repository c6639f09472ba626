"""Where the cultures stood on their plates, and what was measured there."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coculture import style
from coculture.comparison.analytes import column_prefix
from coculture.comparison.figures.drawn import caption, label_decades, nothing_to_draw
from coculture.comparison.settings import ComparisonSettings
from coculture.culture_marks import stands_for
from coculture.drawing import Drawing

TABLE = "figures/comparison/plates.csv"
COLUMNS = ("plate", "well", "culture", "measure", "value", "unit")
_Measure = tuple[str, str, str]
"""Column of cultures.csv, what it measures, its unit."""


def plate_maps(
    cultures: pd.DataFrame, flow_wells: pd.DataFrame, settings: ComparisonSettings
) -> Drawing:
    """Percent apoptotic and each analyte where the cultures stood on the plates of flow.csv.

    Drifts across a plate and edge effects show here. `flow_wells` is flow/wells.csv of all
    experiments, with plate and well.
    """
    if flow_wells.empty:
        words = "Without flow.csv no culture has a place on a plate."
        return nothing_to_draw(words, TABLE, COLUMNS)
    stood = flow_wells.loc[flow_wells["role"] == "sample", ["culture", "plate", "well"]]
    stood = stood.drop_duplicates("culture").fillna("").astype(str)
    placed = cultures.merge(stood[stood["well"] != ""], on="culture")
    measures: list[_Measure] = [("percent_apoptotic", "Apoptotic cells", "%")] + [
        (f"{column_prefix(analyte)}_pg_ml", analyte, "pg/mL") for analyte in settings.analytes
    ]
    measures = [one for one in measures if one[0] in placed and placed[one[0]].notna().any()]
    if not measures:
        words = "flow.csv names no wells, so there is no plate to draw"
        return nothing_to_draw(words, TABLE, COLUMNS)
    plates = sorted(set(placed["plate"]))
    with style.house_style():
        figure = Figure(figsize=(4.6 * len(measures), 2.5 * len(plates)))
        axes = figure.subplots(len(plates), len(measures), squeeze=False)
        for column, (measure, words, unit) in enumerate(measures):
            values = placed[measure].astype(float)
            is_log = unit != "%"
            limits = (values[values > 0].min() if is_log else 0.0, values.max())
            norm = LogNorm(*limits) if is_log else Normalize(*limits)
            of_map = mpl.colormaps[style.DENSITY_MAP].with_extremes(bad=style.LIGHT_GREY)
            colours = ScalarMappable(norm, of_map)
            for axis, plate in zip(axes[:, column], plates, strict=True):
                _draw_plate(axis, placed[placed["plate"] == plate], measure, colours)
                axis.set_title(plate, fontsize=9)
            label = f"{words} ({unit})"
            bar = figure.colorbar(colours, ax=list(axes[:, column]), label=label, shrink=0.8)
            if is_log:
                label_decades(bar.ax.yaxis)
        caption(figure, "Grey: no culture there, or no value inside the quantifiable range.")
    return Drawing(figure, _shown(placed, measures), TABLE)


def _shown(placed: pd.DataFrame, measures: list[_Measure]) -> pd.DataFrame:
    rows = [
        placed[["plate", "well", "culture"]].assign(measure=words, value=placed[column], unit=unit)
        for column, words, unit in measures
    ]
    shown = pd.concat(rows, ignore_index=True)[list(COLUMNS)]
    return shown.sort_values(["measure", "plate", "culture"], kind="stable", ignore_index=True)


def _draw_plate(axis: Axes, wells: pd.DataFrame, measure: str, colours: ScalarMappable) -> None:
    rows = [ord(well[0].upper()) - ord("A") for well in wells["well"]]
    columns = [int(well[1:]) - 1 for well in wells["well"]]
    height, width = (16, 24) if max(rows) > 7 or max(columns) > 11 else (8, 12)
    # Empty wells as one grey area under white lines: a mark each would swell the file.
    axis.add_patch(Rectangle((0, 0), width, height, color=style.LIGHT_GREY, linewidth=0))
    of_well = colours.to_rgba(wells[measure].to_numpy(dtype=float))
    for row, column, colour, culture in zip(rows, columns, of_well, wells["culture"], strict=True):
        cell = Rectangle((column, row), 1, 1, facecolor=tuple(colour), linewidth=0)
        stands_for(axis.add_patch(cell), str(culture))
    axis.set_xlim(0, width)
    axis.set_ylim(height, 0)
    axis.vlines(np.arange(1, width), 0, height, color="white", linewidth=0.5)
    axis.hlines(np.arange(1, height), 0, width, color="white", linewidth=0.5)
    axis.set_xticks(np.arange(width) + 0.5, [str(i + 1) for i in range(width)], fontsize=6)
    axis.set_yticks(np.arange(height) + 0.5, [chr(65 + i) for i in range(height)], fontsize=6)
    axis.tick_params(length=0)
    axis.set_aspect("equal")
