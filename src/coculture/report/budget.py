"""What of a large study stands on report.html itself, so that the page can be mailed at any size.

Mail servers refuse attachments above 10 to 25 MB. The page keeps below 10 MB: figures with too many
marks become images, and of tables with too many rows the first rows are shown, with the file that
has all of them. Nothing is changed in a study that fits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coculture.report.page_tables import Table
from coculture.report.shown_figures import ShownFigure, as_image
from coculture.report.table_data import shortened, size

FIGURES = 5_500_000
"""Bytes of all figures."""
FIGURE_DATA = 800_000
"""Bytes of the CSV of all figures, which their buttons save."""
TABLES = 2_200_000
"""Bytes of all tables."""
CULTURES = 8_000
"""Cultures whose values the page shows when they are pointed at: about 100 bytes each."""


def within_figures(figures: Sequence[ShownFigure], most: int) -> list[ShownFigure]:
    """`figures`, the largest as images until all take at most `most` bytes."""
    sizes = {figure.anchor: _bytes(figure) for figure in figures}
    shown = {figure.anchor: figure for figure in figures}
    total = sum(sizes.values())
    for anchor in sorted(sizes, key=lambda one: -sizes[one]):
        if total <= most:
            break
        image = as_image(shown[anchor])
        if _bytes(image) < sizes[anchor]:
            total += _bytes(image) - sizes[anchor]
            shown[anchor] = image
    return list(shown.values())


def _bytes(figure: ShownFigure) -> int:
    return len(figure.drawing.content.encode())


def with_data(figures: Sequence[ShownFigure], most: int) -> list[ShownFigure]:
    """`figures`, the first ones with the CSV that their buttons save, as far as `most` bytes go."""
    found = []
    for figure in figures:
        length = len(figure.data.encode())
        fits = length <= most
        most -= length if fits else 0
        found.append(figure if fits else replace(figure, data=""))
    return found


def within_tables(tables: Mapping[str, Table], most: int) -> dict[str, Table]:
    """`tables` by name; those that do not fit any more beside the ones before them, shortened."""
    found = {}
    for name, table in tables.items():
        length = size(table)
        shown = table if length <= most else shortened(table)
        most -= min(length, size(shown))
        found[name] = shown
    return found
