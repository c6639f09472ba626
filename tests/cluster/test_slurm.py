"""On a cluster a study has the same results, and what stops a job is mended by the next run."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from coculture.provenance.sameness import differences
from tests.cluster.conftest import LONGEST_S, finish
from tests.cluster.slurm import Slurm

pytestmark = [pytest.mark.cluster, pytest.mark.workflow]

Command = Callable[..., list[str]]

TABLE = "results/small/flow/E1/wells.csv"
"""What a run is asked for where more would add nothing to a test but time."""
STOPPED = "The run stopped before the end. Finished steps are kept"


def _begin(words: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _said(run: "subprocess.Popen[str]") -> str:
    """What a run says to its end, which is a failure."""
    said, _ = run.communicate(timeout=LONGEST_S)
    assert run.returncode != 0, said
    return said


def _finishes_the_same(words: list[str], local_results: Path, folder: Path) -> None:
    """Run again; the bytes are those of the local run, as far as the run was asked to go."""
    again = finish(words)
    assert again.returncode == 0, again.stdout + again.stderr
    found = differences(local_results, folder / "results" / "small")
    assert [one for one in found if "in the first run only" not in one] == []
    assert (folder / TABLE).is_file()


def test_the_bytes_are_those_of_a_local_run(
    slurm: Slurm, config: Path, local_results: Path, tmp_path: Path, on_cluster: Command
) -> None:
    """In three jobs: both experiments, both plates, and everything after them."""
    before = slurm.jobs("COMPLETED")
    run = finish(on_cluster(tmp_path, config))
    assert run.returncode == 0, run.stdout + run.stderr
    assert differences(local_results, tmp_path / "results" / "small") == []
    assert len(slurm.jobs("COMPLETED")) - len(before) == 3
    print(run.stderr[-2000:])  # noqa: T201


@pytest.mark.long
def test_a_cancelled_job(
    slurm: Slurm, config: Path, local_results: Path, tmp_path: Path, on_cluster: Command
) -> None:
    """As when its time limit is reached: Slurm sends the same signals."""
    words = on_cluster(tmp_path, config, TABLE)
    run = _begin(words)
    jobs = slurm.wait_for_jobs("RUNNING")
    slurm.wait_for_file(tmp_path / "results/small/logs/flow_gate/E1.log")
    slurm.cancel(*jobs)
    said = _said(run)
    assert STOPPED in said
    assert "reached its time limit or was cancelled. Ask for more time, or run again." in said
    _finishes_the_same(words, local_results, tmp_path)


@pytest.mark.long
def test_a_lost_node(
    slurm: Slurm, config: Path, local_results: Path, tmp_path: Path, on_cluster: Command
) -> None:
    words = on_cluster(tmp_path, config, TABLE)
    run = _begin(words)
    (job,) = slurm.wait_for_jobs("RUNNING")
    slurm.wait_for_file(tmp_path / "results/small/logs/flow_gate/E1.log")
    slurm.lose_node()
    slurm.start_node()
    said = _said(run)
    assert STOPPED in said
    assert f"Slurm ended job {job}: its node was lost. Run again." in said
    _finishes_the_same(words, local_results, tmp_path)


@pytest.mark.long
def test_no_free_node(
    slurm: Slurm, config: Path, local_results: Path, tmp_path: Path, on_cluster: Command
) -> None:
    """The run waits, and goes on when another user's job has ended."""
    other = slurm.occupy()
    run = _begin(on_cluster(tmp_path, config, TABLE))
    slurm.wait_for_jobs("PENDING")
    slurm.cancel(other)
    said, _ = run.communicate(timeout=LONGEST_S)
    assert run.returncode == 0, said
    _finishes_the_same(on_cluster(tmp_path, config, TABLE), local_results, tmp_path)


@pytest.mark.long
def test_a_queue_that_takes_no_more_jobs(
    slurm: Slurm, config: Path, local_results: Path, tmp_path: Path, on_cluster: Command
) -> None:
    words = on_cluster(tmp_path, config, TABLE)
    slurm.accept_jobs(False)
    try:
        refused = finish(words)
    finally:
        slurm.accept_jobs(True)
    assert refused.returncode != 0
    assert STOPPED in refused.stdout
    assert "Slurm did not take a job: Required partition not available" in refused.stdout
    _finishes_the_same(words, local_results, tmp_path)
