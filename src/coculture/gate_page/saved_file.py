"""The gates file that the server writes: two tabs cannot overwrite each other's gates."""

import hashlib
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

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
    fault
        What is wrong with the study with the file that is there, in words; empty if nothing is.
    """

    path: Path
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
        """Its version and what it says; a file that is no YAML says nothing, and has a `reason`."""
        version = self.version
        if version == NONE:
            return {"version": version, "file": {}}
        try:
            content = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        except (ValueError, yaml.YAMLError) as error:
            return {"version": version, "file": {}, "reason": f"{self.path}: {error}"}
        return {"version": version, "file": content if isinstance(content, dict) else {}}

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
