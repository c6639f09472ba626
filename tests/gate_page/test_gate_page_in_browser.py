"""The gate page as a person uses it, in a real headless Chromium, opened from disk."""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from playwright.sync_api import expect

from coculture.flow import GatedExperiment
from tests.accessibility import serious_faults
from tests.gate_page.conftest import EVIL, Opened, Rerun, WritePage, gated_with
from tests.gate_page.gate_page_actions import (
    choose_plot,
    choose_well,
    drag,
    fill_reasons,
    percents,
    save,
    slider,
)

POINTS = 0.3
"""Of a threshold of a stain or a marker: a percent of the page is so near to that of a rerun."""
WHY = {"reason": "as before", "by": "RK", "date": "2026-11-29", "blinded": True}


def exact(gated: GatedExperiment, column: str = "percent_apoptotic") -> "pd.Series[float]":
    """FCS file -> percent as gating counts it, of those that have one."""
    rows = gated.wells[gated.wells[column].notna()]
    return rows.set_index("fcs")[column]


def most_apoptotic(gated: GatedExperiment) -> str:
    """The sample with the highest percent."""
    samples = gated.wells.loc[gated.wells["role"] == "sample", "fcs"]
    return str(exact(gated)[samples].idxmax())


def errors_of(shown: dict[str, float], gated: GatedExperiment) -> "pd.Series[float]":
    """Points between the percents of the page and those of gating."""
    expected = exact(gated)
    assert set(shown) == set(expected.index)
    return (pd.Series(shown) - expected).abs()


def with_stains_as_they_were(text: str, gated: GatedExperiment) -> str:
    """The file, with the automatic thresholds of the stains as gates of its own.

    A rerun sets them again from the cells that the moved gate keeps, which the page does not do.
    """
    saved = yaml.safe_load(text)
    blocks = gated.gates["populations"]["myeloma"]
    for gate in ("annexin", "viability_dye"):
        shape = {key: blocks[gate][key] for key in ("channels", "threshold", "keep")}
        saved["gates"]["E1"]["myeloma"][gate] = {"source": "manual", **shape, **WHY}
    return yaml.safe_dump(saved)


def of_annexin(text: str) -> dict[str, Any]:
    """The gate of Annexin V in a saved file."""
    found: dict[str, Any] = yaml.safe_load(text)["gates"]["E1"]["myeloma"]["annexin"]
    return found


def test_it_opens_without_a_request_and_shows_the_percents_of_the_run(
    opened: Opened, page: str, gated: GatedExperiment, errors: list[str]
) -> None:
    tab = opened(page)
    requests: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.reload()
    tab.wait_for_selector("html[data-ready]")
    assert requests == [page]
    assert errors == []
    assert errors_of(percents(tab), gated).max() <= 0.05 + 1e-9
    # Nobody sees more of the study than the codes.
    words = tab.locator("body").inner_text()
    assert not [one for one in gated.wells["culture"] if one and one in words]
    assert "arm " not in words


@pytest.mark.parametrize(
    ("name", "across", "up"), [("Annexin V", 23, 0), ("viability dye", 0, 170)]
)
def test_a_dragged_stain_gives_the_percents_of_a_rerun(
    name: str, across: int, up: int, opened: Opened, page: str, rerun: Rerun, tmp_path: Path
) -> None:
    tab = opened(page)
    tab.get_by_label("Percent shown").select_option("late")
    before = percents(tab)
    drag(tab, slider(tab, f"{name}, threshold"), across, up)
    late = percents(tab)
    assert max(abs(late[fcs] - before[fcs]) for fcs in late) > 2 * POINTS
    tab.get_by_label("Percent shown").select_option("apoptotic")
    shown = percents(tab)
    again = rerun(save(tab, tmp_path / "saved.yaml"))
    assert errors_of(shown, again).max() < POINTS
    assert (pd.Series(late) - exact(again, "percent_late")).abs().max() < POINTS


def test_thresholds_in_the_live_peak_agree_within_the_error_that_is_shown(
    opened: Opened, page: str, rerun: Rerun, tmp_path: Path
) -> None:
    tab, missed, compared = opened(page), 0, 0
    # Both divide the live cells, where bins have most events.
    for annexin, dye in ((21.3, 31.7), (34.9, 57.3), (48.1, 77.7)):
        tab.evaluate(
            """values => ["annexin", "viability_dye"].forEach((gate, place) => {
                const shape = shapeFor(view.experiment, view.population, gate, null);
                const moved = { ...shape, threshold: values[place] };
                setShape(view.experiment, view.population, gate, moved, null);
            })""",
            [annexin, dye],
        )
        given = tab.evaluate(
            """samples(view.experiment).map((tube) => {
                const { percent, error } = percentIn(tube, shapesOf(tube));
                return [tube.fcs, percent, error];
            })"""
        )
        shown = pd.DataFrame(given, columns=["fcs", "percent", "error"]).set_index("fcs")
        again = exact(rerun(save(tab, tmp_path / "saved.yaml")))
        off = (shown["percent"] - again.reindex(shown.index)).abs()
        missed += int((off > shown["error"]).sum())
        compared += len(off)
        assert shown["error"].max() < 2
    assert missed <= 0.1 * compared, (missed, compared)


