"""Serving the gate page of a study: which pages, which gates file, and what a run is."""

import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from coculture import study
from coculture.exchange.make_command import make_command
from coculture.exchange.problems import CocultureError
from coculture.gate_page.page import MAIN
from coculture.gate_page.saved_file import SavedFile
from coculture.gate_page.server import GateServer
from coculture.gate_page.study_run import StudyRun
from coculture.study import configuration, gates_file


class NothingToServeError(CocultureError):
    """The study has no gate page."""


def server_of(
    config: Path,
    results: Path = Path("results"),
    command: Sequence[str] | None = None,
    port: int = 0,
) -> GateServer:
    """The server of a study that was run.

    Parameters
    ----------
    config
        The study's config.
    results
        The folder with the results of all studies.
    command
        What runs the study; None: Snakemake, as `make run` does.
    port
        0 takes a free one.

    Raises
    ------
    StudyError
        If the study has problems.
    NothingToServeError
        If it was not run, or the port is taken.
    """
    found = study.load(config, with_events=False)
    folder = results / found.name
    if not (folder / MAIN).is_file():
        raise NothingToServeError(
            f"{folder / MAIN} is not there. Run {make_command('run', config)} first; a study "
            "without FCS files has no gates."
        )
    file = SavedFile(
        found.gates_file or gates_file.beside(found.path),
        read=lambda: _content(config),
        fault=lambda: _fault(config),
    )
    names = [MAIN, *sorted(path.name for path in folder.glob("gates-*.html"))]
    run = StudyRun(command or _snakemake(config))
    try:
        return GateServer(folder, names, file, run, port)
    except OSError as error:
        raise NothingToServeError(f"Port {port} cannot be used: {error.strerror}.") from error


def until_interrupted(server: GateServer) -> None:
    """Serve until Ctrl-C, or until the process is asked to end; then end a run that goes on."""

    def ended(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, ended)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        server.run.stop()


def _content(config: Path) -> Mapping[str, Any]:
    """What the gates file says now."""
    read = gates_file.read(config, configuration.read(config)[0])
    if read.problems:
        raise study.StudyError(read.problems)
    return read.content.as_mapping() if read.content else {}


def _fault(config: Path) -> str:
    """What is wrong with the study as its files are now; empty if nothing is."""
    try:
        study.load(config, with_events=False)
    except study.StudyError as error:
        return str(error)
    return ""


def _snakemake(config: Path) -> list[str]:
    return [sys.executable, "-m", "snakemake", "--configfile", str(config), "--cores", "all"]
