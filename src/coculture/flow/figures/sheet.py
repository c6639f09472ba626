"""The contact sheet: every sample's Annexin V x dye density."""

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.image import PcolorImage
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.textpath import TextPath
from matplotlib.transforms import IdentityTransform, Transform

from coculture import style
from coculture.culture_marks import stands_for
from coculture.drawing import Drawing
from coculture.flow import gates as gate_blocks
from coculture.flow.figures.drawn import (
    DrawnExperiment,
    Percents,
    Record,
    Values,
    drawn_experiment,
    fitted,
    has_quadrants,
    nothing_to_draw,
    percents_by_file,
    short_name,
)
from coculture.flow.figures.views import View, binned, stain_view
from coculture.flow.gates import QUADRANTS
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import Tube

TABLE = "figures/flow/contact_sheet.csv"
COLUMNS = (
    "fcs", "culture", "population", "events", *(f"percent_{name}" for name in QUADRANTS),
    "annexin_threshold", "viability_dye_threshold",
)  # fmt: skip
_TILE = 40
"""Bins a side of one well's density."""
_MOST_DRAWN = 10_000
"""About so many events of a well, evenly chosen, make its density; the numbers count them all."""
_MOST_COLUMNS = 12
_LETTERS = 24
"""Letters of a name on one line above a well."""
_Number = tuple[str, float, float, int, int]
"""What is written, the bins it is put at, and its corner there: right or left, top or bottom."""
_HEAD, _FOOT = 0.32, 0.42
"""Inches above and below the wells."""


def contact_sheet(
    files: pd.DataFrame,
    wells: pd.DataFrame,
    gates: Record,
    spillover: pd.DataFrame,
    settings: FlowSettings,
) -> Drawing:
    """Every sample's Annexin V x dye density of the reported population, with its percents."""
    experiment = drawn_experiment(files, gates, spillover, settings)
    samples = [tube for tube in experiment.tubes if tube.role == "sample"]
    if not has_quadrants(experiment) or not samples:
        words = "No Annexin V and viability dye in this study, or no sample."
        return nothing_to_draw(words, TABLE, COLUMNS)
    annexin, dye = (
        experiment.blocks[name] for name in (gate_blocks.ANNEXIN, gate_blocks.VIABILITY_DYE)
    )
    stains = (str(annexin["channels"][0]), str(dye["channels"][0]))
    pairs = {
        tube.row: experiment.events(tube, "population", *dict.fromkeys(stains))[
            list(stains)
        ].to_numpy()
        for tube in samples
    }
    views = [
        stain_view(experiment, block, _some([pair[:, column] for pair in pairs.values()]))
        for column, block in enumerate((annexin, dye))
    ]
    tiles = {row: _tile(pair, views) for row, pair in pairs.items()}
    percents = percents_by_file(wells, experiment.population.name)
    with style.house_style():
        figure = _draw_sheet(experiment, samples, tiles, views, (annexin, dye), percents, gates)
    rows = [
        {
            "fcs": tube.fcs,
            "culture": tube.culture,
            "population": experiment.population.name,
            "events": len(pairs[tube.row]),
            **{f"percent_{name}": percents.get(tube.fcs, {}).get(name) for name in QUADRANTS},
            "annexin_threshold": float(annexin["threshold"]),
            "viability_dye_threshold": float(dye["threshold"]),
        }
        for tube in samples
    ]
    return Drawing(figure, pd.DataFrame(rows, columns=COLUMNS), TABLE)


