"""A Slurm of one node on this machine, for as long as a test needs it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

CONFIG = Path("/etc/slurm/slurm.conf")
"""The plug-in drops SLURM_CONF, so that Slurm finds its configuration in this place only."""
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol")
PARTITION = "test"
CPUS = 4
"""As the node tells Slurm: several jobs at a time, whatever this machine has."""
MEMORY_MB = 16000
"""Likewise."""
PATIENCE_S = 120
_PAUSE_S = 0.2

# All that the node runs ends with its slurmd, as when its power is cut.
_NODE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


def missing() -> str | None:
    """Why no Slurm can be started here; None if one can."""
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    if absent:
        return f"not installed: {', '.join(absent)}; on Debian: apt-get install slurm-wlm munge"
    if CONFIG.exists():
        return f"{CONFIG} exists: this machine belongs to a cluster, or another test is running"
    if os.geteuid() != 0:
        return f"only root may write {CONFIG}"
    if not _succeeds(*_NODE, "true"):
        return "this system gives nobody a process namespace"
    return None


class Slurm:
    """The daemons of a cluster of one node, all on loopback.

    Parameters
    ----------
    folder
        Of everything that they write, except their configuration.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._daemons: dict[str, subprocess.Popen[bytes]] = {}
        self._configured = False

    def start(self) -> None:
        """Start all daemons; returns when the node takes jobs."""
        munge = self._start_munge()
        made_folder = not CONFIG.parent.exists()
        CONFIG.parent.mkdir(exist_ok=True)
        with CONFIG.open("x", encoding="utf-8") as file:
            self._configured = True
            file.write(_configuration(self._folder, munge))
        self._made_folder = made_folder
        self._begin("slurmctld", "slurmctld", "-D", "-i")
        _wait_until(lambda: _succeeds("scontrol", "ping"), "slurmctld answers")
        self.start_node()

    def start_node(self) -> None:
        """Start slurmd; returns when the node takes jobs."""
        self._begin("slurmd", *_NODE, "slurmd", "-D")
        _wait_until(self._takes_jobs, "the node takes jobs")

    def lose_node(self) -> None:
        """End slurmd and all that runs on the node at once."""
        node = self._daemons.pop("slurmd")
        node.kill()
        node.wait()

    def jobs(self, state: str) -> list[str]:
        """The numbers of the jobs in that state: RUNNING, PENDING."""
        return _said("squeue", "--noheader", "--format=%i", f"--states={state}").split()

    def wait_for_jobs(self, state: str, number: int = 1) -> list[str]:
        """The numbers of the jobs in that state, as soon as there are so many."""
        _wait_until(lambda: len(self.jobs(state)) >= number, f"{number} jobs are {state}")
        return self.jobs(state)

    def wait_for_file(self, path: Path) -> None:
        """Return when a job has written the file at `path`."""
        _wait_until(path.exists, f"{path} is there")

    def occupy(self) -> str:
        """Take the whole node for another user's job; returns its number."""
        words = ("sbatch", "--parsable", "--exclusive", "--output=/dev/null", "--time=10")
        return _said(*words, "--wrap=sleep 600").strip()

    def accept_jobs(self, accept: bool) -> None:
        """Let the queue take jobs, or refuse them as at a limit of jobs."""
        state = "UP" if accept else "DRAIN"
        _said("scontrol", "update", f"PartitionName={PARTITION}", f"State={state}")

    def cancel(self, *jobs: str) -> None:
        """End jobs."""
        _said("scancel", *jobs)

    def stop(self) -> None:
        """End every job and every daemon, and remove the configuration."""
        try:
            if "slurmctld" in self._daemons:
                with contextlib.suppress(subprocess.SubprocessError, AssertionError):
                    _said("scancel", f"--partition={PARTITION}")
                    _wait_until(lambda: not _said("squeue", "--noheader"), "all jobs ended", 20)
            if "slurmd" in self._daemons:
                self.lose_node()
            for name in reversed(list(self._daemons)):
                _end(self._daemons.pop(name))
        finally:
            if self._configured:
                CONFIG.unlink(missing_ok=True)
            if self._configured and self._made_folder:
                CONFIG.parent.rmdir()

    def logs(self) -> str:
        """The last lines of what the daemons said."""
        found = sorted(self._folder.glob("*.log"))
        return "\n".join(f"{path.name}: {path.read_text()[-2000:]}" for path in found)

    def _start_munge(self) -> Path:
        """Start munged with a key of its own; returns its socket."""
        socket_file, key = self._folder / "munge.socket", self._folder / "munge.key"
        key.write_bytes(os.urandom(64))
        key.chmod(0o400)
        files = {
            "key-file": key,
            "socket": socket_file,
            "pid-file": self._folder / "munged.pid",
            "log-file": self._folder / "munged.log",
            "seed-file": self._folder / "munged.seed",
        }
        options = [f"--{name}={path}" for name, path in files.items()]
        # It does not like a socket in a folder that others cannot enter; here nobody else has to.
        self._begin("munged", "munged", "--foreground", "--force", *options)
        _wait_until(socket_file.exists, "munged has a socket")
        return socket_file

    def _begin(self, name: str, *words: str) -> None:
        with (self._folder / f"{name}.out.log").open("ab") as log:
            # A group of its own: Ctrl-C ends the tests, which then end the daemons in order.
            self._daemons[name] = subprocess.Popen(
                words, stdout=log, stderr=log, stdin=subprocess.DEVNULL, process_group=0
            )

    def _takes_jobs(self) -> bool:
        state = _said("sinfo", "--noheader", "--format=%T").strip()
        if state.startswith("down"):
            # After a loss Slurm takes the node back only on this command.
            _succeeds("scontrol", "update", f"NodeName={_host()}", "State=RESUME")
        return state in ("idle", "mixed", "allocated")


