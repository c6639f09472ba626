"""Doing one step in a process of its own: its output is logged, its errors are readable."""

import contextlib
import errno
import os
import resource
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NoReturn

from coculture.exchange.problems import CocultureError
from coculture.running import disk, raw_files
from coculture.running.step import Files, Main, Paths, Step, flat

_BYTES = 1 if sys.platform == "darwin" else 1024
"""The unit in which the system gives the peak memory of a process."""


class EndedError(CocultureError):
    """The system asked the process of a step to end."""


def end(*_: object) -> NoReturn:
    """Handle the signal with which a time limit of a cluster or of this system begins.

    Raises
    ------
    EndedError
        In the step that is at work.
    """
    raise EndedError(
        "this step reached its time limit or was cancelled. Ask for more time, or run again."
    )


@dataclass(frozen=True)
class Task:
    """A step with its files.

    Attributes
    ----------
    inputs, outputs
        Paths by name.
    log
        Where everything goes that the step prints.
    made
        SHA-256 by path of those inputs that are results of other steps, as they were made.
    threads
        How many processors the step may use; its script has it among the parameters.
    """

    step: Step
    inputs: Mapping[str, Paths]
    outputs: Mapping[str, Paths]
    log: str
    made: Mapping[str, str]
    threads: int = 1

    @property
    def given(self) -> SimpleNamespace:
        """What the script gets besides files."""
        return SimpleNamespace(**self.step.parameters, threads=self.threads)


@dataclass(frozen=True)
class Outcome:
    """How a step ended.

    Attributes
    ----------
    made
        SHA-256 of each output by its path; empty if the step failed.
    seconds, cpu_seconds
        From its begin to its end; the processor time of its processes.
    peak_memory_mb
        The largest memory that one of its processes had, in 10^6 bytes.
    failure
        Why it failed, in words for the user; empty if it ended well.
    """

    made: Mapping[str, str]
    seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    failure: str = ""


def do(task: Task, main: Main) -> Outcome:
    """Run `main` of the task's script in this process, which is the step's own.

    Output goes to the log, and so does the traceback of an error that nobody expects.
    """
    began = time.monotonic()
    raw = _raw_files(task.step.parameters)
    made, failure = {}, ""
    try:
        _log_to(task.log)
        raw_files.require_as_made(task.made)
        main(Files(**task.inputs), Files(**task.outputs), task.given)
        raw_files.require_unchanged(raw)
        made = {path: raw_files.sha256(path) for path in flat(task.outputs)}
    except BaseException as error:
        known = "\n".join(raw_files.changes(raw)) or _expected(error, task)
        failure = known or _unexpected(error, task)
        if not known:
            # The disk of the log may be full.
            with contextlib.suppress(OSError):
                traceback.print_exception(error)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Outcome(
        made=made,
        seconds=time.monotonic() - began,
        cpu_seconds=sum(one.ru_utime + one.ru_stime for one in used),
        peak_memory_mb=max(one.ru_maxrss for one in used) * _BYTES / 1e6,
        failure=failure,
    )


def _log_to(path: str) -> None:
    """Write to the file at `path` whatever this process prints, and the programs it starts."""
    log = open(path, "w", buffering=1, encoding="utf-8")  # noqa: PTH123, SIM115
    sys.stdout = sys.stderr = log
    os.dup2(log.fileno(), 1)
    os.dup2(log.fileno(), 2)


def _expected(error: BaseException, task: Task) -> str:
    """`error` as a sentence for the user; empty if it is none that has to be expected."""
    if isinstance(error, OSError) and disk.explain(error):
        return disk.sentence(error, flat(task.outputs)[0])
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return "this step needs more memory than is free. Close other programs and run again."
    return str(error) if isinstance(error, CocultureError) else ""


def _unexpected(error: BaseException, task: Task) -> str:
    # Also for an error that cannot be put into words itself.
    words = " ".join(traceback.format_exception_only(error)).strip()
    return f"Unexpected error ({words}). Please report it with the log {task.log}."


def _raw_files(parameters: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 by path of every raw file that a step's parameters name."""
    tables = [value for value in parameters.values() if isinstance(value, list)]
    return raw_files.named_in(row for rows in tables for row in rows if isinstance(row, dict))