@pytest.mark.parametrize(
    ("value", "written"),
    [("5e-7", 5e-7), ("[[12e21, -3e-10], [1.25e-9, 100]]", [[1.2e22, -3e-10], [1.25e-9, 100]])],
)
def test_very_small_and_large_numbers_stay_numbers(
    value: str, written: Any, opened: Opened, page: str
) -> None:
    assert yaml.safe_load(opened(page).evaluate(f"numbers({value})")) == written


def test_a_marker_moved_by_keys_gives_the_percents_of_a_rerun(
    opened: Opened, page: str, rerun: Rerun, gated: GatedExperiment, tmp_path: Path
) -> None:
    tab = opened(page)
    choose_plot(tab, "GFP+")
    handle = slider(tab, "GFP, threshold")
    handle.focus()
    at_first = float(str(handle.get_attribute("aria-valuenow")))
    for _ in range(5):
        tab.keyboard.press("Shift+ArrowRight")
    tab.keyboard.press("ArrowLeft")
    assert float(str(handle.get_attribute("aria-valuenow"))) > at_first
    said = str(handle.get_attribute("aria-valuetext"))
    assert re.fullmatch(r"[\d,.]+; apoptotic about [\d.]+ %", said)
    shown = percents(tab)
    again = rerun(with_stains_as_they_were(save(tab, tmp_path / "saved.yaml"), gated))
    assert abs(exact(again) - exact(gated)).max() > 2 * POINTS
    assert errors_of(shown, again).max() < POINTS


def test_a_polygon_of_cells_agrees_within_its_sampling_error(
    opened: Opened, page: str, rerun: Rerun, gated: GatedExperiment, tmp_path: Path
) -> None:
    tab = opened(page)
    choose_plot(tab, "Cells")
    tab.get_by_role("button", name="Draw a polygon").click()
    drag(tab, slider(tab, "cells, corner 1"), 60, 20)
    slider(tab, "cells, corner 4").focus()
    for _ in range(4):
        tab.keyboard.press("Shift+ArrowRight")
    assert tab.get_by_text("± is the 95 % sampling error").is_visible()
    given = tab.evaluate(
        "tiles.map(({ tube }) => [tube.fcs, percentIn(tube, shapesOf(tube)).error])"
    )
    error = pd.Series(dict(given), dtype=float)
    shown = percents(tab)
    again = rerun(with_stains_as_they_were(save(tab, tmp_path / "saved.yaml"), gated))
    off = errors_of(shown, again)
    assert abs(exact(again) - exact(gated)).max() > 1
    # 0.2: a place of a stored event is one of 256 on its axis, and the text has one digit.
    assert (off <= error[off.index] + 0.2).mean() >= 0.9


def test_one_well_has_a_gate_of_its_own_only_with_a_reason(
    opened: Opened, page: str, rerun: Rerun, gated: GatedExperiment, tmp_path: Path
) -> None:
    tab = opened(page)
    fcs = most_apoptotic(gated)
    choose_well(tab, fcs)
    before = percents(tab)
    tab.get_by_label("this one only").check()
    handle = slider(tab, "Annexin V, threshold")
    handle.press("Shift+ArrowRight")
    assert percents(tab) == before
    expect(tab.get_by_role("status")).to_contain_text("reason")
    expect(tab.get_by_label("Reason", exact=True)).to_be_focused()
    tab.get_by_label("Reason", exact=True).fill("clogged: dimmer")
    for _ in range(3):
        handle.press("Shift+ArrowRight")
    shown = percents(tab)
    assert {name for name in shown if shown[name] != before[name]} == {fcs}
    text = save(tab, tmp_path / "saved.yaml", "clogged: dimmer")
    (own,) = of_annexin(text)["exceptions"]
    assert own["fcs"] == fcs
    assert own["reason"] == "clogged: dimmer"
    assert own["threshold"] > own["automatic"]
    assert "threshold" not in of_annexin(text)
    assert errors_of(shown, rerun(text)).max() < POINTS


