"""Disk errors in plain words, and whether a folder can be written to."""

import errno
import os
import tempfile
from pathlib import Path

_REASONS = {
    errno.ENOSPC: "the disk is full. Free some space and run again; finished steps are kept.",
    errno.EDQUOT: "your disk quota is used up. Free some space and run again.",
    errno.EFBIG: "the file is larger than this system allows. Ask for a higher limit.",
    errno.EROFS: "the disk is read-only here. Copy the study to a folder of your own.",
    errno.EACCES: "permission denied. Ask who owns the folder, or use a folder of your own.",
    errno.EPERM: "permission denied. Ask who owns the folder, or use a folder of your own.",
    errno.ENOTDIR: "it is a file, not a folder. Use a folder of your own.",
    errno.EIO: "the disk reports an error. First copy your data to another disk.",
}

_PROBE_BYTES = 1_000_000


def explain(error: OSError) -> str | None:
    """What `error` means and what to do, or None if it is not a disk error."""
    return _REASONS.get(error.errno or 0)


def sentence(error: OSError, path: str | Path) -> str:
    """`error` with the file it concerns, which is `path` if the error names none."""
    return f"{error.filename or path}: {explain(error) or error.strerror or error}"


def fault(folder: str | Path) -> str | None:
    """Why nothing can be written to `folder`, or None if a megabyte can be written.

    For a folder that does not exist, the nearest existing folder above it is tried.
    """
    there = Path(folder).absolute()
    while not there.exists():
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there) as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return f"{there}: {explain(error) or error}"
    return None
