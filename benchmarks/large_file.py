"""An FCS file of 1 GB, 10 million events of 25 channels: memory and time of its gating.

    .venv/bin/python -m benchmarks.large_file [--repeats 100]

One experiment of the example's design is gated twice, as a run does it. One sample has 100,000
events and 18 further channels the first time, and the same events over and over the second. The
memory of each step must be below 1.5 GB, and the percents the same within 0.1 points: the gates are
set again with the events of all files. tests/flow/test_large_tube.py compares the counts under the
same gates.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from benchmarks.scale import run

from coculture import simulate
from coculture.flow.fcs.sample import read_fcs
from coculture.simulate import events

EVENTS = 100_000
FURTHER = 18
"""Channels beside the seven of the simulated cytometer."""
SHOWN = ("percent_viable", "percent_early", "percent_late", "percent_necrotic")
MOST_POINTS = 0.1
MOST_MB = 1500
ONE_EXPERIMENT = replace(
    simulate.EXAMPLE,
    design=replace(simulate.EXAMPLE.design, experiments=1, wells=1),
    cytometer=replace(simulate.EXAMPLE.cytometer, events=EVENTS),
)


def main() -> int:
    """Print what both runs cost; 1 if counts or memory are not as they must be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=100)
    repeats = parser.parse_args().repeats
    wells: dict[int, pd.Series] = {}
    memory = 0.0
    for times in (1, repeats):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            simulate.study(folder / "large", 1, ONE_EXPERIMENT)
            rows = pd.read_csv(folder / "large/flow.csv")
            fcs = rows[rows["role"] == "sample"]["fcs"].iloc[-1]
            size = write_repeated(folder / "large" / fcs, times)
            run(folder, folder / "large/config.yaml", 1)
            results = folder / "results/large"
            print(f"{times * EVENTS:,} events, {size / 1e6:,.0f} MB")
            for step in sorted((results / "steps").rglob("flow_*/*.json")):
                spent = json.loads(step.read_text("utf-8"))
                memory = max(memory, float(spent["peak_memory_mb"]))
                print(
                    f"    {spent['step']:14}{float(spent['cpu_seconds']):7.1f} CPU s"
                    f"{float(spent['peak_memory_mb']):7.0f} MB",
                    flush=True,
                )
            (table,) = (results / "flow").glob("*/wells.csv")
            wells[times] = pd.read_csv(table).set_index("fcs").loc[fcs]
    percents = [wells[times].filter(like="percent_").astype(float) for times in wells]
    differ = float((percents[1] - percents[0])[list(SHOWN)].abs().max())
    print(f"percents differ by {differ:.3f} points")
    return 0 if differ < MOST_POINTS and memory < MOST_MB else 1


def write_repeated(path: Path, times: int) -> int:
    """Write the file's events again, so many times, with further channels; returns its size."""
    recorded = read_fcs(path).events.to_numpy(np.float32)
    channels = [*events.CHANNELS, *(f"X{number}-A" for number in range(FURTHER))]
    rows = np.hstack([recorded, np.zeros((len(recorded), FURTHER), np.float32)])
    labels = [*events.LABELS, *[""] * FURTHER]
    time = events.CHANNELS.index("Time")
    first, size = 8192, rows.size * 4
    keywords = {
        "$BEGINANALYSIS": 0,
        "$ENDANALYSIS": 0,
        "$BEGINSTEXT": 0,
        "$ENDSTEXT": 0,
        "$BEGINDATA": first,
        "$ENDDATA": first + times * size - 1,
        "$BYTEORD": "1,2,3,4",
        "$DATATYPE": "F",
        "$MODE": "L",
        "$NEXTDATA": 0,
        "$PAR": len(channels),
        "$TOT": times * len(rows),
        "$TIMESTEP": "0.0001",
    }
    for number, (channel, label) in enumerate(zip(channels, labels, strict=True), start=1):
        keywords |= {f"$P{number}N": channel, f"$P{number}B": 32, f"$P{number}E": "0,0"}
        keywords |= {f"$P{number}R": 262144} | ({f"$P{number}S": label} if label else {})
    text = "|" + "".join(f"{key}|{value}|" for key, value in keywords.items())
    ends = f"{58:>8}{58 + len(text) - 1:>8}{0:>8}{0:>8}{0:>8}{0:>8}"
    with path.open("wb") as file:
        file.write(f"FCS3.1    {ends}{text}".encode("ascii").ljust(first))
        for number in range(times):
            # An even flow: no stretch of time may be left out of one file and not of the other.
            rows[:, time] = np.arange(len(rows)) + number * len(rows)
            file.write(rows.astype("<f4").tobytes())
    return path.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
