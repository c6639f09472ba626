"""Fingerprints of code: a result is made again when the code that makes it has changed.

The fingerprint of a script covers its own syntax tree and those of all modules of this package that
it imports, directly or indirectly. Comments, line breaks and file dates do not matter, and neither
does code that the script does not import.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def of_script(path: str | Path) -> str:
    """Fingerprint of the script at `path` and of every module of the package it reaches."""
    reached: dict[Path, str] = {}
    waiting = [Path(path)]
    while waiting:
        source = waiting.pop()
        if source not in reached:
            tree, imports = _parsed(source)
            reached[source] = tree
            waiting.extend(imports)
    own = reached.pop(Path(path))
    return _hash(own, *(f"{source.name} {reached[source]}" for source in sorted(reached)))


def of_scripts(folder: str | Path) -> dict[str, str]:
    """Fingerprint of each script in `folder`, by its name without .py."""
    return {script.stem: of_script(script) for script in sorted(Path(folder).glob("*.py"))}


def of_file(path: str | Path) -> str:
    """Fingerprint of a file's bytes, such as a lock file or a template."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]


@cache
def _parsed(source: Path) -> tuple[str, tuple[Path, ...]]:
    tree = ast.parse(source.read_bytes())
    return ast.dump(tree), tuple(_imported_files(tree, source))


def _imported_files(tree: ast.Module, source: Path) -> Iterator[Path]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, source)
            yield from _files(base)
            for alias in node.names:
                yield from _files(f"{base}.{alias.name}")


def _absolute(node: ast.ImportFrom, source: Path) -> str:
    if node.level == 0:
        return node.module or ""
    folder = source.parents[node.level - 1].relative_to(_PACKAGE.parent)
    return ".".join([*folder.parts, *([node.module] if node.module else [])])


def _files(module: str) -> Iterator[Path]:
    """The file of `module`, and the __init__ of every package on the way to it."""
    parts = module.split(".")
    if parts[0] != _PACKAGE.name:
        return
    for length in range(1, len(parts) + 1):
        place = _PACKAGE.joinpath(*parts[1:length])
        for candidate in (place / "__init__.py", place.with_suffix(".py")):
            if candidate.is_file():
                yield candidate


def _hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
