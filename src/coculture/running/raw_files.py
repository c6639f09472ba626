"""Raw files are what they were when the study was checked, or the run says which are not."""

from collections.abc import Iterable, Mapping
from hashlib import file_digest
from pathlib import Path

from coculture.exchange.problems import CocultureError

_MOST = 3
"""So many files are named one by one."""


class ChangedFileError(CocultureError):
    """A raw file changed or vanished after the study was checked."""


def sha256(path: str | Path) -> str:
    """SHA-256 of the file at `path`, in hexadecimal."""
    with Path(path).open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def changes(expected: Mapping[str, str]) -> list[str]:
    """What became of the files whose SHA-256 is no longer the expected one, in words.

    Parameters
    ----------
    expected
        SHA-256 in hexadecimal by path.
    """
    return _told(_change(path, digest) for path, digest in sorted(expected.items()))


def vanished(paths: Iterable[str]) -> list[str]:
    """What became of the files that are there no longer, in words."""
    return _told(_absence(path) for path in sorted(paths))


def require_unchanged(expected: Mapping[str, str]) -> None:
    """Stop where a file is not the one that was checked.

    Raises
    ------
    ChangedFileError
        Naming every such file.
    """
    found = changes(expected)
    if found:
        raise ChangedFileError("\n".join(found))


def named_in(records: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """SHA-256 by path of the rows that name a raw file (`path`) and its checksum (`sha256`)."""
    return {
        str(row["path"]): str(row["sha256"]) for row in records if "path" in row and "sha256" in row
    }


def _told(changes: Iterable[str | None]) -> list[str]:
    found = [words for words in changes if words]
    more = len(found) - _MOST
    return found if more <= 1 else [*found[:_MOST], f"So it is with {more} more raw files."]


def _absence(path: str) -> str | None:
    try:
        Path(path).stat()
    except OSError as error:
        return _gone(path, error)
    return None


def _gone(path: str, error: OSError) -> str:
    return f"{path}: was there when the run began and cannot be read now ({error.strerror})."


def _change(path: str, digest: str) -> str | None:
    try:
        now = sha256(path)
    except OSError as error:
        return _gone(path, error)
    if now != digest:
        return f"{path}: changed while the run was going on; start again when nobody writes to it."
    return None
