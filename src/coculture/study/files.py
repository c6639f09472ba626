"""The raw files that the tables name: where they are, and whether they can be read."""

import os
import re
from difflib import get_close_matches
from pathlib import Path

from coculture.exchange.unicode_forms import difference, on_disk, twins_of

_NOT_HANDED_ON = re.compile(r"[{}<>\x00-\x1f\x7f]")
"""Snakemake gives braces and angle brackets in a path a meaning; a line break ends a path."""


def usable(path: Path) -> str:
    """`path` as commands started here can use it: relative below this folder, else absolute."""
    absolute = os.path.abspath(on_disk(path))  # noqa: PTH100 (resolve() would follow links)
    here = os.getcwd()  # noqa: PTH109
    return os.path.relpath(absolute, here) if absolute.startswith(here + os.sep) else absolute


def fault(path: Path, allowed: tuple[Path, ...]) -> str | None:
    """Why the file at `path` cannot be used, or None if it can be used.

    A file must be in one of the `allowed` folders (the table's own folder and those of the config's
    `folders_outside`), also after symbolic links are followed.
    """
    try:
        return _fault(path, allowed)
    except (OSError, RuntimeError, ValueError) as error:
        return f"cannot be found ({error})."


def _fault(path: Path, allowed: tuple[Path, ...]) -> str | None:
    mark = _NOT_HANDED_ON.search(str(path))
    if mark:
        named = mark[0] if mark[0].isprintable() else f"character {mark[0]!r}"
        return (
            f"the name of the file or of a folder above it contains {named}, which the workflow "
            "cannot handle; rename it."
        )
    if not any(path.resolve().is_relative_to(folder.resolve()) for folder in allowed):
        return (
            "is outside the table's folder; move it there, or list its folder under "
            "folders_outside: in the config."
        )
    if path.is_symlink() and not path.exists():
        return f"is a link to {path.readlink()}, which does not exist."
    if not path.exists():
        return f"there is no such file in {usable(path.parent)}.{_alike(path)}"
    twins = () if path.name.isascii() else twins_of(path)
    if len(twins) > 1:
        return (
            f"its folder has {len(twins)} names that look the same, with "
            f"{difference(*twins[:2])}. Rename or remove one."
        )
    if not path.is_file():
        return "is a folder, not a file." if path.is_dir() else "is not a regular file."
    if not os.access(path, os.R_OK):
        return "cannot be read: you lack permission."
    return None


def _alike(path: Path) -> str:
    if "\\" in path.name:
        return " Write / between folders, not \\."
    if not path.parent.is_dir():
        return " The folder does not exist either."
    by_lower = {one.name.lower(): one.name for one in path.parent.iterdir()}
    close = get_close_matches(path.name.lower(), sorted(by_lower), n=2, cutoff=0.8)
    close = [by_lower[one] for one in close]
    return f" Did you mean {' or '.join(close)}?" if close else ""
