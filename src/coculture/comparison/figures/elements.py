"""What the comparison's figures share: marks of experiments, axes, words."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axis import Axis
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.settings import APOPTOSIS
from coculture.drawing import Drawing, style

_COLOURS = (
    style.BLUE,
    style.ORANGE,
    style.GREEN,
    style.PURPLE,
    style.VERMILION,
    style.SKY_BLUE,
    style.BLACK,
    style.YELLOW,
)
ARROWS = {"<=": "<", ">=": ">"}
"""The marker of an estimate that is only a bound."""
_LETTERS_PER_INCH = 17
"""Of captions, on average."""
MEAN = "mean"
"""What stands for all experiments in the column `experiment` of the rows a figure shows."""


@dataclass(frozen=True)
class Mark:
    """How one experiment is drawn."""

    colour: str
    marker: str


def experiment_marks(names: Iterable[str]) -> dict[str, Mark]:
    """Colour and shape of each experiment: the same in every figure that names all of a study's."""
    return {
        name: Mark(
            _COLOURS[i % len(_COLOURS)],
            style.EXPERIMENT_MARKERS[i % len(style.EXPERIMENT_MARKERS)],
        )
        for i, name in enumerate(sorted(names))
    }


def experiment_line(name: str, mark: Mark) -> Line2D:
    """An experiment's entry in a legend."""
    return Line2D([], [], color=mark.colour, marker=mark.marker, linewidth=0.8, label=name)


def nothing_to_draw(words: str, table: str, columns: Sequence[str]) -> Drawing:
    """A figure that only says why it shows nothing, and no rows."""
    with style.house_style():
        figure = Figure(figsize=(6, 1.2))
        figure.text(0.5, 0.5, words, ha="center", va="center")
    return Drawing(figure, pd.DataFrame(columns=list(columns)), table)


def why_nothing(arms: pd.DataFrame, scale: Endpoint) -> str:
    """Why no culture has a value of an endpoint: not measured, or what comparison/arms.csv says."""
    notes = arms.loc[arms["endpoint"] == scale.name, "note"].fillna("").astype(str)
    lost = notes.str.contains(f"{'flow' if scale.subject == APOPTOSIS else scale.subject}: ")
    return (
        f"no culture has a usable value of {scale.subject}"
        if lost.any()
        else f"{scale.subject} was not measured"
    )


def caption(figure: Figure | SubFigure, words: str) -> None:
    """Small print below a figure, from its left edge on and no wider than the figure."""
    letters = int(_LETTERS_PER_INCH * figure.bbox.width / figure.dpi)
    lines = [textwrap.fill(line, letters) for line in words.splitlines()]
    figure.supxlabel("\n".join(lines), fontsize=7.5, x=0.01, ha="left")


def as_shown(values: object, scale: Endpoint) -> NDArray[np.float64]:
    """Values as they are drawn: concentrations and ratios instead of their logarithms."""
    numbers = np.asarray(values, dtype=float)
    return np.exp(numbers) if scale.is_ratio else numbers


def values_of(text: str) -> dict[str, float]:
    """The experiments and values that a `values` column holds."""
    pairs = (part.rsplit(": ", 1) for part in str(text).split("; ") if ": " in part)
    return {experiment: float(value) for experiment, value in pairs}


def kind_of_mean(scale: Endpoint) -> str:
    """Arithmetic in points, geometric for concentrations."""
    return "geometric mean" if scale.is_ratio else "mean"


def log_limits(logs: NDArray[np.float64]) -> tuple[float, float]:
    """Limits of a log axis around values given as logarithms, also where they are all the same."""
    lowest, highest = np.exp([np.nanmin(logs), np.nanmax(logs)])
    return float(lowest / 1.3), float(highest * 1.3)


def label_decades(axis: Axis) -> None:
    """Plain numbers at 1, 2 and 5 of each decade of a log axis."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=20))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_formatter(NullFormatter())


def grid(panels: int) -> tuple[int, int]:
    """Rows and columns: one row up to three panels, else about as many of each."""
    columns = panels if panels <= 3 else int(np.ceil(np.sqrt(panels)))
    return -(-panels // columns), columns
