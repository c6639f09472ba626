"""Running the real Snakefile, in a folder of its own."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

Run = subprocess.CompletedProcess[str]
Workflow = Callable[..., Run]


CHECKOUT = ("Snakefile", "config", "profiles", "requirements.lock", "scripts", "src", "workflow")
"""What of the project a run needs."""
LONGEST_S = 600
"""A run that takes longer hangs; the test then fails with this as its reason."""


def command(folder: Path, config: Path, *arguments: str, checkout: Path = ROOT) -> list[str]:
    """The command line that runs the study of `config` with its results below `folder`."""
    return [
        *("env", f"PYTHONPATH={checkout / 'src'}", sys.executable, "-m", "snakemake"),
        *("--snakefile", str(checkout / "Snakefile"), "--directory", str(folder)),
        *("--configfile", str(config), "--cores", "2"),
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
        env={**os.environ, "COLUMNS": "200"},
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
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a folder by the first test process that asks for it; the others wait and share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def once(name: str, make: Callable[[Path], None]) -> Path:
        folder = shared / name
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                unfinished = shared / f"{name}-unfinished"
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                make(unfinished)
                unfinished.rename(folder)
        return folder

    return once


@pytest.fixture(scope="session")
def example(made_once: Callable[..., Path]) -> Path:
    """Folder in which the embedded example was run from nothing."""

    def make(folder: Path) -> None:
        run = run_workflow(folder, ROOT / "config" / "config.yaml")
        assert run.returncode == 0, run.stdout + run.stderr
        (folder / "said.txt").write_text(run.stdout + run.stderr)

    return made_once("example", make)


@pytest.fixture(scope="session")
def small(made_once: Callable[..., Path], small_study_once: Path) -> Path:
    """A checkout in which the small study was run from nothing: its `study` and the `results`."""

    def make(folder: Path) -> None:
        for name in CHECKOUT:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, folder / name)
        config = Path(shutil.copytree(small_study_once, folder / "study")) / "config.yaml"
        run = run_workflow(folder, config, checkout=folder)
        assert run.returncode == 0, run.stdout + run.stderr

    return made_once("small", make)
