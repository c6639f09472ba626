"""A copy of the checkout, in which the mutants are written."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mutation.mutants import Mutant, mutated
from mutation.reach import noted


def copy_checkout(root: Path, folder: Path) -> Path:
    """The files that git knows or would add, in a folder; beside it what is beside the checkout."""
    listed = [
        "git",
        "-C",
        str(root),
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    copy = folder / "checkout"
    for name in subprocess.run(listed, check=True, capture_output=True).stdout.decode().split("\0"):
        if name and (root / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy / name)
    shared = root.parent / "shared"
    if shared.is_dir():
        (folder / "shared").symlink_to(shared.resolve())
    return copy


def use(copy: Path) -> None:
    """Work in the copy and import the package from it, as every process started from here does."""
    first = [str(copy / "src"), str(copy)]
    os.chdir(copy)
    sys.path[:0] = first
    os.environ["PYTHONPATH"] = os.pathsep.join(first)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


@contextmanager
def written(copy: Path, mutant: Mutant) -> Iterator[None]:
    """The copy with one change."""
    file = copy / mutant.file
    source = file.read_text("utf-8")
    _write(file, mutated(source, mutant))
    try:
        yield
    finally:
        _write(file, source)


@contextmanager
def all_noted(copy: Path, folder: str) -> Iterator[None]:
    """The copy with functions that say that they are reached, below a folder."""
    sources = {file: file.read_text("utf-8") for file in (copy / folder).rglob("*.py")}
    try:
        for file, source in sources.items():
            _write(file, noted(source, file.relative_to(copy).as_posix()))
        yield
    finally:
        for file, source in sources.items():
            _write(file, source)


def _write(file: Path, source: str) -> None:
    # Python takes a compiled file of the same second and length for that of the new text.
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()
    file.write_text(source, "utf-8")
