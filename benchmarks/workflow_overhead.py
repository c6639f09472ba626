"""What running the example costs besides its computing, before and after issue 13.

    .venv/bin/python benchmarks/workflow_overhead.py [--before fd5b42b]

Processor seconds of every process of a whole run, of a run after one threshold was edited, and of a
run with nothing to do. The commit `before` is checked out into a worktree and run with the same
environment. Starting counts the start of Python and the loading of modules, in every process;
computing is the rest. "The same functions in one process" does the steps of the run once more, one
after the other, without Snakemake. The floor of a run with nothing to do is
2 x (`snakemake --version` + `import pandas`). Both checkouts are compiled first, as `make install`
does. Linux only: it adopts all processes of a run.
"""

import argparse
import compileall
import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONFIG = Path("config/config.yaml")
_ADOPT = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
"""Nobody who runs a study has it set; with it, every process would compile its modules again."""

WATCH = '''
"""Imported by every Python process: notes what the process spent, and on loading modules."""
import atexit, json, os, sys, time
import importlib._bootstrap as bootstrap

spent = {"loading": 0.0, "deep": False, "start": time.process_time()}
load = bootstrap._find_and_load

def timed(name, import_):
    if spent["deep"]:
        return load(name, import_)
    began, spent["deep"] = time.thread_time(), True
    try:
        return load(name, import_)
    finally:
        spent["loading"] += time.thread_time() - began
        spent["deep"] = False

bootstrap._find_and_load = timed

def note():
    words = " ".join(getattr(sys, "orig_argv", sys.argv)[1:])
    line = [words, spent["start"], spent["loading"], time.process_time()]
    with open(os.environ["WATCHED"], "a") as file:
        file.write(json.dumps(line) + "\\n")

def new():
    spent.update(loading=0.0, start=0.0)

leave = os._exit

def noted_leave(status):
    note()
    leave(status)

os._exit = noted_leave
atexit.register(note)
os.register_at_fork(after_in_child=new)

if "TASKS" in os.environ and "fork_server" in " ".join(sys.orig_argv):
    import pickle
    from coculture.running import work
    do = work.do

    def kept(task, main):
        name = task.step.name.replace("/", "-")
        with open(os.path.join(os.environ["TASKS"], f"{time.time_ns()}-{name}"), "wb") as file:
            pickle.dump(task, file)
        return do(task, main)

    work.do = kept
'''
IN_ONE = """
import pickle, sys, time
from pathlib import Path
from coculture.running import fork_server
from coculture.running.step import Files

tasks = [pickle.loads(path.read_bytes()) for path in sorted(Path(sys.argv[1]).iterdir())]
for task in tasks:
    fork_server._main(task.step.script)(Files(**task.inputs), Files(**task.outputs), task.given)
"""


@dataclass(frozen=True)
class Spent:
    """Processor seconds of a command: all of it, and by kind of process how many, start, rest."""

    whole: float
    processes: dict[str, tuple[int, float, float]]

    @property
    def starting(self) -> float:
        """Of starting Python and loading modules."""
        return sum(starting for _, starting, _ in self.processes.values())


def spent(*command: str | Path, folder: Path, source: Path, tasks: Path | None = None) -> Spent:
    """Run a command in `folder` with the package in `source`, and add up all its processes."""
    with tempfile.TemporaryDirectory() as place:
        watched = Path(place, "watched")
        Path(place, "sitecustomize.py").write_text(WATCH)
        one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        environment = {
            **{name: value for name, value in os.environ.items() if name != _NO_BYTECODE},
            **one_thread,
            "PYTHONPATH": f"{place}:{source}",
            "WATCHED": str(watched),
            **({"TASKS": str(tasks)} if tasks else {}),
        }
        before = _seconds()
        run = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said, _ = run.communicate()
        if run.returncode:
            sys.exit(f"{' '.join(map(str, command))} failed:\n{said}")
        while _adopted():
            pass
        noted = [json.loads(line) for line in watched.read_text().splitlines()]
        return Spent(_seconds() - before, _by_kind(noted))


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _adopted() -> bool:
    """Wait for the end of a process that the command left running."""
    try:
        os.wait()
    except ChildProcessError:
        return False
    return True


def _by_kind(noted: list[list[object]]) -> dict[str, tuple[int, float, float]]:
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for words, start, loading, whole in noted:
        assert isinstance(start, float)
        assert isinstance(loading, float)
        assert isinstance(whole, float)
        found[_kind(str(words))].append((start + loading, whole - start - loading))
    return {
        kind: (len(each), sum(one for one, _ in each), sum(rest for _, rest in each))
        for kind, each in found.items()
    }


