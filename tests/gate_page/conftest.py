"""An experiment that was gated, its gate page, and a server of it."""

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from playwright.sync_api import Browser, Page

from coculture import serve_gates
from coculture.flow import FlowSettings, GatedExperiment, gate_experiment
from coculture.gate_page import GatePageInputs, pages
from coculture.gate_page.server import GateServer
from coculture.study import load

EVIL = "</script><img src=x onerror=alert(1)>"
"""The name of an arm, with characters that break pages which do not escape them."""
Rerun = Callable[[str], GatedExperiment]
WritePage = Callable[..., Path]
Opened = Callable[[str], Page]


def gated_with(folder: Path, **section: Any) -> GatedExperiment:
    """The first experiment of the study in `folder`, gated as its config and gates file say.

    `section` replaces keys of the flow section.
    """
    study = load(folder / "config.yaml", with_events=False)
    settings = FlowSettings.from_config({**study.flow_settings("E1"), **section})
    return gate_experiment(pd.DataFrame(study.fcs_files("E1")), settings)


@pytest.fixture(scope="session")
def gated(small_study_once: Path) -> GatedExperiment:
    """The experiment with automatic gates."""
    return gated_with(small_study_once)


@pytest.fixture
def rerun(small_study: Path) -> Rerun:
    """Gate the experiment with a gates file that says this."""

    def gated_again(text: str) -> GatedExperiment:
        (small_study / "config.gates.yaml").write_text(text, encoding="utf-8")
        return gated_with(small_study)

    return gated_again


def inputs_of(gated: GatedExperiment, **changes: Any) -> GatePageInputs:
    """What the page of one experiment is made of."""
    tubes = gated.plots["tubes"]
    given: dict[str, Any] = {
        "config": {"study": "small", "title": "A study of <b>gates</b>", "flow": {"gates": {}}},
        "plots": [gated.plots],
        "gates": [yaml.safe_load(yaml.safe_dump(gated.gates))],
        "arms": {one["culture"]: f"arm {EVIL} {one['culture']}" for one in tubes if one["culture"]},
        "findings": pd.DataFrame(
            [{"id": "1a", "verdict_in_words": "shown", "sentence": f"DEX lowers {EVIL}."}]
        ),
        "file_name": "config.gates.yaml",
    }
    return GatePageInputs(**given | changes)


def page_of(gated: GatedExperiment, **changes: Any) -> str:
    """The page of one experiment."""
    samples = sum(one["role"] == "sample" for one in gated.plots["tubes"])
    ((_, text),) = pages(inputs_of(gated, **changes), {"E1": samples})
    return text


@pytest.fixture
def write_page(tmp_path: Path) -> WritePage:
    """Write the page of a gated experiment: `write_page(gated, file=...)` gives its path."""

    def written(gated: GatedExperiment, **changes: Any) -> Path:
        path = tmp_path / "gates.html"
        path.write_text(page_of(gated, **changes), encoding="utf-8")
        return path

    return written


@pytest.fixture(scope="session")
def page(gated: GatedExperiment, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page with automatic gates."""
    path = tmp_path_factory.mktemp("gates") / "gates.html"
    path.write_text(page_of(gated), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def errors() -> list[str]:
    """What went wrong in the pages that were opened."""
    return []


@pytest.fixture
def opened(browser: Browser, errors: list[str]) -> Iterator[Opened]:
    """Open a page, 1280 pixels wide, and wait until its wells are there."""
    contexts = []

    def open_page(address: str) -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 1000}))
        tab = contexts[-1].new_page()
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("console", lambda message: errors.append(message.text))
        tab.goto(address)
        tab.wait_for_selector("html[data-ready]")
        return tab

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def server(small_study: Path, gated: GatedExperiment, tmp_path: Path) -> Iterator[GateServer]:
    """A server of the page; its run prints a line and ends."""
    folder = tmp_path / "results" / "small"
    folder.mkdir(parents=True)
    (folder / "gates.html").write_text(page_of(gated), encoding="utf-8")
    command = [sys.executable, "-c", "print('Job 1: gating')"]
    made = serve_gates.server_of(small_study / "config.yaml", tmp_path / "results", command)
    serving = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    yield made
    made.shutdown()
    serving.join()
    made.server_close()
    made.run.stop()
    shutil.rmtree(folder)