def test_a_well_is_excluded_only_with_a_reason(
    opened: Opened, page: str, rerun: Rerun, gated: GatedExperiment, tmp_path: Path
) -> None:
    tab = opened(page)
    fcs = most_apoptotic(gated)
    choose_well(tab, fcs)
    tab.get_by_role("button", name="Exclude this well").click()
    tab.get_by_role("button", name="Exclude", exact=True).click()
    assert fcs in percents(tab)
    tab.get_by_label("Reason for excluding it").fill("air bubble")
    tab.get_by_role("button", name="Exclude", exact=True).click()
    assert fcs not in percents(tab)
    wells = rerun(save(tab, tmp_path / "saved.yaml", "air bubble")).wells
    (reason,) = wells.loc[wells["fcs"] == fcs, "excluded"]
    assert str(reason).startswith("air bubble (RK")


def test_undo_redo_reset_and_comparison_with_the_automatic_gate(opened: Opened, page: str) -> None:
    tab = opened(page)
    before = percents(tab)
    slider(tab, "Annexin V, threshold").press("Shift+ArrowRight")
    once = percents(tab)
    slider(tab, "Annexin V, threshold").press("Shift+ArrowRight")
    twice = percents(tab)
    assert before != once != twice
    tab.keyboard.press("Control+z")
    assert percents(tab) == once
    tab.get_by_role("button", name="Redo").click()
    assert percents(tab) == twice
    tab.get_by_label("Compare with automatic").check()
    texts = tab.evaluate("tiles.map((tile) => [tile.tube.fcs, tile.percent.textContent])")
    compared = {fcs: float(text.split("(")[1][:-1]) for fcs, text in texts if text != "– (–)"}
    assert compared == before
    assert tab.locator("#lines-before").get_attribute("d")
    tab.get_by_role("button", name="Reset to automatic").click()
    assert percents(tab) == before
    expect(tab.locator("#save")).to_have_text("Save gates")


def test_arms_are_hidden_while_gates_move_and_the_file_says_so(
    opened: Opened, page: str, tmp_path: Path, errors: list[str]
) -> None:
    tab = opened(page)
    handle = slider(tab, "Annexin V, threshold")
    handle.press("Shift+ArrowRight")
    expect(tab.get_by_role("heading", name="Arms and findings")).to_be_hidden()
    gate = of_annexin(save(tab, tmp_path / "first.yaml"))
    assert gate["blinded"] is True
    assert gate["automatic"] < gate["threshold"]
    assert (gate["reason"], gate["by"], gate["date"]) == (
        "shoulder of the live peak",
        "RK",
        "2026-11-29",
    )
    expect(tab.get_by_role("heading", name="Arms and findings")).to_be_visible()
    # A name with HTML in it is shown as it is written.
    expect(tab.locator("#arm-rows th").first).to_contain_text(f"arm {EVIL}")
    assert tab.locator("img").count() == 0
    assert tab.title() == "Gates of A study of <b>gates</b>"
    handle.press("Shift+ArrowRight")
    expect(tab.get_by_role("heading", name="Arms and findings")).to_be_hidden()
    assert of_annexin(save(tab, tmp_path / "second.yaml"))["blinded"] is False
    assert errors == []


def test_nothing_is_saved_without_reason_name_and_date(opened: Opened, page: str) -> None:
    tab = opened(page)
    slider(tab, "Annexin V, threshold").press("ArrowRight")
    tab.locator("#save").click()
    for label in ("E1, myeloma, annexin", "Your name or initials", "Date"):
        tab.get_by_role("button", name="Save", exact=True).click()
        expect(tab.get_by_label(label)).to_be_focused()
        tab.get_by_label(label).fill("x")


def test_the_page_of_a_rerun_begins_with_the_saved_gates(
    opened: Opened, page: str, rerun: Rerun, write_page: WritePage, tmp_path: Path
) -> None:
    tab = opened(page)
    for name in ("Annexin V, threshold", "viability dye, threshold"):
        slider(tab, name).press("Shift+ArrowRight")
    choose_plot(tab, "Cells")
    tab.get_by_role("button", name="Draw a polygon").click()
    choose_plot(tab, "Time")
    tab.get_by_role("button", name="Set a time gate").click()
    text = save(tab, tmp_path / "saved.yaml")
    again = rerun(text)
    second = opened(write_page(again, file=yaml.safe_load(text)).as_uri())
    assert errors_of(percents(second), again).max() <= 0.05 + 1e-9
    expect(second.locator("#save")).to_have_text("Save gates")
    second.locator("#save").click()
    with second.expect_download() as saving:
        second.get_by_role("button", name="Save", exact=True).click()
    assert yaml.safe_load(Path(saving.value.path()).read_text()) == yaml.safe_load(text)
    second.get_by_role("button", name="Reset to automatic").click()
    assert "automatic" in str(second.locator("#gate-list").text_content())


