"""Read, compensate, gate and count a 96-well plate: this workflow and other programs.

    .venv/bin/python -m benchmarks.flow_speed [--flowkit PYTHON] [--files 96] [--events 100000]
        [--before df492a4]

Every program gets the same simulated plate (10 float channels per file, spillover of three stains),
the same gates and its own process; seconds include reading but not the start of Python. FlowKit
needs pandas < 3 and therefore its own environment; give its Python, or it is not run.
FlowCytometryTools has no compensation, so numpy is used between reading and gating. `numpy` does
the least possible work: mapped files, comparisons and counts, without checks. The counts of all
programs are compared. `coculture, own thresholds` sets every gate from the plate first. `coculture,
used gates alone` does the same without what issues 17 and 20 ask for: no counts under other
thresholds, no bins for the gate page, no tables. With `--before` it also prints, in turns, the
processor time of a checkout of that commit (before issue 14: df492a4), and the ratios. `FlowKit`
gates the stains in logicle units, as people draw them; `FlowKit, linear gates` transforms nothing.
Every program runs on one thread, as the jobs of the workflow do.
"""

import argparse
import inspect
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import types
from pathlib import Path
from typing import Any

import numpy as np

CHANNELS = ("FSC-A", "FSC-H", "SSC-A", "GFP", "AnnexinV", "7-AAD", "X1", "X2", "X3", "Time")
STAINS = ("GFP", "AnnexinV", "7-AAD")
SPILLOVER = ((1.0, 0.02, 0.05), (0.01, 1.0, 0.1), (0.02, 0.08, 1.0))
TOP, CELLS, RATIO, GFP, ANNEXIN, DYE = 262_143.0, 30_000.0, 0.75, 1500.0, 400.0, 500.0
Counts = list[list[int]]


def make_plate(folder: Path, files: int, events: int) -> None:
    """Write the plate as FCS 3.1."""
    import flowio

    rng = np.random.default_rng(1)
    for number in range(files):
        share = number / max(1, files - 1)
        size = rng.lognormal(np.log(90_000), 0.3, events)
        size[rng.random(events) < 0.1] *= 0.1
        doublet = rng.random(events) < 0.06
        dead, cell = rng.random(events) < share, rng.random(events) < 0.8
        late = dead & (rng.random(events) < 0.5)
        stains = np.column_stack(
            [
                np.where(cell, rng.lognormal(9, 0.4, events), 100) + rng.normal(100, 40, events),
                np.where(dead, rng.lognormal(8.7, 0.45, events), 10) + rng.normal(60, 30, events),
                np.where(late, rng.lognormal(9, 0.4, events), 5) + rng.normal(60, 30, events),
            ]
        ) @ np.array(SPILLOVER)
        height = 0.85 * size * rng.normal(1, 0.03, events) * np.where(doublet, 0.55, 1)
        time_ = np.sort(rng.uniform(0, 60, events))
        others = rng.normal(100, 30, (events, 3))
        table = np.column_stack([size, height, 0.4 * size, stains, others, time_])
        spill = ",".join(["3", *STAINS, *(f"{v:g}" for row in SPILLOVER for v in row)])
        with (folder / f"{number:03d}.fcs").open("wb") as handle:
            flowio.create_fcs(
                handle, np.minimum(table, TOP).ravel(), CHANNELS,
                metadata_dict={"spillover": spill, "timestep": "1"},
            )  # fmt: skip


def with_coculture(paths: list[Path], own: bool, used_alone: bool = False) -> Counts:
    import pandas as pd

    from coculture.flow import FlowSettings, gate_experiment
    from coculture.study.schema import FOLDER, with_defaults

    files = pd.DataFrame({"fcs": [str(path) for path in paths], "experiment": "plate"})
    files = files.assign(role="sample", culture=files["fcs"])
    section: dict[str, Any] = {
        "channels": {"annexin": "AnnexinV"},
        "populations": [{"name": "m", "markers": [{"channel": "GFP", "positive": True}]}],
        "compensation": {"source": "embedded"},
    }
    if not own:
        gates = {
            "scatter": {"channels": ["FSC-A"], "vertices": [0.0, TOP], "keep": "inside"},
            "side_scatter": {"channels": ["SSC-A"], "vertices": [0.0, TOP], "keep": "inside"},
            "time": {"channels": ["Time"], "threshold": -1.0, "keep": "above"},
            "cells": {"channels": ["FSC-A"], "threshold": CELLS, "keep": "above"},
            "singlets": {"channels": ["FSC-H / FSC-A"], "threshold": RATIO, "keep": "above"},
            "GFP": {"channels": ["GFP"], "threshold": GFP, "keep": "above"},
            "annexin": {"channels": ["AnnexinV"], "threshold": ANNEXIN},
            "viability_dye": {"channels": ["7-AAD"], "threshold": DYE},
        }
        section["gates"] = {"plate": {"m": gates}}
    settings = FlowSettings.from_config(with_defaults(section, FOLDER / "flow.schema.yaml"))
    if used_alone:
        return _used_gates_alone(files, settings)
    wells = gate_experiment(files, settings).wells
    columns = ["events_singlets", "events_population", "n_viable", "n_early", "n_late"]
    return [[int(value) for value in row] for row in wells[columns].to_numpy()]


