"""Running the real Snakefile, in a folder of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

Run = subprocess.CompletedProcess[str]
Workflow = Callable[..., Run]


LONGEST_S = 600
"""A run that takes longer hangs; the test then fails and says so."""


def command(folder: Path, config: Path, *arguments: str, checkout: Path = ROOT) -> list[str]:
    """The command line that runs the study of `config` with its results below `folder`."""
    return [
        *(sys.executable, "-m", "snakemake", "--snakefile", str(checkout / "Snakefile")),
        *("--directory", str(folder), "--configfile", str(config), "--cores", "2"),
        *arguments,
    ]


def run_workflow(folder: Path, config: Path, *arguments: str, checkout: Path = ROOT) -> Run:
    """Run the study of `config` to its end, with the code of `checkout`."""
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        command(folder, config, *arguments, checkout=checkout),
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
        env={**os.environ, "COLUMNS": "200", "PYTHONPATH": str(checkout / "src")},
    )


@pytest.fixture(scope="session")
def workflow() -> Workflow:
    """Runs the Snakefile: `workflow(folder, config, *arguments)`."""
    return run_workflow


@pytest.fixture(scope="session")
def workflow_command() -> Callable[..., list[str]]:
    """The command line behind it: `workflow_command(folder, config, *arguments)`."""
    return command


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder in which the embedded example was run from nothing."""
    folder = tmp_path_factory.mktemp("example")
    run = run_workflow(folder, ROOT / "config" / "config.yaml")
    assert run.returncode == 0, run.stdout + run.stderr
    (folder / "said.txt").write_text(run.stdout + run.stderr)
    return folder


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, small_study_once: Path) -> Path:
    """Folder in which the small study was run from nothing, its study beside the results."""
    folder = tmp_path_factory.mktemp("small")
    run = run_workflow(folder, small_study_once / "config.yaml")
    assert run.returncode == 0, run.stdout + run.stderr
    return folder
