"""Which code made the results: this workflow and its commit, Python, and every package."""

import platform
import re
import subprocess
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from coculture.exchange.records import write_json
from coculture.provenance.archived_code import Commit, archived_commit
from coculture.running.raw_files import sha256

_CHECKOUT = Path(__file__).parents[3]


def commit_of(checkout: Path = _CHECKOUT) -> Commit:
    """The commit that is checked out in the folder `checkout`, or that an archive was made from."""
    if not (checkout / ".git").exists():
        return archived_commit(checkout)
    commit = _git(checkout, "rev-parse", "HEAD")
    changed = _git(checkout, "status", "--porcelain", "--untracked-files=no") if commit else None
    return Commit(commit, None if changed is None else bool(changed))


def software(lock: str | Path, commit: Commit) -> dict[str, Any]:
    """Versions of the workflow, of Python and of every package that `lock` names.

    Parameters
    ----------
    lock
        The hashed list of packages, as pip reads it.
    commit
        The code as it was when the run began.

    Returns
    -------
    dict
        `workflow` (version, commit, uncommitted_changes), `python`, `lock_sha256`, and `packages`:
        version by name, None for one that this system does not need.
    """
    names = re.findall(
        r"^([A-Za-z0-9._-]+)==", Path(lock).read_text(encoding="utf-8"), re.MULTILINE
    )
    return {
        "workflow": {"version": version("coculture"), **asdict(commit)},
        "python": platform.python_version(),
        "lock_sha256": sha256(lock),
        "packages": {name: _version(name) for name in names},
    }


def write_software(lock: str | Path, commit: Commit, to: str | Path) -> None:
    """Write what `software` finds as JSON to the file `to`."""
    write_json(software(lock, commit), to)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _git(checkout: Path, *words: str) -> str | None:
    """What git answers; None where there is no git, or it refuses."""
    command = ["git", "-C", str(checkout), *words]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
