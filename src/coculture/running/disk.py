"""What a disk's refusal means, in words for the bench, and whether a folder can be written to."""

import errno
import os
import tempfile
from pathlib import Path

_REASONS = {
    errno.ENOSPC: "the disk is full. Make room and start again: what is finished is kept.",
    errno.EDQUOT: "your share of the disk is used up. Make room and start again.",
    errno.EFBIG: "the file may not grow further here (a limit of this system). Ask for more room.",
    errno.EROFS: "the disk is read-only here. Copy the study to a folder of your own.",
    errno.EACCES: "permission was refused. Ask who owns the folder, or use one of your own.",
    errno.EPERM: "permission was refused. Ask who owns the folder, or use one of your own.",
    errno.EIO: "the disk reports an error. Copy the data to another disk before anything else.",
}

_PROBE_BYTES = 1_000_000


def explain(error: OSError) -> str | None:
    """What `error` means and what to do, or None where it does not come from the disk."""
    return _REASONS.get(error.errno or 0)


def fault(folder: str | Path) -> str | None:
    """Why nothing can be written to `folder`, in words, or None where a megabyte can be.

    A folder that does not exist is judged by the nearest one above it that does.
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
