"""Axes, captions and layout that the figures of the comparison share."""

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axis import Axis
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import FuncFormatter, Locator, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.design.joining import is_measured, why_not_determined
from coculture.comparison.quantities.quantity import Quantity
from coculture.drawing import Drawing, style
from coculture.exchange.figure_text import FigureText

BOUND_MARKERS = {"<=": "<", ">=": ">"}
"""The marker of an estimate that is only a bound."""
_LETTERS_PER_INCH = 17
"""Of captions, on average."""
MEAN = "mean"
"""The mean of all experiments, in the column `experiment` of the data of a figure."""
_MOST_TICKS = 9
"""More labels on a log axis run into each other."""
_FEWEST_TICKS = 3
"""Numbers on a log axis: with fewer, values between them cannot be read."""
_DIGITS = ((1, 2, 5), tuple(range(1, 10)))
"""Of each decade of a log axis: on a long one, and on a short one."""
MAX_LISTED = 3
"""Up to this number arms or contrasts are listed in a result; of more, the extremes."""


def nothing_to_draw(message: str, table: str, columns: Sequence[str], text: FigureText) -> Drawing:
    """A figure that only says why it shows nothing, without data."""
    with style.house_style():
        figure = Figure(figsize=(6, 1.2))
        figure.text(0.5, 0.5, message, ha="center", va="center")
    return Drawing(figure, pd.DataFrame(columns=list(columns)), table, text)


def why_no_values(cultures: pd.DataFrame, quantity: Quantity) -> str:
    """Why no culture has a value of a quantity."""
    if why := why_not_determined(cultures, quantity):
        return why
    if is_measured(cultures, quantity):
        return f"no culture has a usable value of {quantity.name}"
    return f"{quantity.name} was not measured"


def caption(figure: Figure | SubFigure, text: str) -> None:
    """Small print below a figure, from its left edge and not wider than the figure."""
    letters = int(_LETTERS_PER_INCH * figure.bbox.width / figure.dpi)
    lines = [textwrap.fill(line, letters) for line in text.splitlines()]
    figure.supxlabel("\n".join(lines), fontsize=7.5, x=0.01, ha="left")


def as_shown(values: object, scale: Endpoint) -> NDArray[np.float64]:
    """Values as they are drawn: concentrations and ratios instead of their logarithms."""
    numbers = np.asarray(values, dtype=float)
    return np.exp(numbers) if scale.is_ratio else numbers


def kind_of_mean(scale: Endpoint) -> str:
    """Arithmetic for percent, geometric for concentrations."""
    return "geometric mean" if scale.is_ratio else "mean"


def log_limits(logs: NDArray[np.float64]) -> tuple[float, float]:
    """Limits of a log axis around values given as logarithms, which may all be the same."""
    lowest, highest = np.exp([np.nanmin(logs), np.nanmax(logs)])
    return float(lowest / 1.3), float(highest * 1.3)


class _PlainNumbers(Locator):
    """Ticks at 1, 2 and 5 of each decade; on a shorter axis at every digit, or evenly, and on a
    long one at each decade."""

    def __call__(self) -> Sequence[float]:
        assert self.axis is not None
        return self.tick_values(*self.axis.get_view_interval())

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        low, high = sorted((vmin, vmax))
        exponents = np.arange(np.floor(np.log10(low)), np.log10(high) + 1)
        choices = [np.outer(10.0**exponents, digits).ravel() for digits in _DIGITS]
        choices.append(np.asarray(MaxNLocator(nbins=5).tick_values(low, high)))
        inside = [ticks[(ticks >= low) & (ticks <= high)].tolist() for ticks in choices]
        if len(inside[0]) > _MOST_TICKS:
            return [float(one) for one in 10.0**exponents if low <= one <= high]
        return next((ticks for ticks in inside if len(ticks) >= _FEWEST_TICKS), inside[-1])


def label_decades(axis: Axis) -> None:
    """Plain numbers on a log axis, at least three of them."""
    axis.set_major_locator(_PlainNumbers())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_formatter(NullFormatter())


def grid(panels: int) -> tuple[int, int]:
    """Rows and columns: one row for up to three panels, else about as many rows as columns."""
    columns = panels if panels <= 3 else int(np.ceil(np.sqrt(panels)))
    return -(-panels // columns), columns
