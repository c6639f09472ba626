"""What the rooms decided on the way, gathered in one place: every gate and every curve."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import yaml


def gather_gates(paths: Iterable[str | Path], to: str | Path) -> None:
    """Write the gates of every experiment (named by its folder) into one YAML file."""
    gates = {Path(path).parent.name: yaml.safe_load(Path(path).read_bytes()) for path in paths}
    with Path(to).open("w", encoding="utf-8") as file:
        yaml.safe_dump(gates, file, sort_keys=False, allow_unicode=True)


def gather_curves(paths: Iterable[str | Path], to: str | Path) -> None:
    """Write the curves of every plate (named by its folder) into one JSON file."""
    curves = {Path(path).parent.name: json.loads(Path(path).read_bytes()) for path in paths}
    Path(to).write_text(json.dumps(curves, indent=2) + "\n", encoding="utf-8")


def keep_workflow(snakefile: str | Path, to: str | Path) -> None:
    """Copy the workflow's own file to the results."""
    shutil.copyfile(snakefile, to)
