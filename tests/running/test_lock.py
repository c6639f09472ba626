"""One run at a time in a folder; a lock ends with the last of its processes."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from coculture.running import lock as run_lock

HOLD = """
import sys, time
from coculture.running import lock as run_lock
run_lock.take(sys.argv[1], "a note\\nof two lines")
print("held", flush=True)
time.sleep(60)
"""

HAND_ON = """
import subprocess, sys
from coculture.running import lock as run_lock
run_lock.take(sys.argv[1])
wait = [sys.executable, "-c", "import time; time.sleep(60)"]
step = subprocess.Popen(wait, pass_fds=run_lock.held(), stdout=subprocess.DEVNULL)
print(step.pid, flush=True)
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


def test_nothing_of_an_older_note_is_left(holder: "subprocess.Popen[str]", tmp_path: Path) -> None:
    lock = tmp_path / "running" / "study"
    holder.kill()
    holder.communicate()
    assert run_lock.take(lock, "short")
    assert run_lock.note(lock) == "short"


def test_who_is_given_the_lock_holds_it_until_it_ends(tmp_path: Path) -> None:
    """A step of a run that was killed: the next run begins when it has ended."""
    lock = tmp_path / "study"
    holder = subprocess.Popen([sys.executable, "-c", HAND_ON, str(lock)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    step = int(holder.stdout.readline())
    holder.wait()
    with pytest.raises(BlockingIOError), lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    ended = threading.Timer(0.3, os.kill, [step, signal.SIGKILL])
    ended.start()
    assert run_lock.take(lock)
    assert not ended.is_alive()
