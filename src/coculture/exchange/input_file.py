"""Reading a file of the user's whole, which must be one, and no larger than its like can be."""

import errno
import os
import stat
from pathlib import Path

MOST_MB = 50
"""More than any table, config or plate export has; a file of events is read in parts instead."""


def read_bytes(path: str | Path, most_mb: float = MOST_MB) -> bytes:
    """The content of the file at `path`.

    Raises
    ------
    OSError
        If there is none, it is a pipe or device, which may have no end, or it is too large. Its
        `strerror` is a sentence without an end: "it is larger than ...".
    """
    # Not opened first: a pipe would wait for somebody to write into it.
    state = os.stat(path)  # noqa: PTH116 (a path may be a text)
    if stat.S_ISDIR(state.st_mode):
        raise _refused(path, "it is a folder")
    if not stat.S_ISREG(state.st_mode):
        raise _refused(path, "it is a pipe or device, not a file")
    size_mb = state.st_size / 1e6
    if size_mb > most_mb:
        raise _refused(path, f"it has {size_mb:,.1f} MB, and {most_mb:g} MB are the most")
    return Path(path).read_bytes()


def _refused(path: str | Path, why: str) -> OSError:
    return OSError(errno.EINVAL, why, str(path))
