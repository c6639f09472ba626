"""Doing one step in a process of its own: its output is logged, its errors are readable."""

import os
import resource
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from coculture.exchange.problems import CocultureError
from coculture.running import disk, raw_files
from coculture.running.step import Files, Main, Paths, Step, flat

STOPPED = "Stopped: "
"""What the last line of a failed step's log begins with."""

_BYTES = 1 if sys.platform == "darwin" else 1024
"""The unit in which the system gives the peak memory of a process."""


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
    """

    step: Step
    inputs: Mapping[str, Paths]
    outputs: Mapping[str, Paths]
    log: str
    made: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """How a step ended.

    Attributes
    ----------
    made
        SHA-256 of each output by its path; empty if the step failed.
    seconds, cpu_seconds
        From its begin to its end; the processor time of its process.
    peak_memory_mb
        The largest memory that its process had, in 10^6 bytes.
    """

    made: Mapping[str, str]
    seconds: float
    cpu_seconds: float
    peak_memory_mb: float

    @property
    def failed(self) -> bool:
        """Whether the step failed; its log says why."""
        return not self.made


def do(task: Task, main: Main) -> Outcome:
    """Run `main` of the task's script in this process, which is the step's own.

    Output goes to the log. An error is written there as a sentence for the user.
    """
    began = time.monotonic()
    log = open(task.log, "w", buffering=1, encoding="utf-8")  # noqa: PTH123, SIM115
    sys.stdout = sys.stderr = log
    os.dup2(log.fileno(), 1)
    os.dup2(log.fileno(), 2)
    raw = _raw_files(task.step.parameters)
    try:
        raw_files.require_as_made(task.made)
        main(Files(**task.inputs), Files(**task.outputs), SimpleNamespace(**task.step.parameters))
        raw_files.require_unchanged(raw)
        made = {path: raw_files.sha256(path) for path in flat(task.outputs)}
    except Exception as error:
        made = {}
        print(STOPPED + ("\n".join(raw_files.changes(raw)) or _plain(error, task)))  # noqa: T201
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Outcome(
        made=made,
        seconds=time.monotonic() - began,
        cpu_seconds=used.ru_utime + used.ru_stime,
        peak_memory_mb=used.ru_maxrss * _BYTES / 1e6,
    )


def _plain(error: Exception, task: Task) -> str:
    """`error` as a sentence for the user; the traceback of an unexpected error goes to the log."""
    if isinstance(error, OSError) and (meaning := disk.explain(error)):
        return f"{error.filename or flat(task.outputs)[0]}: {meaning}"
    if isinstance(error, MemoryError):
        return "this step needs more memory than is free. Close other programs and run again."
    if isinstance(error, CocultureError):
        return str(error)
    traceback.print_exception(error)
    return (
        f"Unexpected error ({type(error).__name__}: {error}). Please report it with the log "
        f"{task.log}."
    )


def _raw_files(parameters: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 by path of every raw file that a step's parameters name."""
    tables = [value for value in parameters.values() if isinstance(value, list)]
    return raw_files.named_in(row for rows in tables for row in rows if isinstance(row, dict))
