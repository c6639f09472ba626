"""SHA-256 of raw files; those of files that have not changed can be remembered between runs."""

import time
from pathlib import Path

from coculture.running import memory, raw_files

_TOO_RECENT_NS = 2_000_000_000
"""A file that changed this short a time before it was hashed may change again without a new date:
some file systems note dates in steps of two seconds. It is hashed again in the next run."""


class Checksums:
    """SHA-256 of raw files, each computed once.

    Parameters
    ----------
    remembered
        A JSON file with those of earlier runs. One is used again if size, both dates, inode and
        device of its file are what they were; the steps that read a file always compute it.
        None remembers nothing.
    """

    def __init__(self, remembered: Path | None = None) -> None:
        self._file = remembered and remembered.absolute()
        self._known = memory.read(remembered, _entry)
        self._used: dict[str, tuple[raw_files.Seen, str]] = {}
        self._computed: dict[str, str] = {}

    def of(self, path: str) -> str:
        """SHA-256 of the file at `path`, in hexadecimal."""
        if path not in self._computed:
            self._computed[path] = self._remembered(path) or self._new(path)
        return self._computed[path]

    def save(self) -> None:
        """Remember what was asked for, for the next run; does nothing where that is impossible."""
        if self._file is None or self._used == self._known:
            return
        memory.write(self._file, self._used)

    def beside(self, name: str) -> Path | None:
        """A file in which something else is remembered; None if nothing is to be."""
        return self._file and self._file.with_name(f"{self._file.stem}.{name}.json")

    def forget(self) -> None:
        """Remember nothing: a run failed, and what was remembered may be why."""
        if self._file is not None:
            memory.remove(self._file)

    def _remembered(self, path: str) -> str | None:
        if path not in self._known:
            return None
        seen, digest = self._known[path]
        if seen != raw_files.seen(path):
            return None
        self._used[path] = (seen, digest)
        return digest

    def _new(self, path: str) -> str:
        before, began = raw_files.seen(path), time.time_ns()
        digest = raw_files.sha256(path)
        if before == raw_files.seen(path) and max(before[1], before[2]) < began - _TOO_RECENT_NS:
            self._used[path] = (before, digest)
        return digest


def _entry(written: tuple[list[int], str]) -> tuple[raw_files.Seen, str]:
    seen, digest = written
    size, changed, entry_changed, inode, device = map(int, seen)
    return (size, changed, entry_changed, inode, device), str(digest)
