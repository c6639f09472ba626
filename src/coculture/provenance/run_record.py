"""One run: when, where, by whom, with which command. The only record that differs between runs."""

import getpass
import json
import platform
import socket
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path

from coculture.provenance.archived_code import Commit
from coculture.provenance.software import commit_of


@dataclass(frozen=True)
class RunRecord:
    """When, where, by whom and how a run was made.

    Attributes
    ----------
    started, ended
        ISO 8601, in UTC; `ended` is empty while the run goes on.
    command
        The words of the command line.
    commit
        The workflow's code when the run began.
    """

    started: str
    ended: str
    user: str
    host: str
    folder: str
    system: str
    cores: int
    command: tuple[str, ...]
    commit: Commit


def started(command: Sequence[str]) -> str:
    """A run that begins now, as JSON for `read_run`."""
    record = RunRecord(
        started=_now(),
        ended="",
        user=_user(),
        host=socket.gethostname(),
        folder=str(Path.cwd()),
        system=platform.platform(),
        cores=cpu_count() or 1,
        command=tuple(command),
        commit=commit_of(),
    )
    return _json(record)


def read_run(text: str) -> RunRecord:
    """The record that `started` or `finished` wrote."""
    fields = json.loads(text)
    return RunRecord(
        **{
            **fields,
            "command": tuple(fields["command"]),
            "commit": Commit(**fields["commit"]),
        }
    )


def finished(text: str) -> str:
    """The record in `text`, ended now."""
    return _json(replace(read_run(text), ended=_now()))


def _json(record: RunRecord) -> str:
    return json.dumps(asdict(record), indent=2, ensure_ascii=False) + "\n"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
