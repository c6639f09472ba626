"""A figure together with the rows that it shows, and the cultures that its marks stand for.

Every figure of every room is a `Drawing`: whoever doubts a picture, or wants to draw it anew in
Prism, finds its numbers in the CSV beside it. The report reads the culture of a mark from the
SVG to light up the same culture in all figures.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from coculture import result_tables, style

CULTURE_MARK = "culture:"
"""What the id of an SVG element begins with where the element stands for one culture."""


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


def stands_for(artist: Artist, culture: str) -> None:
    """Say that `artist` (a mark, or the axes of a panel) shows the culture of that name."""
    artist.set_gid(f"{CULTURE_MARK}{culture}")


def save(drawing: Drawing, paths: Iterable[str | Path]) -> None:
    """Write the figure to each of `paths`, and to the one that ends in .csv the rows it shows.

    Raises
    ------
    coculture.result_tables.UndeclaredColumnError
        If a column of the rows is not declared.
    """
    for path in map(Path, paths):
        if path.suffix == ".csv":
            result_tables.write(drawing.shown, path, drawing.table)
        else:
            style.save(drawing.figure, path)
