"""A figure together with its words and the rows that it shows.

Every figure of every stage is a `Drawing`: whoever doubts a picture, or wants to draw it again in
Prism, finds its numbers in the CSV beside it, and the report finds its words in the JSON.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from coculture.drawing import style
from coculture.exchange import figure_text, result_tables
from coculture.exchange.figure_text import FigureText


@dataclass(frozen=True)
class Drawing:
    """A figure, the rows it shows, the name of their table in a columns.csv, and its words.

    Attributes
    ----------
    figure
        What is drawn.
    shown
        One row for each mark (a point, a bar, a panel, a cell of a map), as columns.csv declares.
    table
        Name of the table, `figures/{stage}/{kind}.csv`.
    text
        Title, caption and result.
    """

    figure: Figure
    shown: pd.DataFrame
    table: str
    text: FigureText = field(default_factory=lambda: FigureText(""))


def save(drawing: Drawing, paths: Iterable[str | Path], simulated: bool = False) -> None:
    """Write the figure to each of `paths`, to the .csv the rows it shows, to the .json its words.

    The figures of a study whose config says `simulated` say so too.

    Raises
    ------
    coculture.exchange.result_tables.UndeclaredColumnError
        If a column of the rows is not declared.
    """
    for path in map(Path, paths):
        if path.suffix == ".csv":
            result_tables.write(drawing.shown, path, drawing.table)
        elif path.suffix == ".json":
            figure_text.write(drawing.text, path)
        else:
            style.save(drawing.figure, path, simulated)
