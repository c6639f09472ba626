"""The contact sheet: Annexin V against the viability dye for every sample."""

import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
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
from coculture.exchange.vocabulary import many, number
from coculture.flow.figures.axis_views import View, binned, stain_view
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
from coculture.flow.gating.gates import QUADRANTS
from coculture.flow.tubes import Tube

TABLE = "figures/flow/contact_sheet.csv"
TITLE = "Every sample"
CAPTION = (
    "Annexin V against the viability dye for every sample, with the percent of cells in each "
    "quadrant."
)
COLUMNS = (
    "fcs", "culture", "population", "events", *(f"percent_{name}" for name in QUADRANTS),
    "annexin_threshold", "viability_dye_threshold",
)  # fmt: skip
_TILE = 40
"""Bins of one well's density, in both directions."""
_MOST_DRAWN = 10_000
"""About this many events of a well, evenly chosen, are drawn; the percents count all of them."""
_MOST_COLUMNS = 12
_LETTERS = 24
"""Most letters of a name on one line above a well."""
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
    percents: Mapping[str, float]
    thresholds: tuple[float, ...]
    """Of Annexin V and of the dye, in bins from the edge of the panel."""


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
    """Density of every sample of the reported population, with the percents of the quadrants."""
    gated = results.reported
    samples, population = gated.samples, gated.population.name
    if not gated.has_quadrants or not samples:
        return nothing_to_draw(NO_QUADRANTS, TITLE, TABLE, COLUMNS)
    annexin, dye = (gated.blocks[name] for name in (gate_blocks.ANNEXIN, gate_blocks.VIABILITY_DYE))
    stains = (str(annexin["channels"][0]), str(dye["channels"][0]))
    pairs = {
        tube.row: gated.events(tube, "population", *dict.fromkeys(stains))[list(stains)].to_numpy()
        for tube in samples
    }
    views = [
        stain_view(gated, block, _some([pair[:, column] for pair in pairs.values()]))
        for column, block in enumerate((annexin, dye))
    ]
    percents = percents_by_file(results.wells, population)
    thresholds = {tube.row: _thresholds(gated, tube) for tube in samples}
    panels = [
        _Panel(
            tube,
            _tile(pairs[tube.row], views),
            percents.get(tube.fcs, {}),
            tuple(map(_in_bins, thresholds[tube.row], views)),
        )
        for tube in samples
    ]
    title = f"{results.name}: {population}, {views[0].label} across, {views[1].label} up"
    explanation = (
        f"Both axes are logicle scales. Lines: thresholds {_listed(thresholds.values(), 0)} and "
        f"{_listed(thresholds.values(), 1)}. Numbers: percent of {population} in each "
        "quadrant. Colour: density of events, scaled to the maximum of each sample."
    )
    with style.house_style():
        figure = _draw_sheet(panels, title, explanation)
    rows = [
        {
            "fcs": tube.fcs,
            "culture": tube.culture,
            "population": population,
            "events": len(pairs[tube.row]),
            **{f"percent_{name}": percents.get(tube.fcs, {}).get(name) for name in QUADRANTS},
            "annexin_threshold": thresholds[tube.row][0],
            "viability_dye_threshold": thresholds[tube.row][1],
        }
        for tube in samples
    ]
    text = FigureText(TITLE, CAPTION, _result(results))
    return Drawing(figure, pd.DataFrame(rows, columns=COLUMNS), TABLE, text)


def _thresholds(gated: GatedPopulation, tube: Tube) -> tuple[float, float]:
    """The thresholds of Annexin V and of the dye that one file has."""
    blocks = gate_blocks.of_tube(gated.blocks, tube)
    annexin, dye = (blocks[name] for name in (gate_blocks.ANNEXIN, gate_blocks.VIABILITY_DYE))
    return float(annexin["threshold"]), float(dye["threshold"])


def _listed(thresholds: Iterable[tuple[float, float]], place: int) -> str:
    """One threshold of all files; where they differ, from the lowest to the highest."""
    ends = [pair[place] for pair in thresholds]
    low, high = f"{min(ends):.4g}", f"{max(ends):.4g}"
    return low if low == high else f"{low} to {high}"


def _result(results: ExperimentResults) -> str:
    samples = results.reported_samples("percent_apoptotic")
    if samples.empty:
        return ""
    rising = samples.sort_values("percent_apoptotic", kind="stable")
    low, high = rising.iloc[0], rising.iloc[-1]
    return (
        f"Percent apoptotic of {results.settings.report_population} is from "
        f"{number(low['percent_apoptotic'])} % ({low['culture']}) to "
        f"{number(high['percent_apoptotic'])} % ({high['culture']}) in "
        f"{many(int(rising['culture'].nunique()), 'culture')}."
    )


def _some(wells: Sequence[Values]) -> Values:
    """Up to 1,000 values of each well, evenly chosen: enough for the limits of an axis."""
    return np.concatenate([well[:: max(1, len(well) // 1000)] for well in wells])


def _tile(pair: Values, views: Sequence[View]) -> Values:
    """Density of one well, scaled to its maximum; NaN where there is no event."""
    some = pair[:: max(1, len(pair) // _MOST_DRAWN)]
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


def _draw_thresholds(ax: Axes, panels: Sequence[_Panel], grid: _Grid) -> None:
    """Both thresholds in every panel, and its frame."""
    lines: list[list[tuple[float, float]]] = []
    for panel, (left, bottom) in zip(panels, grid.corners(), strict=False):
        x, y = left + panel.thresholds[0], bottom + panel.thresholds[1]
        lines += [[(x, bottom), (x, bottom + _TILE)], [(left, y), (left + _TILE, y)]]
        frame = Rectangle((left, bottom), _TILE, _TILE, fill=False, edgecolor=style.GREY, lw=0.5)
        mark_culture(ax.add_patch(frame), panel.tube.culture)
    ax.add_collection(LineCollection(lines, colors=style.VERMILION, linewidths=0.7))


def _write(ax: Axes, panels: Sequence[_Panel], grid: _Grid) -> None:
    """The name above every panel, and the percent of each quadrant in a corner."""
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


def _in_corners(percents: Mapping[str, float], left: int, bottom: int) -> list[_Number]:
    far = _TILE - 1
    corners = {
        "viable": (left + 1, bottom + 1, 0, 0),
        "early": (left + far, bottom + 1, 1, 0),
        "late": (left + far, bottom + far, 1, 1),
        "necrotic": (left + 1, bottom + far, 0, 1),
    }
    return [
        (f"{percents[name]:.0f}", *corner)
        for name, corner in corners.items()
        if name in percents and not math.isnan(percents[name])
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