def test_gates_of_the_config_are_shown_as_the_run_used_them(
    opened: Opened, small_study_once: Path, gated: GatedExperiment, write_page: WritePage
) -> None:
    annexin = gated.gates["populations"]["myeloma"]["annexin"]
    moved = {"channels": annexin["channels"], "threshold": 3 * annexin["threshold"]}
    by_hand = gated_with(small_study_once, gates={"E1": {"myeloma": {"annexin": moved}}})
    config = {"study": "small", "title": "", "flow": {"gates": {"E1": {}}}}
    tab = opened(write_page(by_hand, config=config).as_uri())
    assert errors_of(percents(tab), by_hand).max() <= 0.05 + 1e-9
    assert abs(exact(by_hand) - exact(gated)).max() > 2 * POINTS
    tab.get_by_label("Compare with automatic").check()
    own, other = tab.locator("#gate-list li").all_text_contents()
    assert re.fullmatch(r"Annexin V ≥ [\d,.]+ set in the config; automatic ≥ [\d,.]+", own), own
    assert re.fullmatch(r"viability dye ≥ [\d,.]+ automatic", other), other
    assert tab.get_by_text("remove them there").is_visible()


STAINS: dict[str, dict[str, Any]] = {
    "one stain": {"channels": {"annexin": None}},
    "no stain": {"channels": {"annexin": None, "viability_dye": None}},
    "all cells": {"populations": [], "report_population": None},
    "two populations": {
        "populations": [
            {"name": name, "markers": [{"channel": "GFP", "positive": one}], "same_cells_as": None}
            for name, one in (("myeloma", True), ("stroma", False))
        ]
    },
}


@pytest.mark.parametrize("design", STAINS)
def test_other_stains_and_populations_work(
    design: str,
    opened: Opened,
    small_study_once: Path,
    write_page: WritePage,
    errors: list[str],
) -> None:
    section = {**STAINS[design]}
    if "channels" in section:
        named = yaml.safe_load((small_study_once / "config.yaml").read_text())["flow"]["channels"]
        base = {"forward_scatter_width": None, **named}
        section["channels"] = base | section["channels"]
    gated = gated_with(small_study_once, **section)
    tab = opened(write_page(gated).as_uri())
    plots = tab.locator("#plots span").all_inner_texts()
    for title in plots:
        choose_plot(tab, title)
        before = percents(tab)
        handles = tab.get_by_role("slider").all()
        for handle in handles:
            for _ in range(6):
                handle.press("Shift+ArrowRight")
        assert not handles or percents(tab) != before
    if tab.locator("#population").is_visible():
        tab.get_by_label("Population").select_option("stroma")
        slider(tab, "Annexin V, threshold").press("Shift+ArrowRight")
    assert errors == []


def test_axe_finds_no_serious_fault(opened: Opened, page: str) -> None:
    tab = opened(page)
    assert serious_faults(tab) == []
    choose_plot(tab, "Cells")
    tab.get_by_role("button", name="Draw a polygon").click()
    tab.get_by_role("button", name="Show arms and findings").click()
    tab.get_by_label("Compare with automatic").check()
    tab.get_by_label("this one only").check()
    assert serious_faults(tab) == []
    fill_reasons(tab, "")
    assert serious_faults(tab) == []


@pytest.mark.parametrize("width", [400, 800, 1280])
def test_nothing_is_wider_than_the_window(width: int, opened: Opened, page: str) -> None:
    tab = opened(page)
    tab.set_viewport_size({"width": width, "height": 900})
    # Canvases follow the new width in the next frames.
    found = tab.evaluate(
        """async width => {
          const wide = () => document.documentElement.scrollWidth;
          for (let frame = 0; frame < 300 && wide() > width; frame++)
            await new Promise(requestAnimationFrame);
          return wide();
        }""",
        width,
    )
    assert found <= width


def test_groups_of_events_are_the_same_by_table_and_by_map(page: str, opened: Opened) -> None:
    """The table takes 4^gates bytes, so that many gates need the other."""
    kinds = opened(page).evaluate(
        """() => {
          const now = Uint16Array.from([0, 5, 5, 1023, 0]);
          const then = Uint16Array.from([1, 5, 5, 0, 1]);
          return [10, 11, 16].map((gates) => JSON.stringify(groupsOf(now, then, gates)));
        }"""
    )
    assert kinds == ["[[0,1,2],[5,5,2],[1023,0,1]]"] * 3
