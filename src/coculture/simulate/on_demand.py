"""The study of a config's key `simulate:`, written before anything reads it.

It is made again only if the design, the seed, the simulator or one of its files has changed.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from coculture.running import fingerprint
from coculture.running.code_files import PACKAGE
from coculture.simulate.designs.registry import DESIGNS
from coculture.simulate.writing import NotSimulatedError, write

RECORD = "made_from.json"
"""The file that says what the study was made from, and the checksum of each of its files."""


@dataclass(frozen=True)
class Request:
    """What is to be simulated: a design by its name, a seed, and sizes (None: the design's own)."""

    design: str
    seed: int
    experiments: int | None = None
    wells: int | None = None
    events: int | None = None

    @classmethod
    def from_config(cls, section: Mapping[str, Any]) -> "Request":
        """Read the config's section `simulate`."""
        sizes = {name: section.get(name) for name in ("experiments", "wells", "events")}
        return cls(section["design"], section["seed"], **sizes)

    def write(self, folder: Path, config: Path | None = None) -> None:
        """Write the study into `folder`, and its config.

        Raises
        ------
        NotSimulatedError
            If `folder` holds a study that was not simulated.
        """
        design = DESIGNS[self.design].of_size(self.experiments, self.wells, self.events)
        write(folder, self.seed, design, config)

    @property
    def made_from(self) -> str:
        """The fingerprint of the design, the seed and the simulator."""
        design = DESIGNS[self.design].of_size(self.experiments, self.wells, self.events)
        return fingerprint.of_texts(repr(design), str(self.seed), _code(), np.__version__)


def ensure(folder: Path, request: Request) -> bool:
    """Write the study into `folder` unless it is there; returns whether it was written.

    Raises
    ------
    NotSimulatedError
        If the folder holds anything that was not written here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone_in(folder):
        record = _record(folder)
        if record is None and any(folder.iterdir()):
            raise NotSimulatedError(
                f"{folder} holds files that were not simulated; name another folder in tables."
            )
        made = {"made_from": request.made_from, "files": _sums(folder)}
        if record == made:
            return False
        # Of an interrupted simulation the record is left, so that its files can be removed.
        (folder / RECORD).write_text("{}", encoding="utf-8")
        for path in folder.iterdir():
            if path.name != RECORD:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        request.write(folder)
        made["files"] = _sums(folder)
        (folder / RECORD).write_text(json.dumps(made, indent=1), encoding="utf-8", newline="\n")
    return True


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Other processes that would write into the folder wait."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a disk without file locks
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _record(folder: Path) -> dict[str, Any] | None:
    """What the folder was made from; None if nothing says so."""
    try:
        found = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _sums(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file but the record."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != RECORD
    }


@cache
def _code() -> str:
    return fingerprint.Code().of_script(PACKAGE / "simulate" / "on_demand.py")
