"""What it costs to show how fragile each finding is: the example with and without alternatives.

    .venv/bin/python -m benchmarks.robustness_cost

Runs the example once. Then all of its steps are done again in one process, in turns with and
without what robustness asks for: counts under other gates and matrices, values under other curves,
files and wells put back, and the findings under each of them. The limit is 20 % more processor time
for the run. Linux only, as `benchmarks.workflow_overhead`, whose functions it uses.
"""

import ctypes
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.workflow_overhead import _ADOPT, CONFIG, ROOT, spent, study_folder

LIMIT = 0.2
TURNS = 2

STEPS = """
import pickle, sys
from pathlib import Path
from coculture.running import fork_server
from coculture.running.step import Files

if sys.argv[2] == "without":
    import pandas as pd
    from coculture.comparison.robustness import analyses
    from coculture.elisa.plates.alternatives import table
    from coculture.flow.gating import experiment

    analyses._measured_otherwise = analyses._tested_otherwise = lambda *_: ()
    experiment._other_gates = experiment._otherwise_gated = lambda *_: []
    experiment.files_put_back.others = lambda *_: []
tasks = [pickle.loads(path.read_bytes()) for path in sorted(Path(sys.argv[1]).iterdir())]
for task in tasks:
    main = fork_server._main(task.step.script)
    if sys.argv[2] == "without" and "alternative_values" in main.__globals__:
        columns = pd.read_csv(task.outputs["alternatives"], nrows=0).columns
        main.__globals__["alternative_values"] = lambda *_: pd.DataFrame(columns=columns)
    main(Files(**task.inputs), Files(**task.outputs), task.given)
"""


def main() -> int:
    """Print what robustness costs; 1 if it is more than the limit."""
    ctypes.CDLL(None).prctl(_ADOPT, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as place:
        study, tasks = study_folder(ROOT, Path(place, "study")), Path(place, "tasks")
        tasks.mkdir()
        source = ROOT / "src"
        command = ("-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--configfile", CONFIG)
        whole = spent(sys.executable, *command, folder=study, source=source, tasks=tasks)
        seconds: dict[str, list[float]] = {"with": [], "without": []}
        for _ in range(TURNS):
            for kind, each in seconds.items():
                one = spent(sys.executable, "-c", STEPS, tasks, kind, folder=study, source=source)
                each.append(one.whole)
    having, lacking = (statistics.median(each) for each in seconds.values())
    more = (having - lacking) / (whole.whole - (having - lacking))
    print(f"the run: {whole.whole:.1f} CPU s")
    print(f"its steps in one process: {having:.1f} CPU s, without alternatives {lacking:.1f}")
    print(f"robustness costs the run {more:.0%} more (at most {LIMIT:.0%})")
    return 1 if more > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
