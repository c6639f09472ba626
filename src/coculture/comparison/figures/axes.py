"""Axes, captions and layout that the figures of the comparison share."""

import re
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
from coculture.exchange.vocabulary import listed

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
_EVEN_STEPS = (5, 10, 20)
"""Even steps on an axis without three round digits: the first number that gives three ticks."""
_NUMBER_AND_UNIT = re.compile(r"(?<=\d) (?=[^\W\d])")
_FORMULA = re.compile(r"(?<=\w) (?=[=−] )|(?<= [=−]) (?=\w)")
"""The spaces of "df = n − 1"."""
_NO_BREAK = "\N{NO-BREAK SPACE}"
_LETTERS_OF_A_STATEMENT = 56
_ROW, _LINE, _BETWEEN = 0.5, 0.135, 0.12
"""Heights in inches: of a finding with two lines or fewer, of a line, between findings."""
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
    bound = _FORMULA.sub(_NO_BREAK, text)
    lines = [textwrap.fill(line, letters) for line in bound.splitlines()]
    lines = [line.replace(_NO_BREAK, " ") for line in lines]
    figure.supxlabel("\n".join(lines), fontsize=7.5, x=0.01, ha="left")


def on_lines(name: str, letters: int) -> str:
    """A name on lines of at most so many letters; longer words are not broken.

    A number and its unit are one word.

    >>> on_lines("Bortezomib 5 nM + Tocilizumab 10 µg/mL", 14)
    'Bortezomib\\n5 nM +\\nTocilizumab\\n10 µg/mL'
    """
    bound = _NUMBER_AND_UNIT.sub(_NO_BREAK, name)
    lines = textwrap.fill(bound, letters, break_on_hyphens=False, break_long_words=False)
    return lines.replace(_NO_BREAK, " ")


def statement_lines(name: str, statement: str) -> str:
    """A finding on lines that fit beside the panels of an overview."""
    text = f"{name}  {statement}"
    return textwrap.fill(
        text, _LETTERS_OF_A_STATEMENT, subsequent_indent="      ", break_on_hyphens=False
    )


def row_height(statements: Sequence[str]) -> float:
    """The height of a row in inches that the longest of these statements needs."""
    return max(_ROW, *(_LINE * len(one.splitlines()) + _BETWEEN for one in statements))


def some_of(names: Sequence[str], most: int = MAX_LISTED) -> str:
    """All of a few names; of many the number and the first ones.

    >>> some_of(["E1-a", "E1-b"]), some_of(["a", "b", "c", "d"])
    ('E1-a, E1-b', '4, such as a, b and c')
    """
    if len(names) <= most:
        return ", ".join(names)
    return f"{len(names)}, such as {listed(names[:most])}"


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
        choices += [np.asarray(MaxNLocator(bins).tick_values(low, high)) for bins in _EVEN_STEPS]
        inside = [ticks[(ticks >= low) & (ticks <= high)].tolist() for ticks in choices]
        if len(inside[0]) > _MOST_TICKS:
            decades = [float(one) for one in 10.0**exponents if low <= one <= high]
            return decades[:: -(-len(decades) // _MOST_TICKS)]
        return next((ticks for ticks in inside if len(ticks) >= _FEWEST_TICKS), inside[-1])


def label_decades(axis: Axis) -> None:
    """Plain numbers on a log axis, at least three of them."""
    axis.set_major_locator(_PlainNumbers())
    plain_numbers(axis)
    axis.set_minor_formatter(NullFormatter())


def plain_numbers(axis: Axis) -> None:
    """Numbers without powers of ten, with commas between thousands."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))


def grid(panels: int) -> tuple[int, int]:
    """Rows and columns: one row for up to three panels, else about as many rows as columns."""
    columns = panels if panels <= 3 else int(np.ceil(np.sqrt(panels)))
    return -(-panels // columns), columns
