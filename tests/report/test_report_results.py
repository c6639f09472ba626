"""How results are read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from coculture.exchange import flags
from coculture.exchange.flags import Flag
from coculture.report import read_results

Make = Callable[..., Any]


@pytest.fixture
def settings(config: Make, tmp_path: Path) -> str:
    """Path of a study's config."""
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(config()))
    return str(path)


def test_a_spillover_table_is_read_with_its_experiment(settings: str, tmp_path: Path) -> None:
    paths = []
    for experiment, share in {"E1": 0.117, "E2": 0.02}.items():
        path = tmp_path / experiment / "spillover.csv"
        path.parent.mkdir()
        path.write_text(f"stain,R660-A,B675-A\nR660-A,1.0,{share}\nB675-A,0.001,1.0\n")
        paths.append(str(path))
    read = read_results(settings, {"flow/spillover.csv": paths})
    assert list(read.table("flow/spillover.csv")["experiment"]) == ["E1", "E1", "E2", "E2"]
    assert read.flags == []


def test_flags_are_read_as_records_and_as_a_table(
    settings: str, awkward_flags: tuple[Flag, ...], tmp_path: Path
) -> None:
    path = tmp_path / "flags.csv"
    flags.write(awkward_flags, path)
    read = read_results(settings, {"flags.csv": [str(path)]})
    # NaN is not equal to itself, so numbers are compared as text.
    assert list(map(str, read.flags)) == list(map(str, awkward_flags))
    assert len(read.table("flags.csv")) == len(awkward_flags)
