"""An experiment that was gated, and its gate page."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from playwright.sync_api import Browser, Page

from coculture.flow import FlowSettings, GatedExperiment, gate_experiment
from coculture.gate_page import GatePageInputs, pages
from coculture.study.schema import with_defaults

SCHEMA = Path(__file__).parents[2] / "src/coculture/study/schemas/flow.schema.yaml"
POPULATIONS = [
    {"name": "myeloma", "markers": [{"channel": "GFP", "positive": True}]},
    {"name": "stroma", "markers": [{"channel": "GFP", "positive": False}]},
]
EVIL = "</script><img src=x onerror=alert(1)>"
"""The name of an arm, with characters that break pages which do not escape them."""
Gate = Callable[..., GatedExperiment]
WritePage = Callable[..., Path]
Opened = Callable[[Path], Page]


@pytest.fixture(scope="session")
def files(small_study_once: Path) -> pd.DataFrame:
    """The first experiment of the small study."""
    table = pd.read_csv(small_study_once / "flow.csv", dtype=str, keep_default_na=False)
    table["path"] = [str(small_study_once / fcs) for fcs in table["fcs"]]
    return table[table["experiment"] == "E1"].copy()


@pytest.fixture(scope="session")
def gate(files: pd.DataFrame) -> Gate:
    """Gate the experiment: with gates of its own, and other keys of the flow section."""

    def gated(own: Mapping[str, Any] | None = None, **section: Any) -> GatedExperiment:
        section = {"populations": POPULATIONS} | section
        settings = with_defaults(section | {"gates": own or {}}, SCHEMA)
        return gate_experiment(files, FlowSettings.from_config(settings))

    return gated


@pytest.fixture(scope="session")
def gated(gate: Gate) -> GatedExperiment:
    """The experiment with automatic gates."""
    return gate()


def inputs_of(gated: GatedExperiment, **changes: Any) -> GatePageInputs:
    """What the page of one experiment is made of."""
    tubes = gated.plots["tubes"]
    given: dict[str, Any] = {
        "config": {"study": "mine", "title": "A study of <b>gates</b>", "flow": {"gates": {}}},
        "plots": [gated.plots],
        "gates": [yaml.safe_load(yaml.safe_dump(gated.gates))],
        "arms": {one["culture"]: f"arm {one['cells']} {EVIL}" for one in tubes if one["culture"]},
        "findings": pd.DataFrame(
            [{"id": "1a", "verdict_in_words": "shown", "sentence": f"DEX lowers {EVIL}."}]
        ),
        "file_name": "mine.gates.yaml",
    }
    return GatePageInputs(**given | changes)


@pytest.fixture(scope="session")
def write_page(tmp_path_factory: pytest.TempPathFactory) -> WritePage:
    """Write the page of a gated experiment: `write_page(gated, file=...)` gives its path."""

    def written(gated: GatedExperiment, **changes: Any) -> Path:
        samples = sum(one["role"] == "sample" for one in gated.plots["tubes"])
        path = tmp_path_factory.mktemp("gates") / "gates.html"
        (text,) = pages(inputs_of(gated, **changes), {"E1": samples}).values()
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture(scope="session")
def page(gated: GatedExperiment, write_page: WritePage) -> Path:
    """The page of the experiment with automatic gates."""
    return write_page(gated)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Open a page, 1280 pixels wide, and wait until its wells are there."""
    tabs = []

    def open_page(path: Path) -> Page:
        tab = browser.new_context().new_page()
        tab.set_viewport_size({"width": 1280, "height": 1000})
        tabs.append(tab)
        tab.goto(path.as_uri())
        tab.wait_for_selector("html[data-ready]")
        return tab

    yield open_page
    for tab in tabs:
        tab.context.close()
