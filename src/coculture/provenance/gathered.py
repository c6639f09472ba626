"""Every gate and every curve of a study, each kind in one file."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from coculture.exchange.records import read_json, read_yaml, write_json, write_yaml


def gather_gates(paths: Iterable[str | Path], to: str | Path) -> None:
    """Write the gates of every experiment (named by its folder) into one YAML file."""
    gates = {Path(path).parent.name: read_yaml(path) for path in paths}
    write_yaml(gates, to)


def gather_curves(paths: Iterable[str | Path], to: str | Path) -> None:
    """Write the curves of every plate (named by its folder) into one JSON file."""
    curves = {Path(path).parent.name: read_json(path) for path in paths}
    write_json(curves, to)


def keep_workflow(snakefile: str | Path, to: str | Path) -> None:
    """Copy the Snakefile to the results."""
    shutil.copyfile(snakefile, to)
