"""The contact sheet: the stains of every sample (Annexin V against the viability dye)."""

import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.image import PcolorImage
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.textpath import TextPath
from matplotlib.transforms import IdentityTransform, Transform

from coculture.drawing import Drawing, style
from coculture.exchange.culture_marks import mark_culture
from coculture.exchange.figure_text import FigureText
from coculture.exchange.outcomes import Outcomes, Stain, percent_column
from coculture.exchange.vocabulary import many, number
from coculture.flow.figures.axis_views import stain_view
from coculture.flow.figures.experiment_results import (
    NO_QUADRANTS,
    ExperimentResults,
    GatedPopulation,
    Values,
    nothing_to_draw,
    percents_by_file,
    short_name,
    shortened,
)
from coculture.flow.gating import gates as gate_blocks
from coculture.flow.plot_axes import View, binned
from coculture.flow.tubes import Tube

TABLE = "figures/flow/contact_sheet.csv"
TITLE = "Every sample"
CAPTION_OF_TWO = "{0} against {1} for every sample, with the percent of cells in each quadrant."
CAPTION_OF_ONE = "{0} of every sample, with the percent of cells on each side of its threshold."
_TILE = 40
"""Bins of one well's density, in both directions."""
_MOST_DRAWN = 10_000
"""About this many events of a well, evenly chosen, are drawn; the percents count all of them."""
_MOST_COLUMNS = 12
_LETTERS = 24
"""Most letters of a name on one line above a well."""
_HIGHEST = 0.8 * _TILE
"""Bins that the highest point of a histogram is above its floor."""
_Number = tuple[str, int, int, int, int]
"""Text, position in bins, and which corner of the text is there: right (1) or left, top (1) or
bottom."""
_HEAD, _FOOT = 0.32, 0.42
"""Inches above and below the wells."""
_GAP, _NAME = 4, 7
"""Bins between wells, and above each for its name."""
_STEP = (_TILE + _GAP, _TILE + _GAP + _NAME)
"""Bins from one well to the next, across and up."""


@dataclass(frozen=True)
class _Panel:
    """One well of the sheet."""

    tube: Tube
    tile: Values
    """Density, shape (bins up, bins across); of one stain its height, shape (bins across,)."""
    percents: Mapping[tuple[bool, ...], float]
    """Whether a class is positive for each stain -> its percent."""
    thresholds: tuple[float, ...]
    """Of each stain, in bins from the edge of the panel."""


