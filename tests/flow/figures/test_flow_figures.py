"""Figures of the gating: drawn from what the workflow reads back, the same bytes each time."""

from collections.abc import Callable
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from matplotlib.artist import Artist
from matplotlib.collections import PathCollection
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from coculture import drawing
from coculture.drawing.figure import Drawing
from coculture.exchange import result_tables
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


def texts(drawn: Drawing) -> str:
    found = drawn.figure.findobj(Text)
    return "\n".join(text.get_text() for text in found if isinstance(text, Text))


@pytest.mark.parametrize("name", BY_GATES)
def test_drawn_twice_the_bytes_are_the_same(experiment: Drawn, name: str, tmp_path: Path) -> None:
    endings = (".svg", ".csv")
    for copy in ("one", "two"):
        paths = [tmp_path / f"{copy}{ending}" for ending in endings]
        drawing.save(getattr(figures, name)(*experiment), paths)
    for ending in endings:
        assert (tmp_path / f"one{ending}").read_bytes() == (tmp_path / f"two{ending}").read_bytes()


def test_the_contact_sheet_shows_every_sample_and_its_percents(experiment: Drawn) -> None:
    _, wells, *_ = experiment
    drawn = figures.contact_sheet(*experiment)
    samples = wells[wells["role"] == "sample"].to_dict("records")
    names = [text for text in texts(drawn).split("\n") if text.startswith("E1-")]
    assert names == [row["culture"] for row in samples]
    # Numbers are outlines: each is known by its shape.
    known = {f"{n}": _shape(TextPath((0, 0), f"{n}", size=6)) for n in range(101)}
    (numbers,) = drawn.figure.findobj(PathCollection)
    assert isinstance(numbers, PathCollection)
    drawn_shapes = [_shape(path) for path in numbers.get_paths()]
    read = [text for shape in drawn_shapes for text in known if _alike(shape, known[text])]
    quadrants = ("viable", "early", "late", "necrotic")
    assert read == [f"{row[f'percent_{name}']:.0f}" for row in samples for name in quadrants]
    places = np.asarray(numbers.get_offsets()).reshape(len(samples), 4, 2)
    viable, early, late, necrotic = (places[:, i] for i in range(4))
    assert (viable[:, 0] == necrotic[:, 0]).all()
    assert (early[:, 0] == late[:, 0]).all()
    assert (viable[:, 0] < early[:, 0]).all()
    assert (viable[:, 1] < necrotic[:, 1]).all()


def _shape(outline: Outline) -> NDArray[np.float64]:
    points: NDArray[np.float64] = np.asarray(outline.vertices, dtype=np.float64)
    from_first: NDArray[np.float64] = points - points[0]
    return from_first


def _alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return one.shape == other.shape and np.allclose(one, other)


def test_histograms_name_the_threshold_and_its_rule(experiment: Drawn) -> None:
    shown = texts(figures.control_histograms(*experiment)).replace("\n", " ")
    for name, block in experiment[2]["populations"]["myeloma"].items():
        if name in ("GFP", "annexin", "viability_dye"):
            how = block["rule"].partition(": ")[2]
            source = {"GFP": "cells without the marker"}.get(name, "live cells' peak")
            assert f"{block['threshold']:.4g}, {source}: {how}" in shown
    assert "_peak" not in shown


def test_histograms_name_the_files_behind_a_threshold(experiment: Drawn) -> None:
    gates = deepcopy(experiment[2])
    of_gfp, annexin, dye = (
        gates["populations"]["myeloma"][name] for name in ("GFP", "annexin", "viability_dye")
    )
    of_gfp |= {"controls": ["flow/stroma alone.fcs"], "samples": ["a.fcs", "b.fcs"]}
    annexin |= {"controls": [f"flow/{name}.fcs" for name in "pqrs"], "samples": ["a.fcs"]}
    del dye["controls"], dye["samples"]
    drawn = figures.control_histograms(*experiment[:2], gates, *experiment[3:])
    lines = [line for line in texts(drawn).splitlines() if line.startswith("From ")]
    assert lines == ["From stroma alone; 2 samples", "From 4 controls; 1 sample"]
    assert "unstained (a reporter such as GFP remains)" in texts(drawn)


