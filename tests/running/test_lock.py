"""One run at a time in a folder; a lock ends with its process, and orphans with the next run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from coculture.running import lock as run_lock

HOLD = """
import sys, time
from coculture.running import lock as run_lock
run_lock.take(sys.argv[1], "a note\\nof two lines")
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> "subprocess.Popen[str]":
    """A process that holds the lock `tmp_path/running/study`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "running" / "study")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_lock_is_held_until_its_process_ends_however_it_ends(
    holder: "subprocess.Popen[str]", tmp_path: Path, how: signal.Signals
) -> None:
    lock = tmp_path / "running" / "study"
    with pytest.raises(run_lock.AnotherRunError, match=rf"\(process {holder.pid}\)"):
        run_lock.take(lock)
    assert run_lock.note(lock) == "a note\nof two lines"
    holder.send_signal(how)
    holder.communicate()
    assert run_lock.take(lock)


def test_another_study_may_run_beside_it(holder: "subprocess.Popen[str]", tmp_path: Path) -> None:
    assert run_lock.take(tmp_path / "running" / "other")
    holder.kill()
    holder.communicate()


def _working(script: Path) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, str(script)])
    while not psutil.Process(process.pid).cmdline()[1:]:
        time.sleep(0.01)
    return process


def test_what_a_killed_run_left_working_is_ended_and_nothing_else(tmp_path: Path) -> None:
    scripts, elsewhere = tmp_path / "scripts", tmp_path / "elsewhere"
    for folder in (scripts, elsewhere, tmp_path / "running"):
        folder.mkdir()
        (folder / "step.py").write_text("import time; time.sleep(60)")
    (tmp_path / "running" / "step.py").unlink()
    orphan, stranger = _working(scripts / "step.py"), _working(elsewhere / "step.py")
    try:
        assert run_lock.end_orphans(tmp_path / "running", scripts) == 1
        orphan.wait(10)
        assert not psutil.pid_exists(orphan.pid)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_steps_of_a_run_that_lives_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "step.py").write_text("import time; time.sleep(60)")
    run_lock.take(tmp_path / "running" / "mine")
    step = _working(tmp_path / "step.py")
    try:
        assert os.getpid() in {one.pid for one in psutil.Process(step.pid).parents()}
        assert run_lock.end_orphans(tmp_path / "running", tmp_path) == 0
        assert step.poll() is None
    finally:
        step.kill()
        step.wait()


def test_nothing_of_an_older_note_is_left(holder: "subprocess.Popen[str]", tmp_path: Path) -> None:
    lock = tmp_path / "running" / "study"
    holder.kill()
    holder.communicate()
    assert run_lock.take(lock, "short")
    assert run_lock.note(lock) == "short"


def test_a_folder_whose_name_begins_alike_is_another_folder(tmp_path: Path) -> None:
    other = tmp_path / "scripts-of-another-study"
    for folder in (tmp_path / "scripts", other, tmp_path / "running"):
        folder.mkdir()
    (other / "step.py").write_text("import time; time.sleep(60)")
    stranger = _working(other / "step.py")
    try:
        assert run_lock.end_orphans(tmp_path / "running", tmp_path / "scripts") == 0
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
