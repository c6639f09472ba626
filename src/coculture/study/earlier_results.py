"""The earlier results that a config compares with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coculture.differences import NoResultsError, RunResults
from coculture.exchange.problems import Problem
from coculture.study import configuration, files

KEY = "earlier_results"


@dataclass(frozen=True)
class EarlierResults:
    """Results of an earlier run.

    Attributes
    ----------
    name
        The folder as the config writes it.
    folder
        Its path from the current folder.
    """

    name: str
    folder: str

    def digest(self) -> str:
        """SHA-256 of all in it that is compared, in hexadecimal."""
        return RunResults.in_folder(self.folder, self.name).digest()


def read(path: Path, config: Mapping[str, Any]) -> tuple[EarlierResults | None, list[Problem]]:
    """The results that the config at `path` names, if it does, and what is wrong with them."""
    written = config[KEY]
    if not written:
        return None, []
    folder = path.parent / written
    line = configuration.line_of(path, (KEY,))
    if _is_same(folder, Path("results", str(config["study"]))):
        message = (
            "these are the results of this study itself, which the run replaces. Copy the folder "
            "under another name, and name the copy."
        )
        return None, [Problem(str(path), message, line, KEY, written)]
    try:
        RunResults.in_folder(folder, written)
    except NoResultsError as error:
        return None, [Problem(str(path), f"{error}", line, KEY, written)]
    return EarlierResults(written, files.usable(folder)), []


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