def test_the_legend_of_the_histograms_has_room(experiment: Drawn) -> None:
    for gates in ({"GFP"}, {"GFP", "annexin"}, {"GFP", "annexin", "viability_dye"}):
        some = deepcopy(experiment[2])
        blocks = some["populations"]["myeloma"]
        for name in {"GFP", "annexin", "viability_dye"} - gates:
            del blocks[name]
        figure = figures.control_histograms(*experiment[:2], some, *experiment[3:]).figure
        figure.draw_without_rendering()
        (legend,) = figure.legends
        assert len([ax for ax in figure.axes if ax.axison]) == len(gates)
        assert legend.get_window_extent().x1 <= figure.bbox.x1


def test_panel_titles_of_histograms_stand_at_one_height(experiment: Drawn) -> None:
    gates = deepcopy(experiment[2])
    gates["populations"]["myeloma"]["GFP"]["rule"] = "manual"
    drawn = figures.control_histograms(*experiment[:2], gates, *experiment[3:])
    figure = drawn.figure
    figure.draw_without_rendering()
    tops = {round(ax.title.get_window_extent().y0, 3) for ax in figure.axes}
    assert len(tops) == 1
    assert "set by hand" in texts(drawn)


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
    ax = figures.spillover_heat_map(spillover, experiment[2]).figure.axes[0]
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
        nothing = getattr(figures, name)(*drawn)
        drawing.save(nothing, [tmp_path / f"{name}.svg", tmp_path / f"{name}.csv"])
        assert nothing.shown.empty
    assert "Every file of this experiment is excluded" in texts(figures.gating_strategy(*drawn))
    drawing.save(figures.spillover_heat_map(spillover, gates), [tmp_path / "heat_map.svg"])


def test_rows_of_the_gating_strategy_are_those_of_the_wells_table(experiment: Drawn) -> None:
    _, wells, gates, *_ = experiment
    shown = figures.gating_strategy(*experiment).shown
    counted = wells.set_index("fcs")
    assert shown.groupby("kind")["step"].nunique().eq(4).all()
    for (step, fcs), rows in shown.groupby(["step", "fcs"], sort=False):
        well = counted.loc[str(fcs)]
        if step == "Quadrants":
            assert list(rows["events_inside"]) == [
                well[f"n_{name}"] for name in ("viable", "early", "late", "necrotic")
            ]
            assert (rows["events_before"] == well["events_population"]).all()
        elif step == "Single cells":
            assert rows["events_before"].item() == well["events_cells"]
            assert rows["events_inside"].item() == well["events_singlets"]
        elif step != "Cells":
            assert rows["events_before"].item() == well["events_singlets"]
            assert rows["events_inside"].item() == well["events_population"]
    annexin, dye = (
        gates["populations"]["myeloma"][name]["threshold"] for name in ("annexin", "viability_dye")
    )
    early = shown[shown["gate"] == "early"]
    assert set(early["boundary"]) == {f"R660-A >= {annexin} and B675-A < {dye}"}


def test_rows_of_the_contact_sheet_are_those_of_the_wells_table(experiment: Drawn) -> None:
    _, wells, *_ = experiment
    shown = figures.contact_sheet(*experiment).shown.set_index("fcs")
    samples = wells[wells["role"] == "sample"].set_index("fcs")
    assert list(shown.index) == list(samples.index)
    assert list(shown["events"]) == list(samples["events_population"])
    for column in ("culture", "percent_early", "percent_necrotic"):
        assert list(shown[column]) == list(samples[column])


