"""What the page and the workbook are made from: finished tables, flags, settings and figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from coculture.exchange import figure_text
from coculture.exchange.figure_text import FigureText
from coculture.exchange.flags import Flag
from coculture.exchange.names import relabelled


@dataclass(frozen=True)
class Figure:
    """One finished figure.

    Attributes
    ----------
    path
        The SVG file.
    stage
        comparison, flow, elisa or clinical.
    subject
        The experiment or plate that it shows; empty for the whole study.
    text
        Its title, caption and result.
    other_files
        The same figure in other formats, and the CSV of what it shows.
    """

    path: Path
    stage: str
    subject: str
    text: FigureText
    other_files: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """The name of its file without ending, such as contact_sheet."""
        return self.path.stem

    @property
    def shown(self) -> Path | None:
        """The CSV of what the figure shows, if it was written."""
        return next((path for path in self.other_files if path.suffix == ".csv"), None)


@dataclass(frozen=True)
class Results:
    """Everything that the page and the workbook show.

    Attributes
    ----------
    config
        The study's config with every default.
    tables
        The tables as written under results/{study}/, by their name in columns.csv. A table that
        the study does not have is absent or empty.
    flags
        The records of flags.csv.
    gates
        The content of gates.yaml of each experiment.
    curves
        The content of curve.json of each plate.
    figures
        In the order of the page.
    software
        The content of provenance/software.json.
    earlier
        What differs from earlier results: `earlier` is their folder, `sentences` says it; empty
        without any.
    """

    config: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    flags: Sequence[Flag] = ()
    gates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    curves: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    figures: Sequence[Figure] = ()
    software: Mapping[str, Any] = field(default_factory=dict)
    earlier: Mapping[str, Any] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """The table with that name; empty if the study does not have it."""
        return self.tables.get(name, pd.DataFrame())


def read_figures(folder: str | Path, paths: Iterable[str | Path]) -> list[Figure]:
    """The figures among `paths`, in the order of their SVG files, with the text of their JSON file.

    Parameters
    ----------
    folder
        The folder of all figures. Its subfolders are the stages; theirs, if any, are the
        experiments or plates.
    paths
        All files of the figures.
    """
    files = [Path(path) for path in paths]
    found = []
    for path in (path for path in files if path.suffix == ".svg"):
        stage, *subject, _ = path.relative_to(folder).parts
        others = tuple(
            other
            for other in files
            if other.with_suffix(".svg") == path and other.suffix not in (".svg", ".json")
        )
        text = figure_text.read(path.with_suffix(".json"))
        found.append(Figure(path, stage, "/".join(subject), text, others))
    return found


def with_labels(text: str, results: Results) -> str:
    """`text` with the config's labels for cells instead of their names in the tables."""
    return relabelled(text, results.config["cells"]["labels"])
