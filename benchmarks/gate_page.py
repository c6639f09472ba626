"""How large the gate page of many wells is, how fast it opens, and how long a repaint takes.

A page of one experiment is made from the embedded example, its wells repeated with their own copies
of the data. Chromium opens it; a gate of the stains, of the marker and of the cells is dragged. The
times of a repaint are those of the renderer's main thread in a trace of the browser: from the
pointer's move to the end of layout and paint, as processor time, which other work on the machine
does not lengthen.

    python benchmarks/gate_page.py [--wells 400]
"""

import argparse
import base64
import copy
import json
import shutil
import statistics
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any

import pandas as pd
from playwright.sync_api import Browser, Page, sync_playwright

from coculture.flow import FlowSettings, GatedExperiment, gate_experiment
from coculture.gate_page import GatePageInputs, pages
from coculture.study import load

MOVES = 20
"""Of the pointer in one drag."""
GATES = {"Annexin V and viability dye": "Annexin V", "GFP+": "GFP", "Cells": "cells"}
"""Plot -> the gate that is dragged in it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wells", type=int, default=400)
    wells = parser.parse_args().wells
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "gates.html"
        path.write_text(_page(wells), encoding="utf-8")
        print(f"{wells} wells: {path.stat().st_size / 1e6:.1f} MB")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        tab = browser.new_page(viewport={"width": 1280, "height": 1000})
        started = time.perf_counter()
        tab.goto(path.as_uri())
        tab.wait_for_selector("html[data-ready]")
        print(f"opened in {time.perf_counter() - started:.1f} s")
        for plot, gate in GATES.items():
            tab.locator("#plots label").filter(has_text=plot).first.click()
            times = _drag(browser, tab, gate, Path(folder) / "trace.json")
            print(
                f"{gate}: a repaint takes {statistics.median(times):.0f} ms "
                f"(median of {len(times)}; longest {max(times):.0f} ms)"
            )
        browser.close()


def _page(wells: int) -> str:
    """The page of the example's first experiment with so many wells."""
    study = load("config/config.yaml", with_events=False)
    gated = gate_experiment(
        pd.DataFrame(study.fcs_files("E1")), FlowSettings.from_config(study.flow_settings("E1"))
    )
    plots = _repeated(gated, wells)
    inputs = GatePageInputs(
        config={"study": "many", "title": "Many wells", "flow": {}},
        plots=[plots],
        gates=[json.loads(json.dumps(gated.gates, default=str))],
        arms={},
        findings=pd.DataFrame(columns=["id", "verdict_in_words", "sentence"]),
        file_name="many.gates.yaml",
    )
    ((_, text),) = pages(inputs, {"E1": wells})
    return text


def _repeated(gated: GatedExperiment, wells: int) -> dict[str, Any]:
    """gate_plots.json with so many samples, each with arrays of its own."""
    plots = copy.deepcopy(dict(gated.plots))
    raw, packed = zlib.decompress(base64.b64decode(plots["data"])), bytearray()
    samples = [one for one in plots["tubes"] if one["role"] == "sample"]
    controls = [one for one in plots["tubes"] if one["role"] != "sample"]
    tubes = []
    for number, tube in enumerate([*(samples[i % len(samples)] for i in range(wells)), *controls]):
        own = copy.deepcopy(tube) | {"fcs": f"{number}.fcs"}
        populations = own["populations"].values()
        arrays = [own["stored"], *(one["stains"] for one in populations)]
        for array in [*arrays, *(one for each in populations for one in each["markers"].values())]:
            start = array["at"]
            array["at"] = len(packed)
            packed += raw[start : start + array["length"] * array["bytes"]]
        tubes.append(own)
    data = base64.b64encode(zlib.compress(bytes(packed), 9)).decode()
    return plots | {"tubes": tubes, "data": data}


def _drag(browser: Browser, tab: Page, gate: str, trace: Path) -> list[float]:
    """Milliseconds of the renderer's main thread for each move of a drag."""
    grip = tab.get_by_role("slider", name=f"{gate}, threshold").locator(".grip").bounding_box()
    assert grip is not None
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    browser.start_tracing(
        page=tab,
        path=trace,
        categories=["disabled-by-default-devtools.timeline", "toplevel", "devtools.timeline"],
    )
    for move in range(MOVES):
        tab.mouse.move(x + 2 * move, y)
        tab.evaluate(f"performance.mark('move-{move}')")
        tab.evaluate("new Promise(requestAnimationFrame)")
    browser.stop_tracing()
    tab.mouse.up()
    return _per_move(json.loads(trace.read_text(encoding="utf-8"))["traceEvents"])


def _per_move(events: list[dict[str, Any]]) -> list[float]:
    """Processor time of the frames in a trace: script, style, layout and paint."""
    names = {
        "FireAnimationFrame",
        "UpdateLayoutTree",
        "Layout",
        "PrePaint",
        "Paint",
        "Layerize",
        "Commit",
    }
    main = {(one["pid"], one["tid"]) for one in events if one["name"] == "FireAnimationFrame"}
    own = sorted(
        (one for one in events if (one["pid"], one["tid"]) in main and one["name"] in names),
        key=lambda one: one["ts"],
    )
    frames: list[float] = []
    for one in own:
        if one["name"] == "FireAnimationFrame":
            frames.append(0.0)
        if frames:
            frames[-1] += one.get("tdur", one.get("dur", 0)) / 1000
    # A frame that was asked for by the benchmark alone paints nothing.
    return [frame for frame in frames if frame > 0.5] or [0.0]


if __name__ == "__main__":
    main()
