"""Whatever ends a run half way, the next one finishes it, and the bytes are the same."""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from coculture.provenance.sameness import differences

pytestmark = pytest.mark.workflow

Workflow = Callable[..., subprocess.CompletedProcess[str]]
Command = Callable[..., list[str]]

PATIENCE_S = 120
FINDINGS = "results/small/comparison/findings.csv"
"""What a run is asked for where its figures and page add nothing to a test but time."""
MORE_BYTES = 2_000_000
"""What a step under a limit may take beyond what it begins with."""
IN_NAMESPACE = ["unshare", "--map-root-user", "--mount"]


def _can_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    probe = [*IN_NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


mounts = pytest.mark.skipif(not _can_mount(), reason="this system lets nobody mount a disk")


def _begin(words: list[str], until: str) -> "subprocess.Popen[str]":
    """Start a run and return when it has printed `until`."""
    run = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Tests that run in a shell's background inherit deafness to Ctrl-C.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert run.stdout is not None
    for line in run.stdout:
        if until in line:
            return run
    raise AssertionError(f"the run ended before it said {until}")


def _begun(find: Callable[[], list[int]]) -> int:
    """The first process that `find` finds, as soon as it is there."""
    until = time.monotonic() + PATIENCE_S
    while not (found := find()):
        assert time.monotonic() < until, "no step was begun"
        time.sleep(0.02)
    return found[0]


def _children(process: int) -> list[int]:
    threads = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for one in threads for child in (one / "children").read_text().split()]


def _process_of_steps(run: int) -> int:
    """The process from which that of each step is forked."""

    def find() -> list[int]:
        told = {child: Path(f"/proc/{child}/cmdline").read_bytes() for child in _children(run)}
        return [child for child, words in told.items() if b"fork_server" in words]

    return _begun(find)


def _killed_as_when_memory_is_full(process_of_steps: int) -> None:
    """The first step that is begun."""
    os.kill(_begun(lambda: _children(process_of_steps)), signal.SIGKILL)


def _given_no_more_memory(process_of_steps: int) -> None:
    """Every step that is begun from now on, by a limit such as `ulimit -v` sets."""
    pages = int(Path(f"/proc/{process_of_steps}/statm").read_text().split()[0])
    size = pages * resource.getpagesize() + MORE_BYTES
    resource.prlimit(process_of_steps, resource.RLIMIT_AS, (size, size))


def _is_the_same_as_far_as_it_goes(results: Path, whole: Path) -> bool:
    """Whether a run to a part of the results gave the bytes that the whole run gave."""
    found = [one for one in differences(whole, results) if "in the first run only" not in one]
    return (results / "comparison/findings.csv").is_file() and found == []


@pytest.mark.parametrize(
    ("how", "after_s", "wanted"),
    [
        (signal.SIGTERM, 0.5, [FINDINGS]),
        pytest.param(signal.SIGINT, 0.5, [], marks=pytest.mark.long),
        pytest.param(signal.SIGTERM, 0.0, [], marks=pytest.mark.long),
    ],
)
def test_stopped_by_a_signal(
    small: Path,
    tmp_path: Path,
    workflow: Workflow,
    workflow_command: Command,
    how: signal.Signals,
    after_s: float,
    wanted: list[str],
) -> None:
    """At once, the main thread is at work on the finished step, and holds Snakemake's locks."""
    config = small / "study" / "config.yaml"
    run = _begin(workflow_command(tmp_path, config, *wanted, checkout=small), "3 of ")
    time.sleep(after_s)
    run.send_signal(how)
    said, _ = run.communicate(timeout=PATIENCE_S)
    assert run.returncode != 0
    assert "The run stopped before the end. Finished steps are kept" in said
    assert not (tmp_path / FINDINGS).exists()
    again = workflow(tmp_path, config, *wanted, checkout=small)
    assert again.returncode == 0, again.stdout + again.stderr
    results, whole = tmp_path / "results/small", small / "results/small"
    assert wanted or differences(results, whole) == []
    assert _is_the_same_as_far_as_it_goes(results, whole)


def test_killed_while_another_run_waits_its_turn(
    small: Path, tmp_path: Path, workflow: Workflow, workflow_command: Command
) -> None:
    """The second of two runs is refused; after a kill the next one needs no unlocking."""
    config = small / "study" / "config.yaml"
    run = _begin(workflow_command(tmp_path, config, FINDINGS, checkout=small), "2 of ")
    second = workflow(tmp_path, config, checkout=small)
    assert second.returncode != 0
    assert f"This study is already running in {tmp_path} (process {run.pid})" in second.stderr
    run.kill()
    run.communicate(timeout=PATIENCE_S)
    again = workflow(tmp_path, config, FINDINGS, checkout=small)
    assert again.returncode == 0, again.stdout + again.stderr
    assert _is_the_same_as_far_as_it_goes(tmp_path / "results/small", small / "results/small")


