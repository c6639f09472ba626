"""A Slurm of this machine's own, and a small study that was run without it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from coculture import simulate
from tests.cluster.slurm import Slurm, missing

ROOT = Path(__file__).parents[2]
LONGEST_S = 1800
"""A run that takes longer hangs; the test then fails with this as its reason."""

DESIGN = replace(simulate.EXAMPLE.design, experiments=2, wells=1)
SMALL = replace(simulate.EXAMPLE, design=DESIGN)

Run = subprocess.CompletedProcess[str]
Command = Callable[..., list[str]]


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    """A running cluster of one node."""
    reason = missing()
    if reason is None and find_spec("snakemake_executor_plugin_slurm") is None:
        reason = "the plug-in for Slurm is not installed; make test-cluster does it"
    if reason is not None:
        pytest.skip(reason)
    cluster = Slurm(tmp_path_factory.mktemp("slurm"))
    try:
        cluster.start()
        yield cluster
    except AssertionError:
        print(cluster.logs())  # noqa: T201
        raise
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The config of the small study."""
    folder = tmp_path_factory.mktemp("simulated") / "small"
    simulate.study(folder, 7, SMALL)
    return folder / "config.yaml"


def command(folder: Path, config: Path, *arguments: str) -> list[str]:
    """The command line that runs the study of `config` with its results below `folder`."""
    return [
        *("env", f"PYTHONPATH={ROOT / 'src'}", sys.executable, "-m", "snakemake"),
        *("--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)),
        *("--configfile", str(config), *arguments),
    ]


@pytest.fixture(scope="session")
def on_cluster() -> Command:
    """The command line of a run on the cluster: `on_cluster(folder, config, *arguments)`."""

    def words(folder: Path, config: Path, *arguments: str) -> list[str]:
        return command(
            folder,
            config,
            *("--workflow-profile", str(ROOT / "profiles" / "slurm")),
            # This Slurm has no accounting; and no other machine, for which one has to wait.
            *("--slurm-status-command", "squeue", "--latency-wait", "5"),
            *("--slurm-init-seconds-before-status-checks", "1"),
            *arguments,
        )

    return words


def finish(words: list[str]) -> Run:
    """Run a command to its end."""
    return subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=LONGEST_S, env=dict(os.environ)
    )


@pytest.fixture(scope="session")
def local_results(config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of the small study from a run without the cluster."""
    folder = tmp_path_factory.mktemp("local")
    run = finish(command(folder, config, "--cores", "2"))
    assert run.returncode == 0, run.stdout + run.stderr
    return folder / "results" / "small"
