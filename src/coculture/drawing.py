"""A figure together with the rows that it shows.

Every figure of every room is a `Drawing`: whoever doubts a picture, or wants to draw it anew in
Prism, finds its numbers in the CSV beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from coculture import result_tables, style


@dataclass(frozen=True)
class Drawing:
    """A figure, the rows it shows, and the name of that table in a columns.csv.

    Attributes
    ----------
    figure
        What is drawn.
    shown
        One row for each mark (a point, a bar, a panel, a cell of a map), as columns.csv declares.
    table
        Name of the table, `figures/{room}/{kind}.csv`.
    """

    figure: Figure
    shown: pd.DataFrame
    table: str


def save(drawing: Drawing, paths: Iterable[str | Path], simulated: bool = False) -> None:
    """Write the figure to each of `paths`, and to the one that ends in .csv the rows it shows.

    The figures of a study whose config says `simulated` say so too.

    Raises
    ------
    coculture.result_tables.UndeclaredColumnError
        If a column of the rows is not declared.
    """
    for path in map(Path, paths):
        if path.suffix == ".csv":
            result_tables.write(drawing.shown, path, drawing.table)
        else:
            style.save(drawing.figure, path, simulated)
