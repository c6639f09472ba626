"""One run of a study at a time in a folder; processes that a killed run left behind are ended.

The lock is one of the operating system (flock): it ends with the process that holds it, so a crash
never leaves a lock that somebody has to remove.
"""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import psutil

from coculture.exchange.problems import CocultureError

_HELD: dict[Path, int] = {}
"""Open locks of this process by their file; closed, and so released, when it ends."""

_PATIENCE_S = 10


class AnotherRunError(CocultureError):
    """Another process is running the same study in the same folder."""


def take(path: str | Path, note: str = "") -> bool:
    """Hold the lock file at `path` until this process ends; False if the disk has no locks.

    Some network drives have no locks, so nothing prevents two runs there. The file holds the
    number of the process and, from its second line on, `note`.

    Raises
    ------
    AnotherRunError
        If another process holds it.
    """
    path = Path(path)
    if path in _HELD:
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(opened)
        holder = _holder(path.read_text(encoding="utf-8"))
        raise AnotherRunError(
            f"This study is already running in {Path.cwd()} (process {holder}). "
            "Wait until that run has finished, or stop it."
        ) from None
    except OSError:
        kept = False
    else:
        kept = True
    os.ftruncate(opened, 0)
    os.write(opened, f"{os.getpid()}\n{note}".encode())
    _HELD[path] = opened
    return kept


def note(path: str | Path) -> str:
    """The note in the lock file at `path`, from the process that holds or last held it."""
    return Path(path).read_text(encoding="utf-8").partition("\n")[2]


def end_orphans(locks: str | Path, started_from: str | Path) -> int:
    """End the processes that a killed run left running in this folder; returns how many.

    Such a process runs a file of the folder `started_from`, and no process above it holds one of
    the files in `locks`. It would write its results into those of the next run.
    """
    scripts = str(Path(started_from).resolve()) + os.sep
    alive = {pid for path in Path(locks).iterdir() if (pid := _live_holder(path)) is not None}
    orphans = [process for process in _running(scripts) if alive.isdisjoint(_above(process))]
    for process in orphans:
        process.kill()
    psutil.wait_procs(orphans, timeout=_PATIENCE_S)
    return len(orphans)


def _running(scripts: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if any(word.startswith(scripts) for word in words):
            yield process


def _above(process: psutil.Process) -> set[int]:
    try:
        return {one.pid for one in process.parents()}
    except psutil.NoSuchProcess:
        return set()


def _holder(text: str) -> str:
    return text.partition("\n")[0] or "unknown"


def _live_holder(path: Path) -> int | None:
    """Number of the process that holds the lock file at `path`, or None where nobody does."""
    if path in _HELD:
        return os.getpid()
    with path.open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(file.read())
            return int(holder) if holder.isdigit() else None
        except OSError:
            return None
    return None
