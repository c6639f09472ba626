"""Figures of the gating: drawn from what the workflow reads back, the same bytes each time."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from matplotlib.figure import Figure
from matplotlib.text import Text

from coculture import result_tables, style
from coculture.flow import FlowSettings, check_files, figures, gate_experiment

Settings = Callable[..., FlowSettings]
Drawn = tuple[pd.DataFrame, pd.DataFrame, dict[str, Any], pd.DataFrame, FlowSettings]
MYELOMA = {"name": "myeloma", "markers": [{"channel": "GFP", "positive": True}]}
BY_GATES = ["gating_strategy", "contact_sheet", "control_histograms", "threshold_sensitivity"]


def drawn_from(folder: Path, files: pd.DataFrame, settings: FlowSettings) -> Drawn:
    """What the figures' job reads: tables and gates as written."""
    gated = gate_experiment(files, settings)
    result_tables.write(gated.wells, folder / "wells.csv", "flow/wells.csv")
    result_tables.write(gated.spillover, folder / "spillover.csv", "flow/spillover.csv")
    gates = yaml.safe_load(yaml.safe_dump(gated.gates))
    wells = result_tables.read(folder / "wells.csv")
    return files, wells, gates, result_tables.read(folder / "spillover.csv"), settings


@pytest.fixture
def experiment(small_study_once: Path, tmp_path: Path, flow_settings: Settings) -> Drawn:
    files = pd.read_csv(small_study_once / "flow.csv", dtype=str, keep_default_na=False)
    files["path"] = [str(small_study_once / fcs) for fcs in files["fcs"]]
    files = files[files["experiment"] == "E1"]
    return drawn_from(tmp_path, files, flow_settings(populations=[MYELOMA]))


def texts(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text))


@pytest.mark.parametrize("name", BY_GATES)
def test_drawn_twice_the_bytes_are_the_same(experiment: Drawn, name: str, tmp_path: Path) -> None:
    for copy in ("one", "two"):
        style.save(getattr(figures, name)(*experiment), tmp_path / f"{copy}.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_the_contact_sheet_shows_every_sample_and_its_percents(experiment: Drawn) -> None:
    _, wells, *_ = experiment
    shown = texts(figures.contact_sheet(*experiment))
    for row in wells[wells["role"] == "sample"].to_dict("records"):
        assert str(row["culture"]) in shown
        assert f"{row['percent_early']:.0f}" in shown.split("\n")


def test_histograms_name_the_threshold_and_its_rule(experiment: Drawn) -> None:
    shown = texts(figures.control_histograms(*experiment)).replace("\n", " ")
    for name, block in experiment[2]["populations"]["myeloma"].items():
        if name in ("GFP", "annexin", "viability_dye"):
            how = block["rule"].partition(": ")[2]
            source = {"GFP": "cells without the marker"}.get(name, "live cells' peak")
            assert f"{block['threshold']:.4g}, {source}: {how}" in shown
    assert "_peak" not in shown


def test_panel_titles_of_histograms_stand_at_one_height(experiment: Drawn) -> None:
    gates = deepcopy(experiment[2])
    gates["populations"]["myeloma"]["GFP"]["rule"] = "manual"
    figure = figures.control_histograms(*experiment[:2], gates, *experiment[3:])
    figure.draw_without_rendering()
    tops = {round(ax.title.get_window_extent().y0, 3) for ax in figure.axes}
    assert len(tops) == 1
    assert "set by hand" in texts(figure)


def test_gating_strategy_tells_how_many_events_each_gate_keeps(experiment: Drawn) -> None:
    shown = texts(figures.gating_strategy(*experiment))
    for step in ("Cells", "Single cells", "myeloma: GFP+", "Quadrants"):
        for kind in ("control", "sample", "most apoptotic"):
            assert f"{step} · {kind}" in shown
    assert "E1-stroma-alone: 0.0 % of" in shown


def test_gating_strategy_shows_an_untreated_and_the_most_apoptotic_sample(
    experiment: Drawn,
) -> None:
    files, wells, gates, spillover, settings = experiment
    samples = wells[wells["role"] == "sample"].sort_values("percent_apoptotic")
    most = str(samples["culture"].iloc[-1])
    untreated = files["culture"].str.contains("untreated")
    shown = texts(
        figures.gating_strategy(
            files.assign(untreated=untreated), wells, gates, spillover, settings
        )
    )
    assert shown.count("· untreated") == shown.count("· most apoptotic") == 4
    assert f"{most}: " in shown
    only = files["culture"] == most
    shown = texts(
        figures.gating_strategy(files.assign(untreated=only), wells, gates, spillover, settings)
    )
    assert shown.count("· untreated") == 4
    assert "· most apoptotic" not in shown


def test_sensitive_samples_are_named(experiment: Drawn, flow_settings: Settings) -> None:
    calm = texts(figures.threshold_sensitivity(*experiment))
    assert "E1-control-DEX-1" not in calm
    strict = flow_settings(populations=[MYELOMA], limits={"sensitivity_percent_points": 0.01})
    assert "E1-control-DEX-1 (" in texts(figures.threshold_sensitivity(*experiment[:4], strict))


def test_heat_map_writes_every_coefficient(experiment: Drawn) -> None:
    spillover = experiment[3]
    shown = texts(figures.spillover_heat_map(spillover)).split("\n")
    assert f"{float(spillover['R660-A'].iloc[2]):.3f}" in shown
    assert shown.count("1") == 3
    ax = figures.spillover_heat_map(spillover, experiment[2]).axes[0]
    for ticks in (ax.get_xticklabels(), ax.get_yticklabels()):
        named = [tick.get_text() for tick in ticks]
        assert named == ["GFP (B530-A)", "Annexin V (R660-A)", "viability dye (B675-A)"]
    nothing = figures.spillover_heat_map(spillover.iloc[:0])
    assert "not compensated" in texts(nothing)


def test_a_study_without_stains_says_so(
    experiment: Drawn, flow_settings: Settings, tmp_path: Path
) -> None:
    settings = flow_settings(
        channels={"annexin": None, "viability_dye": None, "forward_scatter_height": None,
                  "side_scatter_area": None},
        compensation={"source": "none"},
    )  # fmt: skip
    drawn = drawn_from(tmp_path / "plain", experiment[0], settings)
    assert "No Annexin V" in texts(figures.contact_sheet(*drawn))
    assert "No marker" in texts(figures.control_histograms(*drawn))
    assert "Cells · " in texts(figures.gating_strategy(*drawn))


def test_an_experiment_without_a_file_left_has_its_rows_and_says_so(
    experiment: Drawn, tmp_path: Path
) -> None:
    files, *_, settings = experiment
    drawn = drawn_from(tmp_path, files.assign(exclude="power cut"), settings)
    _, wells, gates, spillover, _ = drawn
    assert list(wells["fcs"]) == list(files["fcs"])
    assert (wells["excluded"] == "power cut").all()
    assert wells["events_total"].isna().all()
    assert gates["populations"] == {"myeloma": {}}
    assert check_files(files.assign(exclude="power cut"), settings) == []
    for name in BY_GATES:
        style.save(getattr(figures, name)(*drawn), tmp_path / f"{name}.svg")
    assert "Every file of this experiment is excluded" in texts(figures.gating_strategy(*drawn))
    style.save(figures.spillover_heat_map(spillover, gates), tmp_path / "heat_map.svg")
