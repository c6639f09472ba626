"""The gate page as a person uses it, in a real headless Chromium, opened from disk."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page

from coculture.flow import GatedExperiment
from tests.gate_page.conftest import Gate, Opened
from tests.gate_page.gate_page_actions import choose_plot, drag, percents, save, slider

SHAPE = ("channels", "threshold", "vertices", "keep")


def exact(gated: GatedExperiment, population: str = "myeloma") -> "pd.Series[float]":
    """FCS file -> percent apoptotic of a population, as gating counts it."""
    wells = gated.wells
    rows = wells[(wells["population"] == population) & wells["percent_apoptotic"].notna()]
    return rows.set_index("fcs")["percent_apoptotic"]


def own_gates(saved: Mapping[str, Any]) -> dict[str, Any]:
    """The gates of a saved file as the config takes them."""
    return {
        experiment: {
            population: {
                name: {key: block[key] for key in SHAPE if key in block}
                | {
                    "of_files": {
                        one["fcs"]: one["threshold"] for one in block.get("exceptions", ())
                    }
                }
                for name, block in blocks.items()
            }
            for population, blocks in populations.items()
        }
        for experiment, populations in saved["gates"].items()
    }


def largest_error(tab: Page, gated: GatedExperiment) -> float:
    """Points between a percent of the page and that of gating, at most."""
    shown = pd.Series(percents(tab))
    of_samples = exact(gated).reindex(shown.index).dropna()
    assert len(of_samples) >= 12
    return float((shown - of_samples).abs().max())


def test_it_opens_without_a_request_and_shows_the_percents_of_the_run(
    opened: Opened, page: Path, gated: GatedExperiment
) -> None:
    tab = opened(page)
    requests: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.reload()
    tab.wait_for_selector("html[data-ready]")
    assert requests == [page.as_uri()]
    assert errors == []
    assert largest_error(tab, gated) <= 0.05 + 1e-9


@pytest.mark.parametrize("name", ["Annexin V, threshold", "viability dye, threshold"])
def test_a_dragged_stain_gives_the_percents_of_a_rerun(
    name: str, opened: Opened, page: Path, gate: Gate, tmp_path: Path
) -> None:
    tab = opened(page)
    before = percents(tab)
    handle = slider(tab, name)
    drag(tab, handle, 23, 0) if name.startswith("Annexin") else drag(tab, handle, 0, -17)
    shown = percents(tab)
    if name.startswith("Annexin"):
        assert shown != before
    saved = save(tab, tmp_path / "mine.gates.yaml")
    rerun = gate(own_gates(saved))
    assert saved["study"] == "mine"
    error = (pd.Series(shown) - exact(rerun)).abs().max()
    assert error < 0.3


def test_a_marker_moved_by_keys_gives_the_percents_of_a_rerun(
    opened: Opened, page: Path, gate: Gate, tmp_path: Path
) -> None:
    tab = opened(page)
    choose_plot(tab, "GFP+")
    handle = slider(tab, "GFP, threshold")
    handle.focus()
    at_first = handle.get_attribute("aria-valuenow")
    for _ in range(3):
        tab.keyboard.press("Shift+ArrowRight")
    tab.keyboard.press("ArrowLeft")
    assert handle.get_attribute("aria-valuenow") != at_first
    assert "about" in str(handle.get_attribute("aria-valuetext"))
    shown = percents(tab)
    rerun = gate(own_gates(save(tab, tmp_path / "mine.gates.yaml")))
    # The stains' automatic thresholds follow the population when the study runs again.
    assert (pd.Series(shown) - exact(rerun)).abs().median() < 0.3
