"""Raw files that change or vanish while a study runs are found and named."""

import os
from collections.abc import Iterable, Mapping
from hashlib import file_digest
from pathlib import Path

from coculture.exchange.problems import CocultureError

_MOST = 3
"""Up to this many files are named."""


class ChangedFileError(CocultureError):
    """A raw file changed or vanished after the study was checked."""


Seen = tuple[int, int, int, int, int]
"""Size, time of change, time of change of the entry, inode, device."""


def seen(path: str | Path) -> Seen:
    """What the system says of the file at `path`; as long as it is the same, so is the content."""
    now = os.stat(path)  # noqa: PTH116 (called for every file of a study)
    return (now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino, now.st_dev)


def sha256(path: str | Path) -> str:
    """SHA-256 of the file at `path`, in hexadecimal."""
    with Path(path).open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def changes(expected: Mapping[str, str]) -> list[str]:
    """A sentence for each file whose SHA-256 is not the expected one.

    Parameters
    ----------
    expected
        SHA-256 in hexadecimal by path.
    """
    return _shortened(_change(path, digest) for path, digest in sorted(expected.items()))


def vanished(paths: Iterable[str]) -> list[str]:
    """A sentence for each file that no longer exists."""
    return _shortened(_absence(path) for path in sorted(paths))


def require_unchanged(expected: Mapping[str, str]) -> None:
    """Raise an error if a file is not the one that was checked.

    Raises
    ------
    ChangedFileError
        Naming every such file.
    """
    found = changes(expected)
    if found:
        raise ChangedFileError("\n".join(found))


def require_as_made(expected: Mapping[str, str]) -> None:
    """Raise an error if a result is not what the step that made it wrote.

    Raises
    ------
    ChangedFileError
        Naming every such file.
    """
    found = _shortened(
        f"{path}: changed since it was made. Results are not to be edited: delete the file and run "
        "again, and it is made again."
        for path, digest in sorted(expected.items())
        if sha256(path) != digest
    )
    if found:
        raise ChangedFileError("\n".join(found))


def named_in(records: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """SHA-256 by path of the rows that name a raw file (`path`) and its checksum (`sha256`)."""
    return {
        str(row["path"]): str(row["sha256"]) for row in records if "path" in row and "sha256" in row
    }


def _shortened(changes: Iterable[str | None]) -> list[str]:
    found = [words for words in changes if words]
    more = len(found) - _MOST
    return found if more <= 1 else [*found[:_MOST], f"The same applies to {more} more files."]


def _absence(path: str) -> str | None:
    try:
        Path(path).stat()
    except OSError as error:
        return _gone(path, error)
    return None


def _gone(path: str, error: OSError) -> str:
    return f"{path}: existed when the run began and cannot be read now ({error.strerror})."


def _change(path: str, digest: str) -> str | None:
    try:
        now = sha256(path)
    except OSError as error:
        return _gone(path, error)
    if now != digest:
        return f"{path}: changed during the run; make sure nothing is writing to it, then restart."
    return None
