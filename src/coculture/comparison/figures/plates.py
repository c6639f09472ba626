"""Where the cultures stood on their plates, and how each differs from the rest of its arm.

Treatments stand in blocks, so that a map of values shows the treatments; what a plate did to its
wells shows in their differences from the mean of the arm they belong to.
"""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coculture.comparison.figures.elements import caption, nothing_to_draw
from coculture.comparison.settings import ComparisonSettings
from coculture.drawing import Drawing, style
from coculture.exchange.culture_marks import stands_for
from coculture.exchange.names import column_prefix

TABLE = "figures/comparison/plates.csv"
COLUMNS = (
    "plate", "well", "culture", "measure", "value", "unit", "difference", "difference_unit",
)  # fmt: skip
_Measure = tuple[str, str, str]
"""Column of cultures.csv, what it measures, its unit."""


def plate_maps(
    cultures: pd.DataFrame, flow_wells: pd.DataFrame, settings: ComparisonSettings
) -> Drawing:
    """Each well's difference from its arm where the cultures stood on the plates of flow.csv.

    That is, from the mean of the arm's wells in the experiment: in points for percent apoptotic,
    as the ratio to the geometric mean for each analyte; NaN where the arm has one value alone.
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
            is_ratio = unit != "%"
            differences = _differences(placed, measure, is_ratio)
            colours, ticks = _scale(differences, is_ratio)
            of_well = pd.Series(list(colours.to_rgba(differences.to_numpy())), placed.index)
            for axis, plate in zip(axes[:, column], plates, strict=True):
                there = placed["plate"] == plate
                _draw_plate(axis, placed[there], of_well[there])
                axis.set_title(plate, fontsize=9)
            label = f"{words}: {'ratio to' if is_ratio else 'points from'} the mean of its arm"
            bar = figure.colorbar(colours, ax=list(axes[:, column]), label=label, shrink=0.8)
            bar.set_ticks(ticks, labels=[f"{tick:.3g}".replace("-", "−") for tick in ticks])
            bar.ax.minorticks_off()
        caption(
            figure,
            "Colour: a well against the mean of its arm in its experiment (white: the same). Grey: "
            "no culture there, no value inside the quantifiable range, or none to compare with.",
        )
    return Drawing(figure, _shown(placed, measures), TABLE)


def _shown(placed: pd.DataFrame, measures: list[_Measure]) -> pd.DataFrame:
    rows = [
        placed[["plate", "well", "culture"]].assign(
            measure=words,
            value=placed[column],
            unit=unit,
            difference=_differences(placed, column, unit != "%"),
            difference_unit="percentage points" if unit == "%" else "ratio",
        )
        for column, words, unit in measures
    ]
    shown = pd.concat(rows, ignore_index=True)[list(COLUMNS)]
    return shown.sort_values(["measure", "plate", "culture"], kind="stable", ignore_index=True)


def _differences(placed: pd.DataFrame, measure: str, is_ratio: bool) -> "pd.Series[float]":
    """Each well's value against the mean of its arm in its experiment; NaN where it is alone."""
    values = placed[measure].astype(float)
    if is_ratio:
        values = values.where(values > 0).transform(np.log)
    arms = values.groupby([placed["experiment"], placed["arm"]])
    differences = (values - arms.transform("mean")).where(arms.transform("count") > 1)
    return differences.transform(np.exp) if is_ratio else differences


def _scale(differences: "pd.Series[float]", is_ratio: bool) -> tuple[ScalarMappable, list[float]]:
    """Colours with no difference in the middle, as far to either side; ticks of their bar."""
    sizes = np.abs(np.log(differences) if is_ratio else differences).max()
    of_map = mpl.colormaps[style.DIFFERENCE_MAP].with_extremes(bad=style.LIGHT_GREY)
    if is_ratio:
        most = float(np.ceil(10 * np.exp(np.nanmax([sizes, 0.05]))) / 10)
        return ScalarMappable(LogNorm(1 / most, most), of_map), [1 / most, 1.0, most]
    most = float(np.ceil(np.nanmax([sizes, 0.5])))
    ticks = [-most, -most / 2, 0.0, most / 2, most]
    return ScalarMappable(Normalize(-most, most), of_map), ticks


def _draw_plate(axis: Axes, wells: pd.DataFrame, colours: pd.Series) -> None:
    rows = [ord(well[0].upper()) - ord("A") for well in wells["well"]]
    columns = [int(well[1:]) - 1 for well in wells["well"]]
    height, width = (16, 24) if max(rows) > 7 or max(columns) > 11 else (8, 12)
    # Empty wells as one grey area under white lines: a mark each would swell the file.
    axis.add_patch(Rectangle((0, 0), width, height, color=style.LIGHT_GREY, linewidth=0))
    for row, column, colour, culture in zip(rows, columns, colours, wells["culture"], strict=True):
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
