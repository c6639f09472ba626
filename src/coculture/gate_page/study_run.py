"""Running the study for the gate page."""

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

_TAIL = 12
"""Last lines of the output that tell why a run failed."""
_SECONDS = 30
"""A run that is asked to stop is given so long."""


@dataclass
class StudyRun:
    """Runs one command at a time, in a group of processes of its own.

    Attributes
    ----------
    command
        The program with its arguments.
    """

    command: Sequence[str]
    _process: subprocess.Popen[bytes] | None = None
    _output: IO[bytes] | None = None
    _starting: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def start(self) -> str | None:
        """Start the run; returns why it was not started, or None."""
        with self._starting:
            if self._process is not None and self._process.poll() is None:
                return "The study is already running."
            if self._output is not None:
                self._output.close()
            self._output = tempfile.NamedTemporaryFile(prefix="coculture-run-")  # noqa: SIM115
            self._process = subprocess.Popen(
                self.command,
                stdout=self._output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return None

    def progress(self) -> Mapping[str, Any]:
        """`state` is idle, running, done or failed; `words` say how the run goes."""
        if self._process is None or self._output is None:
            return {"state": "idle", "words": ""}
        code = self._process.poll()
        lines = Path(self._output.name).read_text(encoding="utf-8", errors="replace").splitlines()
        told = [line.strip() for line in lines if line.strip()]
        if code is None:
            return {"state": "running", "words": f"Running: {told[-1] if told else 'starting'}"}
        if code == 0:
            return {"state": "done", "words": "The run is done."}
        return {"state": "failed", "words": "\n".join(["The run failed.", *told[-_TAIL:]])}

    def stop(self) -> None:
        """End a run that goes on, with all processes that it started, and wait for it."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
