"""The code of an archived study, which has no git folder: its commit, and every file's SHA-256."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from coculture.exchange.records import read_json
from coculture.running.raw_files import sha256

NAME = "code.json"
"""The file at the top of an archive that has the record."""


@dataclass(frozen=True)
class Commit:
    """The state of the workflow's code.

    Attributes
    ----------
    commit
        None without git.
    uncommitted_changes
        Whether a file differs from it; None without git.
    """

    commit: str | None = None
    uncommitted_changes: bool | None = None


def code_record(commit: Commit, checkout: Path, files: Iterable[str]) -> dict[str, object]:
    """The record of the code in the folder `checkout`.

    Parameters
    ----------
    files
        Paths below `checkout`.
    """
    return {**asdict(commit), "files": {name: sha256(checkout / name) for name in sorted(files)}}


def archived_commit(checkout: Path) -> Commit:
    """The commit that the code of an archive is of; unknown where there is no record of it.

    Code that differs from the record counts as uncommitted changes.
    """
    place = checkout / NAME
    if not place.is_file():
        return Commit()
    try:
        record = read_json(place)
        commit, changed, files = (record[key] for key in ("commit", "uncommitted_changes", "files"))
        is_same = all(sha256(checkout / name) == digest for name, digest in files.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Commit()
    return Commit(commit, changed if is_same or commit is None else True)
