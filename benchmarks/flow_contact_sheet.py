"""The contact sheet of a 96-well plate compared with one Matplotlib scatter plot per well.

    .venv/bin/python benchmarks/flow_contact_sheet.py [--files 96] [--events 100000]

Both draw Annexin V against the viability dye of every well and write a PNG, without a layout
engine, which would only slow down the scatter plots. The time for reading, compensating and gating
is printed but not included. Seconds of one core (CPU time).
"""

import argparse
import math
import os
import tempfile
import time
from pathlib import Path

# Before numpy is imported: one thread, as the workflow's jobs run.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import pandas as pd
from matplotlib.figure import Figure

from coculture import drawing
from coculture.drawing import style
from coculture.flow import FlowSettings, gate_experiment
from coculture.flow.fcs.sample import read_fcs
from coculture.flow.figures import contact_sheet
from coculture.flow.figures.experiment_results import ExperimentResults
from coculture.flow.files import flow_files
from coculture.study.schema import FOLDER, with_defaults
from flow_speed import make_plate  # type: ignore[import-not-found]


def settings() -> FlowSettings:
    section = {
        "channels": {"annexin": "AnnexinV"},
        "populations": [{"name": "m", "markers": [{"channel": "GFP", "positive": True}]}],
        "compensation": {"source": "embedded"},
    }
    return FlowSettings.from_config(with_defaults(section, FOLDER / "flow.schema.yaml"))


def draw_sheet(files: pd.DataFrame, folder: Path) -> tuple[float, float]:
    """Seconds for reading and gating, and for drawing only."""
    chosen = settings()
    gated = gate_experiment(files, chosen)
    begin = time.process_time()
    results = ExperimentResults(
        flow_files(files), gated.wells, gated.gates, gated.spillover, chosen
    )
    for tube in results.tubes:
        results.reported.events(tube, "population", "AnnexinV", "7-AAD")
    reading = time.process_time() - begin
    begin = time.process_time()
    drawn = contact_sheet.draw(results)
    drawing.save(drawn, [folder / "sheet.png"])
    return reading, time.process_time() - begin - reading


def draw_scatters(files: pd.DataFrame, folder: Path) -> float:
    wells = [read_fcs(path).events[["AnnexinV", "7-AAD"]].to_numpy() for path in files["fcs"]]
    columns = min(12, len(wells))
    begin = time.process_time()
    with style.house_style():
        rows = math.ceil(len(wells) / columns)
        figure = Figure(figsize=(1.25 * columns, 1.25 * rows))
        figure.set_layout_engine("none")
        axes = figure.subplots(rows, columns, squeeze=False)
        for ax, well in zip(axes.ravel(), wells, strict=False):
            ax.scatter(well[:, 0], well[:, 1], s=1)
            ax.set_xscale("symlog", linthresh=100)
            ax.set_yscale("symlog", linthresh=100)
    style.save(figure, folder / "scatters.png")
    return time.process_time() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=96)
    parser.add_argument("--events", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_plate(folder, options.files, options.events)
        paths = [str(path) for path in sorted(folder.glob("*.fcs"))]
        files = pd.DataFrame({"fcs": paths, "experiment": "plate"})
        files = files.assign(role="sample", culture=[Path(path).stem for path in paths])
        # Both once with a few wells, so that imports and fonts are not measured.
        draw_scatters(files[:2], folder)
        draw_sheet(files[-2:], folder)
        reading, sheet = draw_sheet(files, folder)
        print(f"contact sheet {sheet:.2f} s (and reading and gating {reading:.2f} s)")
        scatters = draw_scatters(files, folder)
        percent = 100 * sheet / scatters
        print(f"one scatter per well {scatters:.2f} s; the sheet takes {percent:.1f} % of that")


if __name__ == "__main__":
    main()