def test_sensitivity_rows_begin_from_the_wells_table(experiment: Drawn) -> None:
    _, wells, gates, *_ = experiment
    shown = figures.threshold_sensitivity(*experiment).shown
    samples = wells[wells["role"] == "sample"].set_index("fcs")
    used = shown[shown["shift_decades"] == 0].set_index("fcs")
    threshold = gates["populations"]["myeloma"]["annexin"]["threshold"]
    assert (used["threshold"] == threshold).all()
    pd.testing.assert_series_equal(
        used["percent_apoptotic"], samples["percent_apoptotic"], check_names=False
    )
    moved = shown["percent_apoptotic"] - shown["fcs"].map(used["percent_apoptotic"])
    most = moved.abs().groupby(shown["fcs"]).max()
    told = samples["sensitivity_percent_points"].sort_index()
    pd.testing.assert_series_equal(most, told, check_names=False)


def test_rows_of_the_histograms_are_what_is_drawn(experiment: Drawn) -> None:
    drawn = figures.control_histograms(*experiment)
    shown = drawn.shown
    panels = shown.groupby("gate", sort=False)
    for ax, (_, panel) in zip(drawn.figure.axes, panels, strict=True):
        curves = panel[panel["curve"] != "threshold"].groupby("curve", sort=False)
        lines = {line.get_label(): line for line in ax.lines}
        assert list(lines) == [*(name for name, _ in curves), "threshold"]
        for name, curve in curves:
            assert list(lines[name].get_ydata()) == list(curve["height"])  # type: ignore[arg-type]
            assert curve["value"].is_monotonic_increasing
            assert curve["height"].max() > 0.99
    thresholds = shown[shown["curve"] == "threshold"].set_index("gate")
    for name in ("GFP", "annexin", "viability_dye"):
        block = experiment[2]["populations"]["myeloma"][name]
        assert thresholds.loc[name, "value"] == block["threshold"]
        assert thresholds.loc[name, "rule"] == block["rule"]


def test_heat_map_rows_are_the_coefficients(experiment: Drawn) -> None:
    shown = figures.spillover_heat_map(experiment[3], experiment[2]).shown
    matrix = shown.pivot_table(index="stain", columns="channel", values="share")
    written = experiment[3].set_index("stain")
    for stain in written.index:
        for channel in written.columns:
            assert matrix.loc[stain, channel] == written.loc[stain, channel]
    assert set(shown["channel_label"]) == {
        "GFP (B530-A)", "Annexin V (R660-A)", "viability dye (B675-A)"
    }  # fmt: skip


@pytest.mark.parametrize("name", ["contact_sheet", "threshold_sensitivity"])
def test_each_sample_is_marked_as_its_culture(experiment: Drawn, name: str) -> None:
    _, wells, *_ = experiment
    found = getattr(figures, name)(*experiment).figure.findobj(match=Artist)
    marked = [str(artist.get_gid()) for artist in found if artist.get_gid() is not None]
    samples = wells.loc[wells["role"] == "sample", "culture"]
    assert marked == [f"culture:{culture}" for culture in samples]


def test_names_of_sensitive_samples_do_not_lie_over_each_other(
    experiment: Drawn, flow_settings: Settings
) -> None:
    strict = flow_settings(populations=[MYELOMA], limits={"sensitivity_percent_points": 0.01})
    drawn = figures.threshold_sensitivity(*experiment[:4], strict)
    drawn.figure.draw_without_rendering()
    boxes = [Text.get_window_extent(text) for text in drawn.figure.axes[0].texts]
    assert len(boxes) > 2
    rising = sorted(boxes, key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 1 for low, high in pairwise(rising))
    assert all(box.x1 <= drawn.figure.bbox.x1 for box in boxes)


def test_the_contact_sheet_is_drawn_once_a_file(
    experiment: Drawn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = figures.contact_sheet(*experiment)
    draws = []
    of_image = drawn.figure.axes[0].images[0]
    monkeypatch.setattr(of_image, "draw", lambda *_, **__: draws.append(1))
    drawing.save(drawn, [tmp_path / "sheet.svg", tmp_path / "sheet.png"])
    assert len(draws) == 2
