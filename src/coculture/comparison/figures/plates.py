"""Values by plate position: each culture compared with the rest of its arm.

Treatments are usually in blocks on the plate, so a map of the values would show the treatments.
Differences from the mean of the arm show the effects of the plate.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coculture.comparison.figures.axes import caption, nothing_to_draw, on_lines
from coculture.comparison.figures.inputs import FigureInputs
from coculture.comparison.layout.acquired_plates import acquired_plates
from coculture.comparison.settings import ComparisonSettings
from coculture.drawing import Drawing, style
from coculture.exchange.culture_marks import mark_culture
from coculture.exchange.figure_text import FigureText
from coculture.exchange.names import natural_key
from coculture.exchange.vocabulary import many, number

TABLE = "figures/comparison/plates.csv"
COLUMNS = (
    "plate", "well", "culture", "measure", "value", "unit", "difference", "difference_unit",
)  # fmt: skip
TITLE = "Values by plate position"
CAPTION = (
    "Each well compared with the mean of its arm in its experiment, so that treatments do not "
    "show. Drifts across a plate and edge effects show."
)

MOST_PLATES = 12
"""The figure of 105 plates was 6 m high and took 1 GB of memory."""
_PLATE, _CAPTION = 2.3, 0.5
"""Heights in inches of a plate and of the caption."""
_LETTERS = 20
"""Of the label of a colour bar beside one plate, on one line."""


@dataclass(frozen=True)
class _Measure:
    """A measurement of the cultures: its column of cultures.csv, its name, its unit."""

    column: str
    name: str
    unit: str
    is_ratio: bool
    """Whether wells are compared by ratios (concentrations) instead of differences."""

    @property
    def difference_unit(self) -> str:
        """The unit of a difference."""
        return "ratio" if self.is_ratio else "percentage points" if self.unit == "%" else self.unit


def plates(inputs: FigureInputs) -> Drawing:
    """The difference of each well from its arm, on the plates of flow.csv.

    That is the difference from the mean of the wells of the arm in the experiment: in points for
    percent apoptotic, as the ratio to the geometric mean for each analyte; NaN if the arm has only
    one value.
    """
    wells = inputs.flow_wells
    if wells.empty:
        message = "The study has no flow.csv, so no plate positions are known."
        return nothing_to_draw(message, TABLE, COLUMNS, FigureText(TITLE, CAPTION))
    samples = wells[wells["role"] == "sample"].drop_duplicates("culture")
    samples = samples.reindex(columns=["culture", "plate", "well", "acquired"])
    samples = samples.astype(object).fillna("").astype(str)
    placed = inputs.cultures.merge(samples[samples["well"] != ""], on="culture")
    placed = placed.assign(plate=acquired_plates(placed))
    measures = _measures(placed, inputs.settings)
    if not measures:
        message = "flow.csv names no wells, so no plate positions are known."
        return nothing_to_draw(message, TABLE, COLUMNS, FigureText(TITLE, CAPTION))
    shown = _shown(placed, measures)
    every = sorted(set(placed["plate"]), key=natural_key)
    names = _most_different(shown, every)
    with style.house_style():
        figure = Figure(figsize=(4.6 * len(measures), _PLATE * len(names) + _CAPTION))
        axes = figure.subplots(len(names), len(measures), squeeze=False)
        for column, measure in enumerate(measures):
            differences = _differences(placed, measure)
            colours, ticks = _colour_scale(differences, measure.is_ratio)
            of_well = pd.Series(list(colours.to_rgba(differences.to_numpy())), placed.index)
            for axis, plate in zip(axes[:, column], names, strict=True):
                on_plate = placed["plate"] == plate
                _draw_plate(axis, placed[on_plate], of_well[on_plate])
                axis.set_title(plate, fontsize=9)
            compared = "ratio to" if measure.is_ratio else "points from"
            label = on_lines(
                f"{measure.name}: {compared} the mean of its arm", _LETTERS * len(names)
            )
            bar = figure.colorbar(colours, ax=list(axes[:, column]), label=label, shrink=0.8)
            bar.set_ticks(ticks, labels=[f"{tick:.3g}".replace("-", "−") for tick in ticks])
            bar.ax.minorticks_off()
        caption(
            figure,
            "Colour: a well compared with the mean of its arm in its experiment (white: the same). "
            "Grey: no culture, no value inside the quantifiable range, or no other well to compare "
            "with.",
        )
    return Drawing(
        figure,
        shown,
        TABLE,
        FigureText(TITLE, CAPTION + _left_out(shown, names, every), _result(shown)),
    )


def _measures(placed: pd.DataFrame, settings: ComparisonSettings) -> list[_Measure]:
    """The measurements of which any culture with a position has a value."""
    known = [
        _Measure(
            one.columns.value,
            one.title.removesuffix(f" ({one.unit})"),
            one.unit,
            one.primary.is_ratio,
        )
        for one in settings.quantities
    ]
    return [one for one in known if one.column in placed and placed[one.column].notna().any()]


def _most_different(shown: pd.DataFrame, every: Sequence[str]) -> list[str]:
    """Of many plates those whose wells differ most from their arms, in their order.

    By the root mean square of the differences of a measurement on a plate, compared with that on
    all plates.
    """
    is_ratio = shown["difference_unit"] == "ratio"
    sizes = shown["difference"].mask(is_ratio, np.log(shown["difference"].where(is_ratio))) ** 2
    of_plates = sizes.groupby([shown["measure"], shown["plate"]]).mean()
    compared = of_plates / sizes.groupby(shown["measure"]).mean()
    most = compared.groupby("plate").max().reindex(list(every)).fillna(0.0)
    chosen = set(most.sort_values(ascending=False, kind="stable").index[:MOST_PLATES])
    return [plate for plate in every if plate in chosen]


def _left_out(shown: pd.DataFrame, names: Sequence[str], every: Sequence[str]) -> str:
    """What a caption says of plates that are not drawn; empty if all are."""
    if len(names) == len(every):
        return ""
    ends = shown.groupby("measure")["difference"].agg(["min", "max"])
    if not (ends["min"] < ends["max"]).any():
        return f" Shown are the first {len(names)} of {len(every)} plates; plates.csv has all."
    return (
        f" Shown are the {len(names)} of {len(every)} plates whose wells differ most from their "
        "arms; plates.csv has all."
    )


def _result(shown: pd.DataFrame) -> str:
    """The lowest and highest difference of each measurement."""
    wells = shown.dropna(subset=["difference"])
    each = []
    for name, rows in wells.groupby("measure", sort=False):
        low, high = (number(float(one)) for one in rows["difference"].agg(["min", "max"]))
        is_ratio = rows["difference_unit"].iloc[0] == "ratio"
        each.append(
            f"{name} {low}-fold to {high}-fold"
            if is_ratio
            else f"{name} {low} to {high} {rows['difference_unit'].iloc[0]}"
        )
    if not each:
        return ""
    plates = many(int(wells["plate"].nunique()), "plate")
    return f"Wells compared with the mean of their arm, on {plates}: {'; '.join(each)}."


def _shown(placed: pd.DataFrame, measures: list[_Measure]) -> pd.DataFrame:
    rows = [
        placed[["plate", "well", "culture"]].assign(
            measure=measure.name,
            value=placed[measure.column],
            unit=measure.unit,
            difference=_differences(placed, measure),
            difference_unit=measure.difference_unit,
        )
        for measure in measures
    ]
    shown = pd.concat(rows, ignore_index=True)[list(COLUMNS)]
    return shown.sort_values(["measure", "plate", "culture"], kind="stable", ignore_index=True)


def _differences(placed: pd.DataFrame, measure: _Measure) -> "pd.Series[float]":
    """The difference of each well from the mean of its arm in its experiment; NaN if alone."""
    values = placed[measure.column].astype(float)
    if measure.is_ratio:
        values = values.where(values > 0).transform(np.log)
    arms = values.groupby([placed["experiment"], placed["arm"]])
    differences = (values - arms.transform("mean")).where(arms.transform("count") > 1)
    return differences.transform(np.exp) if measure.is_ratio else differences


def _colour_scale(
    differences: "pd.Series[float]", is_ratio: bool
) -> tuple[ScalarMappable, list[float]]:
    """A symmetric colour scale around no difference, and the ticks of its colour bar."""
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
    # Empty wells as one grey area under white lines, which keeps the file small.
    axis.add_patch(Rectangle((0, 0), width, height, color=style.LIGHT_GREY, linewidth=0))
    for row, column, colour, culture in zip(rows, columns, colours, wells["culture"], strict=True):
        cell = Rectangle((column, row), 1, 1, facecolor=tuple(colour), linewidth=0)
        mark_culture(axis.add_patch(cell), str(culture))
    axis.set_xlim(0, width)
    axis.set_ylim(height, 0)
    axis.vlines(np.arange(1, width), 0, height, color="white", linewidth=0.5)
    axis.hlines(np.arange(1, height), 0, width, color="white", linewidth=0.5)
    axis.set_xticks(np.arange(width) + 0.5, [str(i + 1) for i in range(width)], fontsize=6)
    axis.set_yticks(np.arange(height) + 0.5, [chr(65 + i) for i in range(height)], fontsize=6)
    axis.tick_params(length=0)
    axis.set_aspect("equal")
