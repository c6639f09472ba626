"""What the page and the spreadsheet are made from: finished tables, settings and figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from coculture.exchange import result_tables
from coculture.exchange.names import relabelled

POOLED_ERROR = "_pooled_error"
"""What the name of a figure ends in that shows the second analysis."""


@dataclass(frozen=True)
class Figure:
    """One finished figure and where it belongs."""

    path: Path
    """The SVG file."""
    part: str
    """comparison, flow, elisa or clinical"""
    subject: str
    """The experiment or plate it shows; empty for the whole study."""
    beside: tuple[Path, ...] = ()
    """The same figure in other formats, and the CSV of what it shows."""

    @property
    def kind(self) -> str:
        """The name of its file, which says what it shows."""
        return self.path.stem

    @property
    def shown(self) -> Path | None:
        """The CSV of what the figure shows, where the room wrote one."""
        return next((path for path in self.beside if path.suffix == ".csv"), None)


@dataclass(frozen=True)
class Results:
    """Everything the page shows. Tables are as written under results/{study}/."""

    config: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    """By their name in columns.csv; a table that the study has not is absent or empty."""
    gates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The content of gates.yaml of each experiment."""
    curves: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The content of curve.json of each plate."""
    figures: Sequence[Figure] = ()
    software: Mapping[str, Any] = field(default_factory=dict)
    """The content of provenance/software.json."""

    def table(self, name: str) -> pd.DataFrame:
        """The table of that name; empty where the study has none."""
        return self.tables.get(name, pd.DataFrame())


def figures_below(folder: str | Path, paths: Iterable[str | Path]) -> list[Figure]:
    """The vector figures among `paths`, placed by the folders they lie in below `folder`.

    >>> figures_below("figures", ["figures/flow/E1/contact_sheet.svg"])[0].subject
    'E1'
    """
    files = [Path(path) for path in paths]
    found = []
    for path in (path for path in files if path.suffix == ".svg"):
        part, *subject, _ = path.relative_to(folder).parts
        beside = [other for other in files if other != path and other.with_suffix(".svg") == path]
        found.append(Figure(path, part, "/".join(subject), tuple(beside)))
    return found


def figure_tables(folder: str | Path, paths: Iterable[str | Path]) -> dict[str, list[str]]:
    """The CSV files among `paths`, the rows of figures, by their table's name in columns.csv.

    A kind of figure that is drawn for several endpoints (arms_il6, arms_apoptosis) shares one
    table (figures/comparison/arms.csv); `folder` is the folder of all figures.
    """
    declared = set(result_tables.definitions()["table"])
    found: dict[str, list[str]] = {}
    for path in (path for path in map(Path, paths) if path.suffix == ".csv"):
        part = path.relative_to(folder).parts[0]
        words = path.stem.split("_")
        names = [f"figures/{part}/{'_'.join(words[:i])}.csv" for i in range(len(words), 0, -1)]
        table = next((name for name in names if name in declared), names[0])
        found.setdefault(table, []).append(str(path))
    return found


def with_labels(text: str, results: Results) -> str:
    """`text` with the config's labels for cells in place of their names in the tables."""
    return relabelled(text, results.config["cells"]["labels"])
