"""What `make archive` notes beside the config of an archived study.

It lies beside the config, as `mine.archive.yaml` beside `mine.yaml`: where the archive has the
folders that lay outside the study, and the SHA-256 of each raw file. So the config and the tables
stay as they were, and so do the results.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from coculture.exchange import records
from coculture.exchange.problems import Problem
from coculture.study.checksums import Checksums

_SUFFIX = ".archive.yaml"
FOLDERS, RAW_FILES = "folders", "raw_files"


def beside(config: Path) -> Path:
    """The file of the archive, whether or not it is there.

    >>> str(beside(Path("config/mine.yaml")))
    'config/mine.archive.yaml'
    """
    return config.with_name(f"{config.stem}{_SUFFIX}")


@dataclass(frozen=True)
class Archived:
    """Where an archived study has its raw files, and what they are.

    Attributes
    ----------
    config
        The path of the study's config.
    folders
        A folder as the config's `folders_outside` or a table writes it -> the folder that has its
        files here; both absolute, or relative to the config.
    raw_files
        SHA-256 of each raw file by its path relative to the config.
    """

    config: Path
    folders: Mapping[str, str] = field(default_factory=dict)
    raw_files: Mapping[str, str] = field(default_factory=dict)

    def here(self, path: Path) -> Path:
        """Where the file or folder that the study calls `path` is now.

        >>> moved = Archived(Path("config/mine.yaml"), {"/mnt/core": "../outside/1"})
        >>> str(moved.here(Path("/mnt/core/a.fcs"))), str(moved.here(Path("data/b.fcs")))
        ('config/../outside/1/a.fcs', 'data/b.fcs')
        """
        if not self.folders:
            return path
        normal = _normal(path)
        for folder, moved in self.folders.items():
            named = _normal(self.config.parent / folder)
            if normal.is_relative_to(named):
                return self.config.parent / moved / normal.relative_to(named)
        return path

    def sha256(self, path: str | Path) -> str | None:
        """SHA-256 of the raw file at `path` when it was archived; None if it was not."""
        return self._digests().get(_normal(Path(path)))

    def problems(self, used: Iterable[str], checksums: Checksums) -> Iterator[Problem]:
        """Raw files that are not those of the archive."""
        digests = self._digests()
        for path in sorted(set(used)):
            expected = digests.get(_normal(Path(path)))
            if expected is not None and expected != checksums.of(path):
                yield Problem(
                    str(beside(self.config)),
                    f"is not the file that was archived (SHA-256 {expected}, here "
                    f"{checksums.of(path)}). Put the archived file in its place; if another is "
                    f"meant, delete {RAW_FILES} from {beside(self.config).name}.",
                    None,
                    RAW_FILES,
                    path,
                )

    def _digests(self) -> dict[Path, str]:
        folder = self.config.parent
        return {_normal(folder / name): one for name, one in self.raw_files.items()}


def read(config: Path) -> tuple[Archived, list[Problem]]:
    """The record beside a config, and what is wrong with it; nothing is moved without one."""
    place = beside(config)
    if not place.is_file():
        return Archived(config), []
    try:
        content = records.read_yaml(place)
        parts = [content.get(name) or {} for name in (FOLDERS, RAW_FILES)]
        if all(isinstance(text, str) for part in parts for pair in part.items() for text in pair):
            return Archived(config, *parts), []
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError):
        pass
    message = (
        "is not as make archive wrote it; take it from the archive again, or delete it if no "
        "raw file is missing."
    )
    return Archived(config), [Problem(str(place), message)]


def _normal(path: Path) -> Path:
    """An absolute path without "..": links are not followed, as paths in tables are not."""
    return Path(os.path.abspath(path))  # noqa: PTH100 (resolve() would follow links)