def _used_gates_alone(files: Any, settings: Any) -> Counts:
    """The gates are set and every file is counted and measured for the checks; no more."""
    from coculture.flow.compensation.experiment_spillover import experiment_spillover
    from coculture.flow.files import flow_files
    from coculture.flow.gating.compensated import compensated
    from coculture.flow.gating.counting import measure
    from coculture.flow.tubes import open_tubes

    tubes = open_tubes(flow_files(files), settings)
    used = compensated(tubes, experiment_spillover(tubes, settings), settings, {})
    counts = []
    for tube in used.tubes:
        ((found),) = measure(tube, used.spillover.matrix, settings, used.blocks)
        classes = found.counts.quadrants
        after = found.counts.after
        counts.append(
            [after["singlets"], after["population"]]
            + [classes[name] for name in ("viable", "early", "late")]
        )
    return counts


def with_numpy(paths: list[Path]) -> Counts:
    from coculture.flow.fcs.header import read_header

    inverse = np.linalg.inv(np.array(SPILLOVER))
    counts = []
    for path in paths:
        header = read_header(path)
        data = np.memmap(path, "<f4", "r", header.data_start, (header.events, len(CHANNELS)))
        area, height, side = data[:, 0], data[:, 1], data[:, 2]
        inside = (area >= 0) & (area < TOP) & (side >= 0) & (side < TOP) & (area >= CELLS)
        inside &= height >= RATIO * area
        stains = data[inside, 3:6] @ inverse
        kept = stains[stains[:, 0] >= GFP]
        annexin, dye = kept[:, 1] >= ANNEXIN, kept[:, 2] >= DYE
        quadrants = [~annexin & ~dye, annexin & ~dye, annexin & dye]
        counts.append([len(stains), len(kept), *(int(q.sum()) for q in quadrants)])
    return counts


def with_flowcytometrytools(paths: list[Path]) -> Counts:
    from coculture.flow.gating.flowcytometrytools import _names_it_expects, threshold_gate

    inverse = np.linalg.inv(np.array(SPILLOVER))
    counts = []
    with _names_it_expects():
        # FCMeasurement uses the field names of the old result at run time.
        inspect.getargspec = _old_argspec  # type: ignore[attr-defined]
        from FlowCytometryTools import FCMeasurement
        from FlowCytometryTools.core.gates import QuadGate

        for path in paths:
            sample = FCMeasurement(ID=path.stem, datafile=str(path), readdata_kwargs={})
            data = sample.data.copy()
            data[list(STAINS)] = data[list(STAINS)].to_numpy() @ inverse
            data["ratio"] = data["FSC-H"] / data["FSC-A"]
            sample.set_data(data)
            for gate in (
                threshold_gate(0, "FSC-A", "above", "FSC-A"),
                threshold_gate(TOP, "FSC-A", "below", "FSC-A"),
                threshold_gate(0, "SSC-A", "above", "SSC-A"),
                threshold_gate(TOP, "SSC-A", "below", "SSC-A"),
                threshold_gate(CELLS, "FSC-A", "above", "FSC-A"),
                threshold_gate(RATIO, "ratio", "above", "ratio"),
            ):
                sample = sample.gate(gate)
            kept = sample.gate(threshold_gate(GFP, "GFP", "above", "GFP"))
            row = [len(sample.data), len(kept.data)]
            for region in ("bottom left", "bottom right", "top right"):
                gate = QuadGate((ANNEXIN, DYE), ("AnnexinV", "7-AAD"), region, region)
                row.append(len(kept.gate(gate).data))
            counts.append(row)
    return counts


def _old_argspec(function: Any) -> Any:
    """The result of inspect.getargspec before Python 3.11."""
    full = inspect.getfullargspec(function)
    return types.SimpleNamespace(
        args=full.args, varargs=full.varargs, keywords=full.varkw, defaults=full.defaults
    )