def _kind(words: str) -> str:
    for part, kind in (
        ("fork_server", "steps, forked"),
        (".snakemake/scripts", "steps, a Python each"),
        ("snakemake", "snakemake"),
        ("check", "check"),
    ):
        if part in words:
            return kind
    return "other"


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """A worktree of the project at `commit`."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "before")
        subprocess.run(
            ["git", "-C", ROOT, "worktree", "add", "--detach", "--quiet", folder, commit],
            check=True,
        )
        try:
            yield folder
        finally:
            subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", folder], check=True)


def with_a_threshold(folder: Path) -> None:
    """Set one threshold of the first experiment by hand, 10 % higher."""
    import yaml

    gates = yaml.safe_load((folder / "results/example/flow/E1/gates.yaml").read_text())
    population, blocks = next(iter(gates["populations"].items()))
    block = {key: blocks["annexin"][key] for key in ("channels", "keep", "threshold")}
    block["threshold"] *= 1.1
    config = yaml.safe_load((folder / CONFIG).read_text())
    config["flow"]["gates"] = {"E1": {population: {"annexin": block}}}
    (folder / CONFIG).write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True))


def study_folder(of: Path, place: Path) -> Path:
    """A folder with the example study of a checkout and nothing else."""
    shutil.copytree(of / "config", place / "config")
    shutil.copytree(of / "data", place / "data")
    return place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", default="fd5b42b", help="commit to compare with")
    chosen = parser.parse_args()
    ctypes.CDLL(None).prctl(_ADOPT, 1, 0, 0, 0)
    python = sys.executable

    def snakemake(code: Path) -> list[str | Path]:
        return [
            python,
            "-m",
            "snakemake",
            "--snakefile",
            code / "Snakefile",
            "--configfile",
            CONFIG,
        ]

    with checkout(chosen.before) as before, tempfile.TemporaryDirectory() as place:
        for checked_out in (before, ROOT):
            compileall.compile_dir(checked_out / "src", quiet=1)
        then = study_folder(before, Path(place, "then"))
        old = [
            spent(python, "-m", "coculture", "check", CONFIG, folder=then, source=before / "src"),
            spent(*snakemake(before), folder=then, source=before / "src"),
        ]
        old_again = [
            spent(python, "-m", "coculture", "check", CONFIG, folder=then, source=before / "src"),
            spent(*snakemake(before), folder=then, source=before / "src"),
        ]
        now, tasks = study_folder(ROOT, Path(place, "now")), Path(place, "tasks")
        tasks.mkdir()
        source = ROOT / "src"
        whole = spent(*snakemake(ROOT), folder=now, source=source, tasks=tasks)
        again = min(
            (spent(*snakemake(ROOT), folder=now, source=source) for _ in range(3)),
            key=lambda one: one.whole,
        )
        with_a_threshold(now)
        edited = spent(*snakemake(ROOT), folder=now, source=source)
        # Last, because it writes results that no run knows of.
        one = spent(python, "-c", IN_ONE, tasks, folder=now, source=source)
        version = spent(python, "-m", "snakemake", "--version", folder=now, source=source)
        pandas = spent(python, "-c", "import pandas", folder=now, source=source)
    for title, runs in (
        (f"whole run at {chosen.before}", old),
        ("whole run", [whole]),
        ("run with nothing to do", [again]),
    ):
        print(f"{title}: {sum(run.whole for run in runs):.1f} s")
        for run in runs:
            for kind, (count, starting, rest) in sorted(run.processes.items()):
                print(f"    {kind} ({count}): starting {starting:.1f}, computing {rest:.1f}")
    computing = one.whole - one.starting
    floor = version.whole + pandas.whole
    starting = sum(run.starting for run in old)
    print(f"the same functions in one process: {one.whole:.1f} s, {computing:.1f} of it computing")
    print(f"starting: {whole.starting / starting:.2f} of that at {chosen.before} (at most 0.33)")
    print(f"whole run: {whole.whole / one.whole:.2f} x the functions in one process (at most 1.5)")
    print(
        f"nothing to do: {again.whole / floor:.2f} x (snakemake --version {version.whole:.1f} s + "
        f"import pandas {pandas.whole:.1f} s) (at most 2.0); at {chosen.before} "
        f"{sum(run.whole for run in old_again) / floor:.2f}"
    )
    print(
        f"after an edited threshold: {edited.whole / whole.whole:.2f} of a whole run (at most 0.33)"
    )


if __name__ == "__main__":
    main()
