"""Histograms of controls, with the threshold and its rule."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pandas as pd

from coculture.drawing import Drawing
from coculture.flow import FlowSettings
from coculture.flow.figures import control_histograms
from coculture.flow.figures.experiment_results import ExperimentResults
from coculture.flow.files import flow_files
from tests.flow.figures.conftest import ReadBack

Settings = Callable[..., FlowSettings]
Texts = Callable[[Drawing], str]


def test_histograms_name_the_threshold_and_its_rule(
    results: ExperimentResults, texts: Texts
) -> None:
    shown = texts(control_histograms.draw(results)).replace("\n", " ")
    for name, block in results.gates["populations"]["myeloma"].items():
        if name in ("GFP", "annexin", "viability_dye"):
            assert f"{block['threshold']:.4g}: {block['rule']}; {block['note']}" in shown
    assert "_peak" not in shown


def test_histograms_name_the_files_behind_a_threshold(
    results: ExperimentResults, texts: Texts
) -> None:
    gates = deepcopy(results.gates)
    of_gfp, annexin, dye = (
        gates["populations"]["myeloma"][name] for name in ("GFP", "annexin", "viability_dye")
    )
    of_gfp |= {"controls": ["flow/stroma alone.fcs"], "samples": ["a.fcs", "b.fcs"]}
    annexin |= {"controls": [f"flow/{name}.fcs" for name in "pqrs"], "samples": ["a.fcs"]}
    del dye["controls"], dye["samples"]
    drawn = control_histograms.draw(replace(results, gates=gates))
    lines = [line for line in texts(drawn).splitlines() if line.startswith("From ")]
    assert lines == ["From stroma alone; 2 samples", "From 4 controls; 1 sample"]
    assert "unstained (still has a reporter such as GFP)" in texts(drawn)


def test_the_legend_of_the_histograms_has_room(results: ExperimentResults) -> None:
    for gates in ({"GFP"}, {"GFP", "annexin"}, {"GFP", "annexin", "viability_dye"}):
        some = deepcopy(results.gates)
        blocks = some["populations"]["myeloma"]
        for name in {"GFP", "annexin", "viability_dye"} - gates:
            del blocks[name]
        figure = control_histograms.draw(replace(results, gates=some)).figure
        figure.draw_without_rendering()
        (legend,) = figure.legends
        assert len([ax for ax in figure.axes if ax.axison]) == len(gates)
        assert legend.get_window_extent().x1 <= figure.bbox.x1


def test_panel_titles_of_histograms_are_at_one_height(
    results: ExperimentResults, texts: Texts
) -> None:
    gates = deepcopy(results.gates)
    by_hand = {"source": "manual", "rule": "set by hand in the config", "automatic": 123.4}
    gates["populations"]["myeloma"]["GFP"] |= by_hand
    drawn = control_histograms.draw(replace(results, gates=gates))
    figure = drawn.figure
    figure.draw_without_rendering()
    tops = {round(ax.title.get_window_extent().y0, 3) for ax in figure.axes}
    assert len(tops) == 1
    assert "set by hand" in texts(drawn)
    assert "automatic: 123.4" in texts(drawn).replace("\n", " ")


def test_rows_of_the_histograms_are_what_is_drawn(results: ExperimentResults) -> None:
    drawn = control_histograms.draw(results)
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
        block = results.gates["populations"]["myeloma"][name]
        assert thresholds.loc[name, "value"] == block["threshold"]
        assert thresholds.loc[name, "rule"] == block["rule"]


def test_a_marker_shows_its_own_controls_and_no_other(
    files: pd.DataFrame, myeloma_settings: Settings, read_back: ReadBack
) -> None:
    """The FMO control of the dye, as if it were of the marker, and controls for other markers."""
    of_marker = files.copy()
    fmo, stroma = (
        of_marker.index[of_marker["role"] == role][0] for role in ("fmo_dye", "population_negative")
    )
    of_marker.loc[fmo, ["role", "channel"]] = ["fmo", "GFP"]
    results = read_back(files, myeloma_settings())

    def curves(**channels: str) -> set[str]:
        table = of_marker.copy()
        for name, channel in channels.items():
            table.loc[fmo if name == "fmo" else stroma, "channel"] = channel
        shown = control_histograms.draw(replace(results, files=flow_files(table))).shown
        return set(shown[shown["gate"] == "GFP"]["curve"])

    usual = {"all samples", "unstained", "threshold"}
    control, of_fmo = "control without the stain or marker", "FMO control of the marker"
    assert curves() == usual | {control, of_fmo}
    assert curves(stroma="GFP") == usual | {control, of_fmo}
    assert curves(stroma="Annexin V-APC", fmo="Annexin V-APC") == usual


def test_cells_that_have_the_marker_are_called_so(results: ExperimentResults) -> None:
    gates = deepcopy(results.gates)
    gates["populations"]["myeloma"]["GFP"]["source"] = "bright_control"
    shown = control_histograms.draw(replace(results, gates=gates)).shown
    assert "control that has the marker" in set(shown[shown["gate"] == "GFP"]["curve"])


def test_a_control_without_the_population_is_drawn_by_all_its_single_cells(
    files: pd.DataFrame, myeloma_settings: Settings, read_back: ReadBack
) -> None:
    """A few doublets of stroma would look like a peak above the threshold."""
    results = read_back(files, myeloma_settings())
    stroma = files.loc[files["role"] == "population_negative", "path"].iloc[0]
    table = files.copy()
    table.loc[table["role"] == "unstained", "path"] = stroma
    shown = control_histograms.draw(replace(results, files=flow_files(table))).shown
    curve = shown[(shown["gate"] == "annexin") & (shown["curve"] == "unstained")]
    assert (curve["events"] >= 100).all()
    assert len(curve) > 0


def test_no_two_curves_have_one_colour() -> None:
    colours = list(control_histograms._COLOURS.values())
    assert len(colours) == len(set(colours))