def with_flowkit(paths: list[Path], logicle: bool) -> Counts:
    """FlowKit in a loop over samples, with stains gated in logicle or in linear units."""
    import flowkit as fk

    matrix = fk.Matrix(np.array(SPILLOVER), detectors=list(STAINS), fluorochromes=list(STAINS))
    strategy = fk.GatingStrategy()
    strategy.add_comp_matrix("spill", matrix)
    scale = fk.transforms.LogicleTransform(param_t=TOP + 1, param_w=0.5, param_m=4.5, param_a=0)
    strategy.add_transform("logicle", scale)

    def dimension(channel: str, low: float | None, high: float | None = None) -> Any:
        stain = channel in STAINS
        ends = [low, high]
        if stain and logicle:
            ends = [end and float(scale.apply(np.array([[end]]))[0, 0]) for end in ends]
        return fk.Dimension(
            channel,
            compensation_ref="spill" if stain else "uncompensated",
            transformation_ref="logicle" if stain and logicle else None,
            range_min=ends[0],
            range_max=ends[1],
        )

    scatter = [dimension("FSC-A", 0, TOP), dimension("SSC-A", 0, TOP)]
    strategy.add_gate(fk.gates.RectangleGate("scatter", scatter), ("root",))
    where: tuple[str, ...] = ("root", "scatter")
    strategy.add_gate(fk.gates.RectangleGate("cells", [dimension("FSC-A", CELLS)]), where)
    where = (*where, "cells")
    corners = [(0, 0), (400_000, RATIO * 400_000), (400_000, 1e6), (0, 1e6)]
    both = [dimension("FSC-A", None), dimension("FSC-H", None)]
    strategy.add_gate(fk.gates.PolygonGate("singlets", both, corners), where)
    where = (*where, "singlets")
    strategy.add_gate(fk.gates.RectangleGate("m", [dimension("GFP", GFP)]), where)
    where = (*where, "m")
    for name, annexin, dye in (
        ("viable", (None, ANNEXIN), (None, DYE)),
        ("early", (ANNEXIN, None), (None, DYE)),
        ("late", (ANNEXIN, None), (DYE, None)),
    ):
        corner = [dimension("AnnexinV", *annexin), dimension("7-AAD", *dye)]
        strategy.add_gate(fk.gates.RectangleGate(name, corner), where)
    counts = []
    for path in paths:
        results = strategy.gate_sample(fk.Sample(str(path)))
        names = ("singlets", "m", "viable", "early", "late")
        counts.append([int(results.get_gate_count(name)) for name in names])
    return counts


RUNS = {
    "numpy": with_numpy,
    "coculture": lambda paths: with_coculture(paths, own=False),
    "coculture, own thresholds": lambda paths: with_coculture(paths, own=True),
    "coculture, used gates alone": lambda paths: with_coculture(paths, True, used_alone=True),
    "FlowKit": lambda paths: with_flowkit(paths, logicle=True),
    "FlowKit, linear gates": lambda paths: with_flowkit(paths, logicle=False),
    "FlowCytometryTools": with_flowcytometrytools,
}


def measure(name: str, folder: Path, files: int) -> None:
    """Run one program in this process and print its seconds, memory and counts as JSON."""
    paths = sorted(folder.glob("*.fcs"))[:files]
    RUNS[name](paths[:1])
    begin, begin_of_cpu = time.perf_counter(), time.process_time()
    counts = RUNS[name](paths)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - begin_of_cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    taken = {"seconds": seconds, "cpu": cpu, "megabytes": memory}
    print(json.dumps({**taken, "counts": counts}))


def run(
    python: str, name: str, folder: Path, files: int, checkout: Path | None = None
) -> dict[str, Any]:
    """Measure a program in a process of its own; with `checkout`, as its benchmark does."""
    script = checkout / "benchmarks" / Path(__file__).name if checkout else __file__
    command = [python, str(script), "--measure", name, "--folder", str(folder)]
    command += ["--files", str(files)]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    if checkout is not None:
        one_thread["PYTHONPATH"] = str(checkout / "src")
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=one_thread)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


PAIRS = {
    "coculture": "coculture",
    "coculture, own thresholds": "coculture, own thresholds",
    "coculture, used gates alone": "coculture, own thresholds",
}
"""What is compared with what of an earlier commit."""
ROUNDS = 5


def compare(before: Path, folder: Path, files: int) -> None:
    """Print the processor time beside that of an earlier checkout: medians of runs in turns."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in PAIRS}
    for _ in range(ROUNDS):
        for name, earlier in PAIRS.items():
            now = run(sys.executable, name, folder, files)["cpu"]
            then = run(sys.executable, earlier, folder, files, before)["cpu"]
            taken[name].append((now, then))
    for name, pairs in taken.items():
        now, then = (statistics.median(one) for one in zip(*pairs, strict=True))
        ratio = statistics.median(one / other for one, other in pairs)
        print(f"{name}: {now:.2f} s, before {then:.2f} s: {ratio:.2f} times (at most 1.25)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flowkit", help="Python of an environment that has FlowKit")
    parser.add_argument("--files", type=int, default=96)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--before", help="commit to compare with")
    parser.add_argument("--measure", choices=RUNS)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, options.folder, options.files)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_plate(folder, options.files, options.events)
        if options.before:
            # Not above: each measured process runs this file by its path.
            from benchmarks.workflow_overhead import checkout

            with checkout(options.before) as before:
                compare(before, folder, options.files)
            return
        total = options.files * options.events
        reference: Counts = []
        for path in RUNS:
            python = options.flowkit if path.startswith("FlowKit") else sys.executable
            if python is None:
                print(f"{path}: not run, because --flowkit was not given")
                continue
            result = run(python, path, folder, options.files)
            few = run(python, path, folder, max(1, options.files // 4))
            reference = reference or result["counts"]
            same = "own gates" if "own" in path else result["counts"] == reference
            print(
                f"{path:26} {result['seconds']:7.2f} s ({result['cpu']:6.2f} s of one core) "
                f"{total / 1e6 / result['seconds']:6.2f} M events/s  "
                f"peak {result['megabytes']:5.0f} MB (a quarter of the files "
                f"{few['megabytes']:.0f} MB)  same counts: {same}"
            )


if __name__ == "__main__":
    main()
