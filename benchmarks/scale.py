"""What a study costs by its size: 100, 1,000 and 10,000 FCS files of 20,000 events.

    .venv/bin/python -m benchmarks.scale [--files 100 1000] [--cores 2] [--folder FOLDER]
    .venv/bin/python -m benchmarks.scale --files 100 1000 10000 --table scale.csv
    .venv/bin/python -m benchmarks.scale --draw docs/scale.png --table scale.csv

Each study is written by `benchmarks.large_study`, checked, run, and run again with nothing to do;
the table is written after each of the two runs. Processor seconds are those of every process; the
memory is that of the largest. A run checks its study; what it spends outside its steps and this
check is Snakemake's share. 10,000 files take 6 GB of disk and hours of processor time; with
`--events 2000` they take a tenth of the disk, and what does not grow with the events weighs more.
Linux only: it adopts all processes of a run.
"""

import argparse
import ctypes
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd
from benchmarks import large_study
from benchmarks.large_study import EVENTS, SIZES, Size

ROOT = Path(__file__).parents[1]
_ADOPT = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""


@dataclass(frozen=True)
class Spent:
    """What a command and every process that it started used."""

    wall_seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    """Of the largest process, in 10^6 bytes."""


@dataclass(frozen=True)
class Cost:
    """What one study cost; a row of the table."""

    files: int
    events_per_file: int
    experiments: int
    elisa_plates: int
    cores: int
    wall_seconds: float
    cpu_seconds: float
    cpu_seconds_per_file: float
    peak_memory_mb: float
    peak_memory_of_a_step_mb: float
    largest_step: str
    check_cpu_seconds: float
    percent_snakemake: float
    results_mb: float
    report_mb: float
    again_wall_seconds: float = math.nan
    again_cpu_seconds: float = math.nan


def measured(size: Size, folder: Path, cores: int) -> Iterator[Cost]:
    """Write a study into `folder`, run it twice, and add up what that took after each run."""
    name = f"files_{size.files}"
    config = large_study.write(folder / name, size)
    checked = apart(_python, folder, config, "coculture", "check", config)
    whole = apart(run, folder, config, cores)
    results = folder / "results" / name
    steps = [json.loads(path.read_text()) for path in (results / "steps").rglob("*.json")]
    largest = max(steps, key=lambda step: float(step["peak_memory_mb"]))
    in_steps = sum(float(step["cpu_seconds"]) for step in steps)
    cost = Cost(
        files=size.files,
        events_per_file=size.events,
        experiments=len(size.files_by_experiment),
        elisa_plates=size.elisa_plates,
        cores=cores,
        wall_seconds=whole.wall_seconds,
        cpu_seconds=whole.cpu_seconds,
        cpu_seconds_per_file=whole.cpu_seconds / size.files,
        peak_memory_mb=whole.peak_memory_mb,
        peak_memory_of_a_step_mb=float(largest["peak_memory_mb"]),
        largest_step=str(largest["step"]),
        check_cpu_seconds=checked.cpu_seconds,
        percent_snakemake=100 * (1 - (in_steps + checked.cpu_seconds) / whole.cpu_seconds),
        results_mb=sum(one.stat().st_size for one in results.rglob("*") if one.is_file()) / 1e6,
        report_mb=(results / "report.html").stat().st_size / 1e6,
    )
    yield cost
    again = apart(run, folder, config, cores)
    yield replace(cost, again_wall_seconds=again.wall_seconds, again_cpu_seconds=again.cpu_seconds)


def run(folder: Path, config: Path, cores: int) -> None:
    _python(
        *(folder, config, "snakemake", "--snakefile", ROOT / "Snakefile", "--cores", cores),
        *("--workflow-profile", ROOT / "profiles/default", "--configfile", config),
    )


def _python(folder: Path, config: Path, *module: object) -> None:
    """Run a Python module in `folder`; what it says goes into the study's log."""
    with (folder / f"{config.parent.name}.log").open("a") as log:
        done = subprocess.run(
            [sys.executable, "-m", *map(str, module)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            stdout=log,
            stderr=log,
        )
    if done.returncode:
        sys.exit(f"The run failed; see {log.name}.")


def apart(work: object, *arguments: object) -> Spent:
    """What `work(*arguments)` and all its processes use, done in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        ctypes.CDLL(None).prctl(_ADOPT, 1, 0, 0, 0)
        status = 1
        try:
            began = time.monotonic()
            work(*arguments)  # type: ignore[operator]
            wall = time.monotonic() - began
            while _adopted():
                pass
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = Spent(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6)
            os.write(writing, json.dumps(asdict(spent)).encode())
            status = 0
        except SystemExit as stopped:
            print(stopped, file=sys.stderr, flush=True)
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    if not text:
        sys.exit(1)
    return Spent(**json.loads(text))


def _adopted() -> bool:
    """Wait for the end of a process that the command left running."""
    try:
        os.wait()
    except ChildProcessError:
        return False
    return True


def size_of(files: int, events: int) -> Size:
    """The size with so many files; as many ELISA plates as in the largest where it is another."""
    known = {one.files: one for one in SIZES}
    return replace(known.get(files, Size(files, max(1, round(files / 40)))), events=events)


def table(costs: Sequence[Cost]) -> pd.DataFrame:
    """One row a study."""
    return pd.DataFrame([asdict(cost) for cost in costs])


def draw(costs: pd.DataFrame, path: Path) -> None:
    """Processor time per file, and memory, by the number of files."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullLocator

    from coculture.drawing import style

    with style.house_style():
        figure = Figure(figsize=(7, 2.8), layout="constrained")
        time_axes, memory_axes = figure.subplots(1, 2)
        time_axes.plot(costs["files"], costs["cpu_seconds_per_file"], "o-", label="whole run")
        again = costs["again_cpu_seconds"] / costs["files"]
        time_axes.plot(costs["files"], again, "o-", label="with nothing to do")
        time_axes.set_ylabel("CPU seconds a file")
        memory_axes.plot(
            costs["files"], costs["peak_memory_of_a_step_mb"], "o-", label="largest step"
        )
        memory_axes.set_ylabel("Peak memory, MB")
        for axes in (time_axes, memory_axes):
            axes.set_xscale("log")
            axes.set_xticks(costs["files"], [f"{count:,}" for count in costs["files"]])
            axes.xaxis.set_minor_locator(NullLocator())
            axes.set_xlabel("FCS files")
            axes.set_ylim(0, 1.15 * axes.get_ylim()[1])
            axes.legend(frameon=False)
        figure.savefig(path, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, nargs="+", default=[100, 1_000])
    parser.add_argument("--events", type=int, default=EVENTS, help="of each file")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where studies and results stay")
    parser.add_argument("--table", type=Path, default=Path("scale.csv"))
    parser.add_argument("--draw", type=Path, help="draw the table and measure nothing")
    given = parser.parse_args()
    if given.draw:
        draw(pd.read_csv(given.table), given.draw)
        return
    costs: dict[int, Cost] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.folder or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        for files in given.files:
            for cost in measured(size_of(files, given.events), folder, given.cores):
                costs[files] = cost
                table(list(costs.values())).to_csv(given.table, index=False)
                print(table(list(costs.values())).T.to_string(), flush=True)
            if given.folder is None:
                shutil.rmtree(folder / f"files_{files}")


if __name__ == "__main__":
    main()
