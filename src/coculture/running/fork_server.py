"""A process that imports what steps need once, and forks a process for each step.

`python -m coculture.running.fork_server FD` serves the socket FD. For each step it receives the end
of a pipe; the task comes through it, and the outcome goes back. Whoever holds the other end of the
pipe can end the step by closing it: so no step outlives the run that asked for it, however that
ended.

To start Python and import the scientific packages costs 2 to 4 seconds of processor time, and a
fork 0.01.
"""

import contextlib
import importlib.util
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Set
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from coculture.running import work
from coculture.running.step import Main

_Pipe: TypeAlias = "Connection[work.Outcome, work.Task]"

_SHARED = {"numpy", "scipy", "matplotlib", "PIL"}
"""Packages of which many steps import the same parts when they first use them."""


def serve(control: socket.socket) -> None:
    """Fork a process for each step that is asked for, until the other side has gone."""
    imported, noted = os.pipe()
    os.set_blocking(imported, False)
    while True:
        asked, ends, _, _ = socket.recv_fds(control, 1, 1)
        _clear_away(0 if not asked else os.WNOHANG)
        if not asked:
            return
        connection: _Pipe = Connection(ends[0])
        try:
            task = connection.recv()
        except EOFError:
            connection.close()
            continue
        _import_once(imported)
        failure = _imported(task.step.script)
        if os.fork() == 0:
            control.close()
            _work(connection, task, failure, noted)
        connection.close()


def _clear_away(option: int) -> None:
    """Remove finished processes from the system's table; with 0, wait for all to finish."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, option)[0]:
            pass


def _import_once(imported: int) -> None:
    """Import here what finished steps imported for themselves, so that the next ones need not."""
    with contextlib.suppress(BlockingIOError):
        for name in os.read(imported, select.PIPE_BUF * 16).decode().split():
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def _note_imports(noted: int, before: Set[str]) -> None:
    """Name to the common process the modules that this one has imported since `before`."""
    new = [name for name in sys.modules if name not in before]
    names = [name for name in new if name.count(".") < 2 and name.split(".")[0] in _SHARED]
    text = "".join(f"{name}\n" for name in names)
    # In one piece, so that it is not mixed with that of another step.
    whole, _, _ = text[: select.PIPE_BUF].rpartition("\n")
    with contextlib.suppress(BlockingIOError):
        os.write(noted, f"{whole}\n".encode()[: select.PIPE_BUF])


def _imported(script: Path) -> BaseException | None:
    """Import a script before the fork, so that this is done once; returns what that raised."""
    try:
        _main(script)
    except BaseException as error:
        return error
    return None


@cache
def _main(script: Path) -> Main:
    """`main` of the file `script`."""
    found = importlib.util.spec_from_file_location(script.stem, script)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    main: Main = module.main
    return main


def _work(
    connection: _Pipe, task: work.Task, failure: BaseException | None, noted: int
) -> NoReturn:
    """Do one step in this process, and end it."""
    before = set(sys.modules)
    for limit in (signal.SIGTERM, signal.SIGXCPU):
        signal.signal(limit, work.end)
    threading.Thread(target=_end_with, args=[connection], daemon=True).start()

    def main(*files_and_parameters: Any) -> None:
        if failure is not None:
            raise failure
        _main(task.step.script)(*files_and_parameters)

    try:
        outcome = work.do(task, main)
        _note_imports(noted, before)
        connection.send(outcome)
        sys.stdout.flush()
    finally:
        os._exit(0)


def _end_with(connection: _Pipe) -> None:
    """End this process as soon as nobody waits for its outcome."""
    connection.poll(None)
    os._exit(1)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
