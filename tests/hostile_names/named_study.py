"""A study in which every name that a person chooses can be any text."""

import csv
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar


@dataclass(frozen=True)
class NamedStudy(ABC):
    """A small study.

    Attributes
    ----------
    names
        Names in place of those of `NAMES`.
    """

    NAMES: ClassVar[Mapping[str, str]]
    """What a person names, and what the study calls it where a test says nothing else."""

    IN_TABLES: ClassVar[Mapping[str, tuple[str, ...]]]
    """Where names are in the results: pattern of the path, a space, column -> names."""
    ON_PAGE: ClassVar[tuple[str, ...]]
    """The names that are on report.html."""

    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def called(self) -> Mapping[str, str]:
        """What everything is called."""
        return {**self.NAMES, **self.names}

    @abstractmethod
    def write(self, folder: Path) -> Path:
        """Write it into a new folder; returns its config."""


def write_table(path: Path, rows: list[list[str]]) -> None:
    """Half of a character, which no UTF-8 has, is written as other programs write it."""
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        csv.writer(file).writerows(rows)