def _configuration(folder: Path, munge: Path) -> str:
    """The text of slurm.conf; no accounting, no control groups, everything run by root."""
    settings = {
        "ClusterName": "coculture",
        "SlurmctldHost": f"{_host()}(127.0.0.1)",
        "SlurmctldPort": _free_port(),
        "SlurmdPort": _free_port(),
        "SlurmUser": "root",
        "AuthInfo": f"socket={munge}",
        "StateSaveLocation": _made(folder / "state"),
        "SlurmdSpoolDir": _made(folder / "spool"),
        "SlurmctldPidFile": folder / "slurmctld.pid",
        "SlurmdPidFile": folder / "slurmd.pid",
        "SlurmctldLogFile": folder / "slurmctld.log",
        "SlurmdLogFile": folder / "slurmd.log",
        "ProctrackType": "proctrack/linuxproc",
        "TaskPlugin": "task/none",
        "MpiDefault": "none",
        "SelectType": "select/cons_tres",
        "SelectTypeParameters": "CR_CPU_Memory",
        "SlurmdParameters": "config_overrides",
        "SlurmdTimeout": 20,
        "KillWait": 5,
        "MinJobAge": 3600,
    }
    lines = [f"{name}={value}" for name, value in settings.items()]
    lines += [
        f"NodeName={_host()} NodeAddr=127.0.0.1 CPUs={CPUS} RealMemory={MEMORY_MB}",
        f"PartitionName={PARTITION} Nodes={_host()} Default=YES MaxTime=1440 State=UP",
    ]
    return "".join(f"{line}\n" for line in lines)


def _host() -> str:
    return socket.gethostname().partition(".")[0]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _said(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=PATIENCE_S)
    return done.stdout


def _succeeds(*words: str) -> bool:
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def _wait_until(holds: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    until = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until, f"waited {patience_s} s in vain until {what}"
        time.sleep(_PAUSE_S)


def _end(daemon: "subprocess.Popen[bytes]") -> None:
    daemon.send_signal(signal.SIGINT)
    try:
        daemon.wait(30)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
