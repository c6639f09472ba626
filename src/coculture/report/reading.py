"""Read the results of the other stages, for the page and the workbook."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from coculture.exchange import flags, result_tables
from coculture.exchange.records import read_json, read_yaml
from coculture.report import raw_file_names
from coculture.report.results import Figure, Results

SPILLOVER = "flow/spillover.csv"


def read_results(
    config: str,
    tables: Mapping[str, Sequence[str]],
    gates: Sequence[str] = (),
    curves: Sequence[str] = (),
    figures: Sequence[Figure] = (),
    software: str | None = None,
    earlier: str | None = None,
) -> Results:
    """Read everything that the page and the workbook show.

    Parameters
    ----------
    config
        Path of the study's config with every default.
    tables
        Paths of the result tables by their name in columns.csv, flags.csv among them; a name
        without paths gives an empty table.
    gates, curves
        Paths of every gates.yaml and curve.json; the folder's name is the experiment or plate.
    figures
        The finished figures.
    software
        Path of provenance/software.json.
    earlier
        Path of differences.json, if the study is compared with earlier results.
    """
    read = {name: _table(name, paths) for name, paths in tables.items()}
    return Results(
        config=read_yaml(config),
        tables=read,
        flags=raw_file_names.in_flags(flags.read(*tables.get(flags.TABLE, ())), read),
        gates={Path(path).parent.name: read_yaml(path) for path in gates},
        curves={Path(path).parent.name: read_json(path) for path in curves},
        figures=figures,
        software=read_json(software) if software else {},
        earlier=read_json(earlier) if earlier else {},
    )


def _table(name: str, paths: Sequence[str]) -> pd.DataFrame:
    """The tables at `paths` as one.

    Spillover tables do not name their experiment, so it is added.
    """
    if name != SPILLOVER or not paths:
        return result_tables.read_all(paths)
    frames = [result_tables.read(path) for path in paths]
    for frame, path in zip(frames, paths, strict=True):
        frame.insert(0, "experiment", Path(path).parent.name)
    return pd.concat(frames, ignore_index=True)