@dataclass(frozen=True)
class _Grid:
    """Number of columns and rows of wells."""

    columns: int
    rows: int

    @classmethod
    def of(cls, wells: int) -> "_Grid":
        columns = min(_MOST_COLUMNS, max(4, math.ceil(math.sqrt(1.4 * wells))))
        return cls(columns, math.ceil(wells / columns))

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height of the whole figure."""
        bins_up = self.rows * _STEP[1] - _GAP
        return 1.25 * self.columns, 1.25 * bins_up / _STEP[0] + _HEAD + _FOOT

    def corners(self) -> Iterator[tuple[int, int]]:
        """The lower left corner of each well in bins, row by row from the top."""
        for row in reversed(range(self.rows)):
            for column in range(self.columns):
                yield column * _STEP[0], row * _STEP[1]


def draw(results: ExperimentResults) -> Drawing:
    """Density of every sample of the reported population, with the percents of the classes."""
    gated = results.reported
    samples, population = gated.samples, gated.population.name
    columns = _columns(results.settings.outcomes)
    if not gated.has_quadrants or not samples:
        return nothing_to_draw(NO_QUADRANTS, TITLE, TABLE, columns)
    outcomes, blocks = results.settings.outcomes, list(gated.of_stains.values())
    stains = tuple(str(block["channels"][0]) for block in blocks)
    pairs = {
        tube.row: gated.events(tube, "population", *dict.fromkeys(stains))[list(stains)].to_numpy()
        for tube in samples
    }
    views = [
        stain_view(gated, block, _some([pair[:, column] for pair in pairs.values()]))
        for column, block in enumerate(blocks)
    ]
    percents = percents_by_file(results.wells, population, outcomes)
    thresholds = {tube.row: _thresholds(gated, tube) for tube in samples}
    panels = [
        _Panel(
            tube,
            _tile(pairs[tube.row], views),
            {signs: percents[tube.fcs][name] for name, signs in outcomes.signs.items()}
            if tube.fcs in percents
            else {},
            tuple(map(_in_bins, thresholds[tube.row], views)),
        )
        for tube in samples
    ]
    called = gated.population.in_words
    title = f"{results.name}: {called}, {views[0].label} across"
    ends = [_listed(thresholds.values(), place) for place in range(len(views))]
    if len(views) > 1:
        title += f", {views[1].label} up"
        explanation = (
            f"Both axes are logicle scales. Lines: thresholds {ends[0]} and {ends[1]}. Numbers: "
            f"percent of {called} in each quadrant. Colour: density of events, scaled to the "
            "maximum of each sample."
        )
    else:
        explanation = (
            f"The axis is a logicle scale. Line: threshold {ends[0]}. Numbers: percent of "
            f"{called} on each side. Height: density of events, scaled to the maximum of each "
            "sample."
        )
    with style.house_style():
        figure = _draw_sheet(panels, title, explanation)
    rows = [
        {
            "fcs": tube.fcs,
            "culture": tube.culture,
            "population": population,
            "events": len(pairs[tube.row]),
            **{
                percent_column(name): percents.get(tube.fcs, {}).get(name)
                for name in outcomes.classes
            },
            **dict(zip(map(_threshold_column, outcomes.stains), thresholds[tube.row], strict=True)),
        }
        for tube in samples
    ]
    names = [stain.name for stain in outcomes.stains]
    if outcomes.are_standard:
        names[1] = f"the {names[1]}"
    caption = (CAPTION_OF_TWO if len(names) > 1 else CAPTION_OF_ONE).format(*names)
    text = FigureText(TITLE, caption, _result(results))
    return Drawing(figure, pd.DataFrame(rows, columns=columns), TABLE, text)


def _columns(outcomes: Outcomes) -> list[str]:
    percents = map(percent_column, outcomes.classes)
    thresholds = map(_threshold_column, outcomes.stains)
    return ["fcs", "culture", "population", "events", *percents, *thresholds]


def _threshold_column(stain: Stain) -> str:
    return f"{stain.in_columns}_threshold"


def _thresholds(gated: GatedPopulation, tube: Tube) -> tuple[float, ...]:
    """The threshold of each stain that one file has."""
    blocks = gate_blocks.of_tube(gated.of_stains, tube)
    return tuple(float(block["threshold"]) for block in blocks.values())


def _listed(thresholds: Iterable[tuple[float, ...]], place: int) -> str:
    """One threshold of all files; where they differ, from the lowest to the highest."""
    ends = [pair[place] for pair in thresholds]
    low, high = f"{min(ends):.4g}", f"{max(ends):.4g}"
    return low if low == high else f"{low} to {high}"


def _result(results: ExperimentResults) -> str:
    column = results.first.column
    samples = results.reported_samples(column)
    if samples.empty:
        return ""
    rising = samples.sort_values(column, kind="stable")
    low, high = rising.iloc[0], rising.iloc[-1]
    return (
        f"Percent {results.first.name} of {results.reported.population.in_words} is from "
        f"{number(low[column])} % ({low['culture']}) to "
        f"{number(high[column])} % ({high['culture']}) in "
        f"{many(int(rising['culture'].nunique()), 'culture')}."
    )


def _some(wells: Sequence[Values]) -> Values:
    """Up to 1,000 values of each well, evenly chosen: enough for the limits of an axis."""
    return np.concatenate([well[:: max(1, len(well) // 1000)] for well in wells])


def _tile(pair: Values, views: Sequence[View]) -> Values:
    """Density of one well, scaled to its maximum; of two stains NaN where there is no event."""
    some = pair[:: max(1, len(pair) // _MOST_DRAWN)]
    if len(views) == 1:
        heights = np.histogram(some[:, 0], views[0].edges(_TILE))[0].astype(float)
        return heights / max(1.0, float(heights.max()))
    counts = binned(some[:, 0], some[:, 1], views, _TILE)
    return np.where(counts == 0, np.nan, np.sqrt(counts / max(1.0, counts.max())))


def _in_bins(threshold: float, view: View) -> float:
    """Position of a threshold in a panel, in bins from its edge."""
    low, high = view.limits
    return float((view.place([threshold])[0] - low) * _TILE / (high - low))


def _draw_sheet(panels: Sequence[_Panel], title: str, explanation: str) -> Figure:
    """All wells in one Axes, with one image: an Axes for each well takes much longer."""
    grid = _Grid.of(len(panels))
    width, height = grid.inches
    # With a layout engine, even an empty one set later, everything would be drawn twice.
    figure = Figure(figsize=grid.inches, layout="none")  # type: ignore[arg-type]
    ax = figure.add_axes((0.01, _FOOT / height, 0.98, 1 - (_HEAD + _FOOT) / height))
    ax.set_axis_off()
    if panels[0].tile.ndim == 1:
        _draw_histograms(ax, panels, grid)
    else:
        _draw_densities(ax, panels, grid)
    _draw_thresholds(ax, panels, grid)
    _write(ax, panels, grid)
    ax.set_aspect("equal")
    ax.set_xlim(-1, grid.columns * _STEP[0] - _GAP + 1)
    ax.set_ylim(-1, grid.rows * _STEP[1] - _GAP)
    ax.set_anchor("NW")
    figure.text(0.01, 1 - 0.08 / height, title, va="top", fontweight="bold", fontsize=9)
    wrapped = "\n".join(textwrap.wrap(explanation, int(18 * width)))
    figure.text(0.01, 0.06 / height, wrapped, va="bottom", fontsize=7)
    return figure


def _draw_densities(ax: Axes, panels: Sequence[_Panel], grid: _Grid) -> None:
    sheet = np.full((grid.rows * _STEP[1], grid.columns * _STEP[0]), np.nan)
    for panel, (left, bottom) in zip(panels, grid.corners(), strict=False):
        sheet[bottom : bottom + _TILE, left : left + _TILE] = panel.tile
    coloured = mpl.colormaps[style.DENSITY_MAP](np.ma.masked_invalid(sheet), bytes=True)
    up, across = (np.arange(size + 1) for size in sheet.shape)
    # Looks up the bin of every pixel; imshow converts all pixels to floats and back.
    ax.add_image(PcolorImage(ax, across, up, coloured))


def _draw_histograms(ax: Axes, panels: Sequence[_Panel], grid: _Grid) -> None:
    """The height of each bin of one stain, below the numbers."""
    shapes = []
    for panel, (left, bottom) in zip(panels, grid.corners(), strict=False):
        across = np.repeat(left + np.arange(_TILE + 1), 2)
        up = bottom + _HIGHEST * np.concatenate([[0], np.repeat(panel.tile, 2), [0]])
        shapes.append(np.column_stack([across, up]))
    ax.add_collection(PolyCollection(shapes, facecolors=style.BLUE, alpha=0.6, linewidths=0))


def _draw_thresholds(ax: Axes, panels: Sequence[_Panel], grid: _Grid) -> None:
    """The thresholds in every panel, and its frame."""
    lines: list[list[tuple[float, float]]] = []
    for panel, (left, bottom) in zip(panels, grid.corners(), strict=False):
        x = left + panel.thresholds[0]
        lines.append([(x, bottom), (x, bottom + _TILE)])
        if len(panel.thresholds) > 1:
            y = bottom + panel.thresholds[1]
            lines.append([(left, y), (left + _TILE, y)])
        frame = Rectangle((left, bottom), _TILE, _TILE, fill=False, edgecolor=style.GREY, lw=0.5)
        mark_culture(ax.add_patch(frame), panel.tube.culture)
    ax.add_collection(LineCollection(lines, colors=style.VERMILION, linewidths=0.7))


def _write(ax: Axes, panels: Sequence[_Panel], grid: _Grid) -> None:
    """The name above every panel, and the percent of each class in a corner."""
    numbers: list[_Number] = []
    for panel, (left, bottom) in zip(panels, grid.corners(), strict=False):
        above = bottom + _TILE + 1
        ax.text(left, above, _name(panel.tube), fontsize=5.5, va="bottom", linespacing=1.05)
        numbers += _in_corners(panel.percents, left, bottom)
    ax.add_collection(_outlines(numbers, ax.transData))


def _name(tube: Tube) -> str:
    """The name of the well, on up to two lines."""
    name = shortened(short_name(tube), 2 * _LETTERS)
    return "\n".join(part for part in (name[:_LETTERS], name[_LETTERS:]) if part)


def _in_corners(
    percents: Mapping[tuple[bool, ...], float], left: int, bottom: int
) -> list[_Number]:
    """Positive cells of the first stain are on the right, of a second one at the top."""
    far = _TILE - 1
    return [
        (
            f"{percent:.0f}",
            left + (far if signs[0] else 1),
            bottom + (far if is_top else 1),
            int(signs[0]),
            int(is_top),
        )
        for signs, percent in percents.items()
        for is_top in (signs[-1] or len(signs) == 1,)
        if not math.isnan(percent)
    ]


def _outlines(numbers: Sequence[_Number], to_canvas: Transform) -> PathCollection:
    """All numbers as one collection of outlines: separate Texts take most of the drawing time."""
    shapes = {text: TextPath((0, 0), text, size=6) for text in {text for text, *_ in numbers}}
    return PathCollection(
        [_moved(shapes[text], right, top) for text, _, _, right, top in numbers],
        sizes=[1.0],
        transform=IdentityTransform(),
        offsets=[(x, y) for _, x, y, *_ in numbers],
        offset_transform=to_canvas,
        facecolors=style.BLACK,
        linewidths=0,
        # So that black numbers are legible over dark events.
        path_effects=[withStroke(linewidth=1.5, foreground="white")],
    )


def _moved(shape: Path, right: int, top: int) -> Path:
    """The shape, moved so that the given corner is at the origin."""
    points = np.asarray(shape.vertices)
    return Path(points - points.max(axis=0) * (right, top), shape.codes)
