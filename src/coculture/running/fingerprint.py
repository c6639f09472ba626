"""Fingerprints of code: a result is made again when the code that makes it has changed.

The fingerprint of a script covers its own syntax tree and those of all modules of this package that
it imports, directly or indirectly. Comments, line breaks and file dates do not matter, and neither
does code that the script does not import.
"""

import ast
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coculture.running import memory
from coculture.running.code_files import PACKAGE

_PYTHON = sys.version.encode()
"""Another Python may give another syntax tree."""


@dataclass(frozen=True)
class _Source:
    """A file of code: the hash of its syntax tree, and all names in it that may be modules."""

    tree: str
    imports: tuple[str, ...]


class Code:
    """Fingerprints of scripts.

    Parameters
    ----------
    remembered
        A JSON file in which is kept, from run to run, what was found in each source text: to parse
        all of them takes longer than to import them. None remembers nothing.
    """

    def __init__(self, remembered: Path | None = None) -> None:
        self._file = remembered
        self._known = memory.read(remembered, _entry)
        self._used: dict[str, _Source] = {}
        self._sources: dict[Path, _Source] = {}
        self._modules = {_name(path): path for path in PACKAGE.rglob("*.py")}

    def of_script(self, path: str | Path) -> str:
        """Fingerprint of the script at `path` and of every module of the package it reaches."""
        reached: dict[Path, _Source] = {}
        waiting = [Path(path)]
        while waiting:
            source = waiting.pop()
            if source not in reached:
                reached[source] = self._source(source)
                waiting.extend(
                    self._modules[name] for name in reached[source].imports if name in self._modules
                )
        own = reached.pop(Path(path))
        modules = (f"{file.name} {reached[file].tree}" for file in sorted(reached))
        return of_texts(own.tree, *modules)

    def of_scripts(self, folder: str | Path) -> dict[str, str]:
        """Fingerprint of each script in `folder`, by its name without .py."""
        found = {
            script.stem: self.of_script(script) for script in sorted(Path(folder).glob("*.py"))
        }
        self._save()
        return found

    def _source(self, path: Path) -> _Source:
        if path not in self._sources:
            text = path.read_bytes()
            # The name of a module's package decides what its relative imports mean.
            key = hashlib.sha256(_PYTHON + text + bytes(path.parent)).hexdigest()
            self._used[key] = self._sources[path] = self._known.get(key) or _parsed(text, path)
        return self._sources[path]

    def _save(self) -> None:
        if self._file is None or self._used.keys() == self._known.keys():
            return
        entries = {key: [source.tree, source.imports] for key, source in self._used.items()}
        memory.write(self._file, entries)


def of_file(path: str | Path) -> str:
    """Fingerprint of a file's bytes, such as a lock file or a template."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]


def of_folder(path: str | Path) -> str:
    """Fingerprint of the names and bytes of the files in a folder."""
    files = sorted(Path(path).iterdir())
    return of_texts(*(f"{file.name} {of_file(file)}" for file in files))


def of_table(table: pd.DataFrame) -> str:
    """Fingerprint of every value of a table and of its headings."""
    return of_texts(table.to_csv(index=False))


def of_texts(*texts: str) -> str:
    """Fingerprint of texts in their order."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _entry(written: tuple[str, list[str]]) -> _Source:
    tree, imports = written
    return _Source(tree, tuple(imports))


def _parsed(text: bytes, path: Path) -> _Source:
    tree = ast.parse(text)
    names = (name.split(".") for name in _imported(tree, path))
    # To import a module runs the __init__ of every package on the way to it.
    imports = {
        ".".join(parts[:length])
        for parts in names
        if parts[0] == PACKAGE.name
        for length in range(1, len(parts) + 1)
    }
    return _Source(of_texts(ast.dump(tree)), tuple(sorted(imports)))


def _imported(tree: ast.Module, source: Path) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, source)
            yield base
            for alias in node.names:
                yield f"{base}.{alias.name}"


def _name(path: Path) -> str:
    """The dotted name of a module of this package; that of a package for its __init__."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _absolute(node: ast.ImportFrom, source: Path) -> str:
    if node.level == 0:
        return node.module or ""
    folder = source.parents[node.level - 1].relative_to(PACKAGE.parent)
    return ".".join([*folder.parts, *([node.module] if node.module else [])])