def _some(wells: Sequence[Values]) -> Values:
    """Up to 1,000 values of each well, evenly chosen: enough for the ends of an axis."""
    return np.concatenate([well[:: max(1, len(well) // 1000)] for well in wells])


def _tile(pair: Values, views: Sequence[View]) -> Values:
    """Density of one well, scaled to its own maximum; NaN where there is no event."""
    some = pair[:: max(1, len(pair) // _MOST_DRAWN)]
    counts = binned(some[:, 0], some[:, 1], views, _TILE)
    return np.where(counts == 0, np.nan, np.sqrt(counts / max(1.0, counts.max())))


def _draw_sheet(
    experiment: DrawnExperiment,
    samples: Sequence[Tube],
    tiles: Mapping[int, Values],
    views: Sequence[View],
    blocks: tuple[Mapping[str, Any], Mapping[str, Any]],
    percents: Percents,
    gates: Record,
) -> Figure:
    """All wells in one image: an Axes for each would take most of the time."""
    columns = min(_MOST_COLUMNS, max(4, math.ceil(math.sqrt(1.4 * len(samples)))))
    rows = math.ceil(len(samples) / columns)
    gap, heading = 4, 7
    width, height = _TILE + gap, _TILE + gap + heading
    sheet = np.full((rows * height, columns * width), np.nan)
    inches = np.array([1.25 * columns, 1.25 * (rows * height - gap) / width + _HEAD + _FOOT])
    # A layout engine, be it an empty one set later, would draw everything twice.
    figure = Figure(figsize=(float(inches[0]), float(inches[1])), layout="none")  # type: ignore[arg-type]
    ax = figure.add_axes((0.01, _FOOT / inches[1], 0.98, 1 - (_HEAD + _FOOT) / inches[1]))
    ax.set_axis_off()
    place = [
        float((view.place([block["threshold"]])[0] - view.limits[0]) * _TILE)
        / (view.limits[1] - view.limits[0])
        for view, block in zip(views, blocks, strict=True)
    ]
    lines = []
    numbers: list[_Number] = []
    for index, tube in enumerate(samples):
        row, column = divmod(index, columns)
        left, bottom = column * width, (rows - 1 - row) * height
        sheet[bottom : bottom + _TILE, left : left + _TILE] = tiles[tube.row]
        x, y, right, top = left - 0.5, bottom - 0.5, left + _TILE - 0.5, bottom + _TILE - 0.5
        lines += [
            [(x + place[0], y), (x + place[0], top)],
            [(x, y + place[1]), (right, y + place[1])],
        ]
        frame = Rectangle((x, y), _TILE, _TILE, fill=False, edgecolor=style.GREY, linewidth=0.5)
        stands_for(ax.add_patch(frame), tube.culture)
        ax.text(x, top + 1, _name(tube), fontsize=5.5, va="bottom", linespacing=1.05)
        if tube.fcs in percents:
            numbers += _in_corners(percents[tube.fcs], x, y, right, top)
    coloured = mpl.colormaps[style.DENSITY_MAP](np.ma.masked_invalid(sheet), bytes=True)
    up, across = (np.arange(size + 1) - 0.5 for size in sheet.shape)
    # It looks every pixel's bin up; imshow takes all of them to floats and back.
    ax.add_image(PcolorImage(ax, across, up, coloured))
    ax.set_aspect("equal")
    ax.add_collection(LineCollection(lines, colors=style.VERMILION, linewidths=0.7))
    ax.add_collection(_outlines(numbers, ax.transData))
    ax.set_xlim(-1, columns * width - gap + 1)
    ax.set_ylim(-1, rows * height - gap)
    ax.set_anchor("NW")
    title = (
        f"{gates['experiment']}: {experiment.population.name}, "
        f"{views[0].label} across, {views[1].label} up"
    )
    figure.text(0.01, 1 - 0.08 / inches[1], title, va="top", fontweight="bold", fontsize=9)
    explanation = (
        f"Both axes logicle. Lines: thresholds {float(blocks[0]['threshold']):.4g} and "
        f"{float(blocks[1]['threshold']):.4g}. Numbers: percent of {experiment.population.name} in "
        "each quadrant. Colour: events, each well to its own maximum."
    )
    wrapped = "\n".join(textwrap.wrap(explanation, int(18 * inches[0])))
    figure.text(0.01, 0.06 / inches[1], wrapped, va="bottom", fontsize=7)
    return figure


def _name(tube: Tube) -> str:
    """What the well is called, on up to two lines of a panel's width."""
    name = fitted(short_name(tube), 2 * _LETTERS)
    return "\n".join(part for part in (name[:_LETTERS], name[_LETTERS:]) if part)


def _in_corners(
    percents: Mapping[str, float], left: float, bottom: float, right: float, top: float
) -> list[_Number]:
    """The percent of each quadrant, in its corner of the well."""
    corners = {
        "viable": (left + 1, bottom + 1, 0, 0),
        "early": (right - 1, bottom + 1, 1, 0),
        "late": (right - 1, top - 1, 1, 1),
        "necrotic": (left + 1, top - 1, 0, 1),
    }
    return [
        (f"{percents[name]:.0f}", *corner)
        for name, corner in corners.items()
        if not math.isnan(percents[name])
    ]


def _outlines(numbers: Sequence[_Number], to_canvas: Transform) -> PathCollection:
    """All numbers as one collection of outlines: a Text for each takes most of the drawing."""
    shapes = {text: TextPath((0, 0), text, size=6) for text in {text for text, *_ in numbers}}
    return PathCollection(
        [_moved(shapes[text], right, top) for text, _, _, right, top in numbers],
        sizes=[1.0],
        transform=IdentityTransform(),
        offsets=[(x, y) for _, x, y, *_ in numbers],
        offset_transform=to_canvas,
        facecolors=style.BLACK,
        linewidths=0,
        # Black numbers stay legible over dark events.
        path_effects=[withStroke(linewidth=1.5, foreground="white")],
    )


def _moved(shape: Path, right: int, top: int) -> Path:
    """With its named corner at the origin."""
    points = np.asarray(shape.vertices)
    return Path(points - points.max(axis=0) * (right, top), shape.codes)
