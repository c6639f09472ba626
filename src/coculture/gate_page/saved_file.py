"""The gates file that the server writes: two tabs cannot overwrite each other's gates."""

import hashlib
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coculture.exchange.problems import CocultureError

NONE = "none"
"""Version of a file that is not there."""
CHANGED = (
    "{name} was changed since this page was opened, in another tab or by another program. Nothing "
    "was saved. Reload the page to see it, and move the gates again."
)


@dataclass(frozen=True)
class SavedFile:
    """One gates file.

    Attributes
    ----------
    path
        Where it is, or will be.
    read
        What the file that is there says, as a mapping for JSON; raises CocultureError if it has a
        fault of its own.
    fault
        What is wrong with the study with the file that is there, in words; empty if nothing is.
    """

    path: Path
    read: Callable[[], Mapping[str, Any]]
    fault: Callable[[], str]
    _writing: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def version(self) -> str:
        """Changes with its content."""
        try:
            return hashlib.sha256(self.path.read_bytes()).hexdigest()
        except FileNotFoundError:
            return NONE

    def state(self) -> Mapping[str, Any]:
        """Its version and what it says; of a file with a fault, the `reason` why nothing."""
        version = self.version
        if version == NONE:
            return {"version": version, "file": {}}
        try:
            return {"version": version, "file": self.read()}
        except CocultureError as error:
            return {"version": version, "file": {}, "reason": f"{error}"}

    def save(self, version: str, text: str) -> str | None:
        """Write the file; returns why it was not written, or None.

        The study is checked with the new file. If it has a fault the old file is put back.
        """
        with self._writing:
            if version != self.version:
                return CHANGED.format(name=self.path.name)
            before = self.path.read_bytes() if self.path.exists() else None
            try:
                self._write(text.encode())
            except UnicodeEncodeError:
                return f"{self.path.name} was not written: half of a character is no text."
            except OSError as error:
                return f"{self.path} cannot be written: {error.strerror or error}."
            refused = "it was not checked"
            try:
                refused = self.fault()
            finally:
                if refused and before is None:
                    self.path.unlink()
                elif refused and before is not None:
                    self._write(before)
            return refused or None

    def _write(self, content: bytes) -> None:
        """Write it whole or not at all."""
        beside = self.path.with_name(f".{self.path.name}.new")
        beside.write_bytes(content)
        os.replace(beside, self.path)  # noqa: PTH105
