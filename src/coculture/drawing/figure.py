"""A figure with its text and the data that it shows.

Every figure of every stage is a `Drawing`. Its data are saved as CSV, so that readers can check the
figure or draw it again in Prism; its text is saved as JSON, where the report finds it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from coculture.drawing import style
from coculture.exchange import figure_text, result_tables
from coculture.exchange.figure_text import FigureText


@dataclass(frozen=True)
class Drawing:
    """A figure, its data, the name of their table in columns.csv, and its text.

    Attributes
    ----------
    figure
        The matplotlib figure.
    shown
        Its data, one row for each mark: a point, a bar, a panel or a tile of a heat map. The
        columns are declared in columns.csv.
    table
        Name of the table, `figures/{stage}/{kind}.csv`.
    text
        Title, caption and result.
    """

    figure: Figure
    shown: pd.DataFrame
    table: str
    text: FigureText


def save(drawing: Drawing, paths: Iterable[str | Path], simulated: bool = False) -> None:
    """Write the figure to each of `paths`: its data to the .csv, its text to the .json.

    With `simulated` the images are labelled as simulated data.

    Raises
    ------
    coculture.exchange.result_tables.UndeclaredColumnError
        If a column of the data is not declared in columns.csv.
    """
    for path in map(Path, paths):
        if path.suffix == ".csv":
            result_tables.write(drawing.shown, path, drawing.table)
        elif path.suffix == ".json":
            figure_text.write(replace(drawing.text, table=drawing.table), path)
        else:
            style.save(drawing.figure, path, simulated)
