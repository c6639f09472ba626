"""The results of one run, as far as two runs are compared; read from its folder alone."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from coculture.exchange import result_tables
from coculture.exchange.problems import CocultureError
from coculture.exchange.records import read_json, read_yaml

TABLES = (
    *("study/files.csv", "study/excluded.csv", "study/values.csv"),
    *("flow/wells.csv", "elisa/wells.csv"),
    *("cultures.csv", "flags.csv", "comparison/findings.csv", "comparison/contrasts.csv"),
)
"""The tables that are compared, by their names in columns.csv."""
_OF_EACH = ("flow/wells.csv", "elisa/wells.csv")
"""Of these each experiment or plate has its own."""
CONFIG, SOFTWARE, GATES = "study/config.yaml", "provenance/software.json", "provenance/gates.yaml"
COLUMNS = "columns.csv"


class NoResultsError(CocultureError):
    """A folder holds no results of a finished run."""


@dataclass(frozen=True)
class RunResults:
    """What is compared of one run.

    Attributes
    ----------
    name
        What the run is called in messages: its folder.
    files
        Paths by name in the results: CONFIG, SOFTWARE, GATES, and every table of `TABLES` that
        there is, which may have several.
    schema_version
        Of its tables.
    """

    name: str
    files: Mapping[str, Sequence[str]]
    schema_version: str

    @classmethod
    def in_folder(cls, folder: str | Path, name: str = "") -> "RunResults":
        """The results in the folder of one study, such as results/example.

        `name` is what they are called in messages, if not by their folder.

        Raises
        ------
        NoResultsError
            If the folder does not hold the results of a finished run.
        """
        place = Path(folder)
        if not place.is_dir():
            raise NoResultsError(f"{folder}: there is no such folder.")
        missing = [name for name in (CONFIG, SOFTWARE, COLUMNS) if not (place / name).is_file()]
        if missing:
            inside = sorted(one.parent.parent.name for one in place.glob(f"*/{CONFIG}"))
            hint = f" Name the folder of one study: {place / inside[0]}." if inside else ""
            raise NoResultsError(
                f"{folder}: this folder has no {missing[0]}, so it does not hold the results of a "
                f"finished run.{hint}"
            )
        try:
            versions = result_tables.read(place / COLUMNS)["schema_version"]
            found = cls(name or str(folder), files_in(place), str(versions.iloc[0]))
            _ = (found.config["study"], found.software["workflow"], found.gates)
        except (KeyError, IndexError, TypeError, ValueError, yaml.YAMLError) as error:
            raise NoResultsError(
                f"{folder}: its record of the run cannot be read, because a file in it was damaged "
                f"or edited ({type(error).__name__}: {error})."
            ) from error
        return found

    def table(self, name: str) -> pd.DataFrame:
        """A table of `TABLES`; without rows and columns if the study does not have it."""
        return result_tables.read_all(self.files.get(name, ()))

    @cached_property
    def config(self) -> dict[str, Any]:
        """The study's config with every default."""
        found: dict[str, Any] = read_yaml(self.files[CONFIG][0])
        return found

    @cached_property
    def software(self) -> dict[str, Any]:
        """The content of provenance/software.json."""
        found: dict[str, Any] = read_json(self.files[SOFTWARE][0])
        return found

    @cached_property
    def gates(self) -> dict[str, Any]:
        """The gates by experiment; empty without flow cytometry."""
        return {
            experiment: content
            for path in self.files.get(GATES, ())
            for experiment, content in (read_yaml(path) or {}).items()
        }

    def digest(self) -> str:
        """SHA-256 of all that is compared, in hexadecimal."""
        whole = hashlib.sha256(self.schema_version.encode())
        for name, paths in sorted(self.files.items()):
            for path in paths:
                whole.update(name.encode() + Path(path).read_bytes())
        return whole.hexdigest()


def files_in(folder: Path) -> dict[str, list[str]]:
    """The files below the folder of a study's results that are compared, by their names."""
    named = ((name, list(_paths(folder, name))) for name in (CONFIG, SOFTWARE, GATES, *TABLES))
    return {name: paths for name, paths in named if paths}


def _paths(folder: Path, name: str) -> Iterator[str]:
    pattern = name.replace("/", "/*/") if name in _OF_EACH else name
    yield from (str(path) for path in sorted(folder.glob(pattern)))
