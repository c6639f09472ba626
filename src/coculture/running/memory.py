"""What is kept from run to run to save time: a JSON file that a run can do without."""

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

Entry = TypeVar("Entry")


def read(path: Path | None, entry: Callable[[Any], Entry]) -> dict[str, Entry]:
    """The entries of the file at `path` by their key, each made by `entry`.

    Empty where there is no file, or where it is damaged: `entry` raises ValueError or TypeError for
    what cannot be one.
    """
    if path is None:
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {key: entry(written) for key, written in entries.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def write(path: Path, entries: Mapping[str, Any]) -> None:
    """Replace the file at `path` as a whole; does nothing where the disk does not allow it."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps(entries), encoding="utf-8")
        unfinished.replace(path)


def remove(path: Path) -> None:
    """Remove the file at `path`; does nothing where the disk does not allow it."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
