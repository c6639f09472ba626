"""One run of a study at a time in a folder.

The lock is one of the operating system (flock): it ends with the processes that hold it, so a crash
never leaves a lock that somebody has to remove.
"""

import fcntl
import os
import time
from pathlib import Path

from coculture.exchange.problems import CocultureError

_HELD: dict[Path, int] = {}
"""Open locks of this process by their file; closed, and so released, when it ends."""

_PATIENCE_S = 10
"""For so long the steps of a killed run may take to end; they do so at once."""
_PAUSE_S = 0.05


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
        locked = _lock(opened, path)
    except BlockingIOError:
        os.close(opened)
        holder = _holder(path.read_text(encoding="utf-8"))
        raise AnotherRunError(
            f"This study is already running in {Path.cwd()} (process {holder}). "
            "Wait until that run has finished, or stop it."
        ) from None
    os.ftruncate(opened, 0)
    os.write(opened, f"{os.getpid()}\n{note}".encode())
    _HELD[path] = opened
    return locked


def note(path: str | Path) -> str:
    """The note in the lock file at `path`, from the process that holds or last held it."""
    return Path(path).read_text(encoding="utf-8").partition("\n")[2]


def held() -> list[int]:
    """The open lock files of this process.

    A process that gets them keeps the locks until it ends too: so a run that was killed still holds
    its lock while its last step ends.
    """
    return list(_HELD.values())


def _lock(opened: int, path: Path) -> bool:
    """Lock an open file; waits for the steps of a run whose own process has ended.

    Returns False if the disk has no locks.

    Raises
    ------
    BlockingIOError
        If another run holds it.
    """
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _lives(_holder(path.read_text(encoding="utf-8"))) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE_S)
        except OSError:
            return False
        else:
            return True


def _lives(holder: str) -> bool:
    if not holder.isdigit():
        return True
    try:
        os.kill(int(holder), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _holder(text: str) -> str:
    return text.partition("\n")[0] or "unknown"
