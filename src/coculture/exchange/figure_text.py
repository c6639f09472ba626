"""What a figure says of itself: its title, caption and result, in a JSON file beside it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from coculture.exchange.records import read_json, write_json


@dataclass(frozen=True)
class FigureText:
    """The words of one figure.

    Attributes
    ----------
    title
        Its heading, without the experiment or plate: the same for the same picture of others.
    caption
        What to look for; the same for every figure of this title.
    result
        What this one shows, in one or two sentences with their numbers; may be empty. It is also
        the text for people who cannot see the picture.
    analysis
        per_experiment or pooled_error where the figure belongs to one of the two analyses of the
        comparison, else empty.
    table
        Name in columns.csv of the table of its data, in the CSV file beside it.
    """

    title: str
    caption: str = ""
    result: str = ""
    analysis: str = ""
    table: str = ""


def write(text: FigureText, path: str | Path) -> None:
    """Write the words of a figure to the JSON file `path`."""
    write_json(asdict(text), path)


def read(path: str | Path) -> FigureText:
    """The words of the figure whose JSON file is `path`."""
    return FigureText(**read_json(path))


def tables(paths: Iterable[str | Path]) -> dict[str, list[str]]:
    """The CSV files of figures by the name of their table in columns.csv.

    Parameters
    ----------
    paths
        Files of figures; for each figure the .json file is read.
    """
    found: dict[str, list[str]] = {}
    for path in (path for path in map(Path, paths) if path.suffix == ".json"):
        found.setdefault(read(path).table, []).append(str(path.with_suffix(".csv")))
    return found
