"""Pytest in a process of its own, forked from one that has already imported the libraries."""

import contextlib
import gc
import io
import os
import pickle
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from mutation.reach import Reached, Recorder

NOT_RUN = "not long and not cluster and not workflow"
TIMED_OUT = -100
_BUSY = 20
"""So many times its seconds of the processor a process may last: the machine may be busy."""


@dataclass(frozen=True)
class Chosen:
    """Runs the given tests only, in this order: a plugin of pytest."""

    tests: Sequence[str]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the chosen tests."""
        place = {test: at for at, test in enumerate(self.tests)}
        items[:] = sorted(
            (one for one in items if one.nodeid in place), key=lambda one: place[one.nodeid]
        )


class WithoutBrowser:
    """Leaves out what is tested in a browser: that is the page's script."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the other tests."""
        items[:] = [one for one in items if "browser" not in getattr(one, "fixturenames", ())]


def warm(root: Path, tests: Sequence[str]) -> None:
    """Import what the tests import, then forget the project's own modules: the libraries stay."""
    # Pytest's own form of the tests is kept for all runs; no compiled mutant ever is.
    sys.dont_write_bytecode = False
    told = io.StringIO()
    with tempfile.TemporaryDirectory() as scratch, contextlib.redirect_stdout(told):
        status = pytest.main(["--collect-only", *_arguments(tests, Path(scratch))])
    if status != pytest.ExitCode.OK:
        raise RuntimeError(told.getvalue()[-3000:])
    sys.dont_write_bytecode = True
    for name, module in [*sys.modules.items()]:
        if name.partition(".")[0] in ("coculture", "tests"):
            if not (module.__file__ or f"{root}/").startswith(f"{root}/"):
                raise RuntimeError(f"{name} was imported from {module.__file__}, not from {root}")
            del sys.modules[name]
    # The garbage collector of the forked processes leaves alone what is there already.
    gc.collect()
    gc.freeze()


def recorded(root: Path, tests: Sequence[str]) -> tuple[list[Reached], list[str]]:
    """What each of the tests reaches, and those that did not pass."""
    with tempfile.TemporaryDirectory() as scratch:
        result = Path(scratch) / "reached"

        def record() -> int:
            recorder = Recorder(root)
            status = pytest.main(_arguments(tests, Path(scratch)), [recorder, WithoutBrowser()])
            result.write_bytes(pickle.dumps(([*recorder.reached()], recorder.not_passed)))
            return status

        status = _wait(_fork(root, record, Path(scratch) / "printed"), None)
        if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            raise RuntimeError((Path(scratch) / "printed").read_text("utf-8")[-3000:])
        reached, not_passed = pickle.loads(result.read_bytes())
        return reached, not_passed


@dataclass(frozen=True)
class Run:
    """How pytest ended."""

    status: int
    first: str
    """The first line that says what failed; empty where all passed."""

    @property
    def passed(self) -> bool:
        return self.status in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


def passes(
    root: Path, tests: Sequence[str], seconds: int, chosen: Sequence[str] | None = None
) -> Run:
    """Whether tests pass within seconds of the processor; of files only the chosen ones, if given.

    The time of day would call a mutant endless where the machine is only busy.
    """
    with tempfile.TemporaryDirectory() as scratch:
        printed = Path(scratch) / "printed"
        plugins = [Chosen(chosen) if chosen is not None else WithoutBrowser()]

        def run() -> int:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
            return pytest.main(["-x", *_arguments(tests, Path(scratch))], plugins)

        status = _wait(_fork(root, run, printed), _BUSY * seconds)
        if status is None or status == -signal.SIGXCPU:
            return Run(TIMED_OUT, "no end")
        if chosen is not None and status == pytest.ExitCode.NO_TESTS_COLLECTED:
            raise RuntimeError(f"no test was found again: {printed.read_text('utf-8')[-2000:]}")
        lines = printed.read_text("utf-8").splitlines()
        failed = (line for line in lines if line.startswith(("FAILED", "ERROR")))
        return Run(status, "" if status == 0 else next(failed, f"exit {status}"))


def _arguments(tests: Sequence[str], scratch: Path) -> list[str]:
    quiet = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:unraisableexception",
        "--tb=no",
        "-o",
        "console_output_style=classic",
    ]
    return [*quiet, "-m", NOT_RUN, f"--basetemp={scratch / 'tests'}", *tests]


def _fork(root: Path, run: Callable[[], int], printed: Path) -> int:
    sys.stdout.flush()
    process = os.fork()
    if not process:
        _run_and_leave(root, run, printed)
    return process


def _run_and_leave(root: Path, run: Callable[[], int], printed: Path) -> NoReturn:
    status = 70
    try:
        os.setsid()
        output = os.open(printed, os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(root)
        status = run()
    finally:
        os._exit(status)


def _wait(process: int, seconds: float | None) -> int | None:
    """The exit status, or None where the time ran out."""
    end = time.monotonic() + seconds if seconds else float("inf")
    while time.monotonic() < end:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return None
