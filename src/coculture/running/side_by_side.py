"""Independent parts of one step, done side by side in processes that are forked from it.

The results are those of one process, in the same order, whatever the number of processes.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Sequence
from itertools import pairwise
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NoReturn, TypeAlias, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
_Pipe: TypeAlias = "Connection[Any, Any]"


FILES_OF_A_PROCESS = 96
"""A plate of a cytometer; to start a process for less takes longer than it saves."""
MOST_PROCESSES = 8
"""More wait for the disk."""


def processes(files: int) -> int:
    """How many processes share so many files.

    >>> processes(0), processes(96), processes(97), processes(10_000)
    (1, 1, 2, 8)
    """
    return max(1, min(MOST_PROCESSES, -(-files // FILES_OF_A_PROCESS)))


def each(work: Callable[[Item], Result], items: Sequence[Item], processes: int = 1) -> list[Result]:
    """`work` of each item, in the order of the items.

    Parameters
    ----------
    work
        Its results can be pickled.
    processes
        How many work at a time; each takes a run of successive items.

    Raises
    ------
    MemoryError
        If the system ended a process; nearly always for its memory.
    """
    shares = _shares(items, processes)
    # This process does the first share itself.
    others: list[tuple[int, _Pipe, Sequence[Item]]] = []
    try:
        for share in shares[1:]:
            others.append((*_forked(work, share, [pipe for _, pipe, _ in others]), share))
        results = [work(item) for item in shares[0]] if shares else []
        for _, pipe, share in others:
            results += _received(pipe, work, share)
    finally:
        # A process whose pipe closes ends itself.
        for _, pipe, _ in others:
            pipe.close()
        for process, _, _ in others:
            os.waitpid(process, 0)
    return results


def _shares(items: Sequence[Item], parts: int) -> list[Sequence[Item]]:
    """At most so many runs of successive items, of about the same length, none empty."""
    parts = max(1, min(parts, len(items)))
    ends = [len(items) * part // parts for part in range(parts + 1)]
    return [items[begin:end] for begin, end in pairwise(ends) if end > begin]


def _forked(
    work: Callable[[Item], Result], share: Sequence[Item], pipes: Sequence[_Pipe]
) -> tuple[int, _Pipe]:
    """A process that does its share, and the pipe through which the results come."""
    ours, theirs = Pipe()
    # What is in the buffers would be written twice.
    sys.stdout.flush()
    sys.stderr.flush()
    process = os.fork()
    if process == 0:
        # Or the other processes would not see that this step has ended.
        for pipe in (*pipes, ours):
            pipe.close()
        _work(work, share, theirs)
    theirs.close()
    return process, ours


def _work(work: Callable[[Item], Result], share: Sequence[Item], pipe: _Pipe) -> NoReturn:
    """Do a share in this process, and end it; None goes back where something fails."""
    threading.Thread(target=_end_with, args=[pipe], daemon=True).start()
    done: list[Result] | None = None
    try:
        with contextlib.suppress(Exception):
            done = [work(item) for item in share]
        sys.stdout.flush()
        pipe.send(done)
    finally:
        os._exit(0)


def _end_with(pipe: _Pipe) -> None:
    """End this process as soon as nobody waits for its results."""
    pipe.poll(None)
    os._exit(1)


def _received(pipe: _Pipe, work: Callable[[Item], Result], share: Sequence[Item]) -> list[Result]:
    try:
        done = pipe.recv()
    except (EOFError, ConnectionError):
        raise MemoryError from None
    # What fails is done again here, so that the error is that of one process.
    return [work(item) for item in share] if done is None else done
