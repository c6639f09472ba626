"""A script's step logs what it says and fails in words for the bench."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coculture.running import raw_files, step

JOB = """
import errno, sys
from types import SimpleNamespace
from coculture.running import raw_files, step
from coculture.running.lock import AnotherRunError
job = SimpleNamespace(
    input=[], output=["results/wells.csv"], log=[sys.argv[1]],
    params={"files": [{"path": sys.argv[2], "sha256": sys.argv[3]}], "settings": {"a": 1}},
)
def main(inputs, outputs, parameters):
    print("working")
    exec(sys.argv[4])
step.run(main, job)
"""


def _run(folder: Path, body: str, sha256: str | None = None) -> tuple[int, str, list[str]]:
    """Exit status of a step that does `body`, its log, and the reasons told of it."""
    raw = folder / "raw.fcs"
    raw.write_bytes(b"as checked")
    log = folder / "logs" / "step.log"
    log.parent.mkdir()
    digest = sha256 or raw_files.sha256(raw)
    done = subprocess.run(
        [sys.executable, "-c", JOB, str(log), str(raw), digest, body], check=False, cwd=folder
    )
    return done.returncode, log.read_text(), step.reasons(folder / "logs", 0)


def test_a_step_that_ends_well_gives_no_reason(tmp_path: Path) -> None:
    assert _run(tmp_path, "pass") == (0, "working\n", [])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            'raise OSError(errno.ENOSPC, "No space", "a.csv")',
            "a.csv: the disk is full.",
        ),
        ('raise OSError(errno.EROFS, "Read-only")', "results/wells.csv: the disk is read-only"),
        ("raise MemoryError", "this step needs more memory than is free"),
        ('raise AnotherRunError("E1 is being run already.")', "E1 is being run already."),
        ('raise KeyError("odd")', "Unexpected error (KeyError: 'odd')"),
    ],
)
def test_what_went_wrong_is_one_sentence(tmp_path: Path, body: str, reason: str) -> None:
    status, log, told = _run(tmp_path, body)
    assert status == 1
    assert len(told) == 1
    assert told[0].startswith(reason)
    assert ("Traceback" in log) == ("Unexpected error" in told[0])


def test_a_raw_file_that_is_not_the_checked_one_fails_the_step(tmp_path: Path) -> None:
    status, _, told = _run(tmp_path, "pass", sha256="0" * 64)
    assert status == 1
    assert told == [
        f"{tmp_path / 'raw.fcs'}: changed during the run; make sure nothing is "
        "writing to it, then restart."
    ]


def test_a_raw_file_that_vanished_is_named_rather_than_what_came_of_it(tmp_path: Path) -> None:
    _, _, told = _run(tmp_path, "import os; os.unlink('raw.fcs'); raise ValueError('odd')")
    assert told == [
        f"{tmp_path / 'raw.fcs'}: existed when the run began and cannot be read now "
        "(No such file or directory)."
    ]


def test_the_reason_is_what_the_log_ends_with(tmp_path: Path) -> None:
    (tmp_path / "step.log").write_text("Stopped: a word of the step\nmore\nStopped: it is full.\n")
    (tmp_path / "other.log").write_text("no reason\n")
    assert step.reasons(tmp_path, 0) == ["it is full."]


def test_reasons_of_an_earlier_run_are_not_told(tmp_path: Path) -> None:
    for name, written in {"old": 999, "new": 1001}.items():
        log = tmp_path / "flow" / f"{name}.log"
        log.parent.mkdir(exist_ok=True)
        log.write_text(f"Stopped: {name}.")
        os.utime(log, (written, written))
    assert step.reasons(tmp_path, 1000) == ["new."]