@pytest.mark.parametrize(
    ("end", "says"),
    [
        (_killed_as_when_memory_is_full, "was ended by the system; often memory has run out"),
        # Which of the two depends on what asks for memory first.
        (_given_no_more_memory, "often memory has run out|needs more memory than is free"),
    ],
)
def test_no_more_memory(
    small: Path,
    tmp_path: Path,
    workflow: Workflow,
    workflow_command: Command,
    end: Callable[[int], None],
    says: str,
) -> None:
    """A step is ended by the system, or is refused what it asks for; the next run finishes."""
    config = small / "study" / "config.yaml"
    run = _begin(workflow_command(tmp_path, config, FINDINGS, checkout=small), "Job ")
    end(_process_of_steps(run.pid))
    said, _ = run.communicate(timeout=PATIENCE_S)
    assert run.returncode != 0
    told = said[said.index("The run stopped before the end. Finished steps are kept") :]
    assert re.search(says, told)
    assert "Traceback" not in told
    again = workflow(tmp_path, config, FINDINGS, checkout=small)
    assert again.returncode == 0, again.stdout + again.stderr
    assert _is_the_same_as_far_as_it_goes(tmp_path / "results/small", small / "results/small")


@mounts
@pytest.mark.parametrize("size", ["400k", "1500k"], ids=["before the steps", "in a step"])
def test_a_full_disk(size: str, small: Path, tmp_path: Path, workflow_command: Command) -> None:
    """The run ends with a message about the disk; with more room the next one finishes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    words = workflow_command(disk, small / "study" / "config.yaml", FINDINGS, checkout=small)
    script = f"""
        mount -t tmpfs -o size={size} tmpfs {disk}
        "$@" > {tmp_path}/first.txt 2>&1 && exit 3
        mount -o remount,size=200m {disk}
        "$@" > {tmp_path}/second.txt 2>&1 || exit 4
        cp -r {disk}/results {tmp_path}/results
    """
    done = subprocess.run(
        [*IN_NAMESPACE, "sh", "-c", script, "sh", *words], check=False, timeout=2 * PATIENCE_S
    )
    assert done.returncode == 0
    said = (tmp_path / "first.txt").read_text()
    assert "the disk is full. Free some space and run again" in said
    assert _is_the_same_as_far_as_it_goes(tmp_path / "results/small", small / "results/small")


@mounts
def test_a_read_only_disk(
    small_study_once: Path, tmp_path: Path, workflow_command: Command
) -> None:
    """Nothing is run, by `make run` or by snakemake itself, and nothing looks like a crash."""
    disk = tmp_path / "disk"
    disk.mkdir()
    config = small_study_once / "config.yaml"
    check = f"{sys.executable} -m coculture check {config}"
    script = f"""
        mount -t tmpfs -o ro tmpfs {disk}
        cd {disk}
        {check} 2> {tmp_path}/check.txt && exit 3
        "$@" > {tmp_path}/snakemake.txt 2>&1 && exit 4
        exit 0
    """
    words = workflow_command(disk, config)
    done = subprocess.run(
        [*IN_NAMESPACE, "sh", "-c", script, "sh", *words], check=False, timeout=PATIENCE_S
    )
    assert done.returncode == 0
    refused = f"{disk}: the disk is read-only here. Copy the study to a folder of your own."
    assert refused in (tmp_path / "check.txt").read_text()
    assert "Read-only file system" in (tmp_path / "snakemake.txt").read_text()


@pytest.mark.parametrize("what", ["changes", "vanishes"])
def test_a_raw_file_that_is_not_the_same_any_more(
    small_study: Path, tmp_path: Path, workflow_command: Command, what: str
) -> None:
    """The step that read it fails and names it; its results are taken for nothing."""
    config = small_study / "config.yaml"
    run = _begin(workflow_command(tmp_path / "run", config), "compensating, gating")
    raw = sorted((small_study / "flow").rglob("*.fcs"))
    for path in raw:
        if what == "vanishes":
            path.unlink()
        else:
            with path.open("ab") as file:
                file.write(b" ")
    said, _ = run.communicate(timeout=PATIENCE_S)
    assert run.returncode != 0
    told = said[said.index("The run stopped before the end") :]
    assert f"{raw[0]}: " in told
    assert " more files." in told
    assert "Traceback" not in told
    assert not (tmp_path / "run" / "results" / "small" / "cultures.csv").exists()
