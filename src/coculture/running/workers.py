"""Steps, each in a process of its own that a common one forks; a record of each is kept."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

from coculture.exchange.problems import CocultureError
from coculture.running import disk, records
from coculture.running.code_files import CodeFiles
from coculture.running.step import Paths, Step, by_name, flat
from coculture.running.work import Outcome, Task

_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""A step is given one processor; linear algebra would take them all, and sums in another order."""


STOPPED = "Stopped: "
"""What the last line of a failed step's log begins with."""


class StepError(CocultureError):
    """A step failed; its log says why."""


class Workers:
    """Runs steps, each in its own process.

    Parameters
    ----------
    results
        The folder of the study's results; the records of its steps are in `steps` below it.
    code
        The code that must not be edited while steps run.
    held
        Gives the open files that must stay open as long as a step works: the run's lock.
    """

    def __init__(
        self,
        results: str | Path,
        code: CodeFiles,
        held: Callable[[], Iterable[int]] = tuple,
    ) -> None:
        self.records = records.Records(Path(results, "steps"))
        """Of this run and of earlier ones."""
        self.failures: list[str] = []
        """Why steps failed."""
        self._results = results
        self._code = code
        self._held = held
        self._server: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self._stopping = False

    def run(self, step: Step, inputs: Any, outputs: Any, log: Any, threads: int = 1) -> None:
        """Do `step` and return when it is done; can be called from several threads.

        Parameters
        ----------
        inputs, outputs
            Have `items()` that give paths by name.
        log
            A sequence whose first item is the path of the step's log.
        threads
            How many processors the step may use.

        Raises
        ------
        StepError
            If it failed or was stopped, or if a result that it reads was not made from what this
            study is now.
        """
        try:
            self._do(step, by_name(inputs), by_name(outputs), str(log[0]), threads)
            return
        except OSError as error:
            reason = disk.sentence(error, self._results)
        except StepError as error:
            reason = str(error)
        if not self._stopping:
            self._note(str(log[0]), reason)
        raise StepError(f"{step.name} did not finish. Log: {log[0]}")

    def _do(
        self,
        step: Step,
        reads: Mapping[str, Paths],
        writes: Mapping[str, Paths],
        log: str,
        threads: int,
    ) -> None:
        made = self.records.made(flat(reads))
        old = [path for path, one in made.items() if one.made_from not in step.sources]
        if old:
            raise StepError(f"{', '.join(old)}: made from other settings. Delete and run again.")
        self.records.begin(step, flat(writes))
        digests = {path: one.sha256 for path, one in made.items()}
        outcome = self._outcome(Task(step, reads, writes, log, digests, threads))
        if outcome is None:
            raise StepError(f"{step.name} was ended by the system; often memory has run out.")
        if outcome.failure:
            raise StepError(outcome.failure)
        if edited := self._code.edited():
            raise StepError(f"{edited[0]}: edited while the study ran. Run again.")
        self.records.end(step, outcome)

    def _note(self, log: str, reason: str) -> None:
        """Keep the reason for which a step stopped, in its log too."""
        self.failures.append(reason)
        # The disk may be the reason.
        with contextlib.suppress(OSError), Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{STOPPED}{reason}\n")

    def stop(self) -> None:
        """End every step at once."""
        self._stopping = True
        if self._server is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._server.pid, signal.SIGKILL)

    def stop_on_signals(self) -> None:
        """On Ctrl-C, and when this process is asked to end, end every step and then the run.

        Snakemake's own handler of the second takes a lock that the interrupted thread may hold, and
        then waits for ever.
        """

        def stop(*_: object) -> None:
            self.stop()
            raise KeyboardInterrupt

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)

    def _outcome(self, task: Task) -> Outcome | None:
        """What the step's process sends back; None if it ended without that."""
        ours, theirs = Pipe()
        with ours, contextlib.suppress(EOFError, ConnectionError):
            with theirs:
                socket.send_fds(self._control(), [b"!"], [theirs.fileno()])
            ours.send(task)
            outcome: Outcome = ours.recv()
            return outcome
        return None

    def _control(self) -> socket.socket:
        """The socket of the process that forks; it is started by the first step, and if it died."""
        with self._starting:
            if self._server is None or self._server.poll() is not None:
                self._socket, theirs = socket.socketpair()
                with theirs:
                    self._server = self._started(theirs.fileno())
            return self._socket

    def _started(self, control: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            # -P: no file in the study's folder is imported in place of a package.
            [sys.executable, "-P", "-m", "coculture.running.fork_server", str(control)],
            stdin=subprocess.DEVNULL,
            pass_fds=[control, *self._held()],
            env={**os.environ, **dict.fromkeys(_ONE_THREAD, "1")},
            # Ctrl-C reaches the run alone, which then ends its steps.
            process_group=0,
        )
