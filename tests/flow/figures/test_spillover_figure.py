"""The spillover matrix as a heat map."""

from collections.abc import Callable
from dataclasses import replace

from coculture.drawing import Drawing
from coculture.flow import FlowSettings
from coculture.flow.figures import spillover
from coculture.flow.figures.experiment_results import ExperimentResults

Settings = Callable[..., FlowSettings]
Texts = Callable[[Drawing], str]


def test_heat_map_writes_every_coefficient(results: ExperimentResults, texts: Texts) -> None:
    shown = texts(spillover.draw(results)).split("\n")
    assert f"{float(results.spillover['R660-A'].iloc[2]):.3f}" in shown
    assert shown.count("1") == 3
    ax = spillover.draw(results).figure.axes[0]
    for ticks in (ax.get_xticklabels(), ax.get_yticklabels()):
        named = [tick.get_text() for tick in ticks]
        assert named == ["GFP (B530-A)", "Annexin V (R660-A)", "viability dye (B675-A)"]
    nothing = spillover.draw(replace(results, spillover=results.spillover.iloc[:0]))
    assert "not compensated" in texts(nothing)


def test_heat_map_rows_are_the_coefficients(results: ExperimentResults) -> None:
    shown = spillover.draw(results).shown
    matrix = shown.pivot_table(index="stain", columns="channel", values="share")
    written = results.spillover.set_index("stain")
    for stain in written.index:
        for channel in written.columns:
            assert matrix.loc[stain, channel] == written.loc[stain, channel]
    assert set(shown["channel_label"]) == {
        "GFP (B530-A)", "Annexin V (R660-A)", "viability dye (B675-A)"
    }  # fmt: skip
