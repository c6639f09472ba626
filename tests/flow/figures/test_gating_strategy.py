"""The gating strategy: one row per gate."""

from collections.abc import Callable
from dataclasses import replace

from coculture.drawing import Drawing
from coculture.flow import FlowSettings
from coculture.flow.figures import gating_strategy
from coculture.flow.figures.experiment_results import ExperimentResults

Settings = Callable[..., FlowSettings]
Texts = Callable[[Drawing], str]


def test_gating_strategy_tells_how_many_events_each_gate_keeps(
    results: ExperimentResults, texts: Texts
) -> None:
    shown = texts(gating_strategy.draw(results))
    for step in ("Cells", "Single cells", "myeloma: GFP+", "Quadrants"):
        for kind in ("control", "sample", "most apoptotic"):
            assert f"{step} · {kind}" in shown
    assert "E1-stroma-alone: 0.0 % of" in shown


def test_gating_strategy_shows_an_untreated_and_the_most_apoptotic_sample(
    results: ExperimentResults,
    texts: Texts,
) -> None:
    samples = results.wells[results.wells["role"] == "sample"].sort_values("percent_apoptotic")
    most = str(samples["culture"].iloc[-1])

    def shown(is_untreated: Callable[[str], bool]) -> str:
        files = [replace(file, untreated=is_untreated(file.culture)) for file in results.files]
        return texts(gating_strategy.draw(replace(results, files=files)))

    of_some = shown(lambda culture: "untreated" in culture)
    assert of_some.count("· untreated") == of_some.count("· most apoptotic") == 4
    assert f"{most}: " in of_some
    of_one = shown(lambda culture: culture == most)
    assert of_one.count("· untreated") == 4
    assert "· most apoptotic" not in of_one


def test_rows_of_the_gating_strategy_are_those_of_the_wells_table(
    results: ExperimentResults,
) -> None:
    wells, gates = results.wells, results.gates
    shown = gating_strategy.draw(results).shown
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


def test_a_marker_is_not_shown_by_the_control_of_another(
    results: ExperimentResults, texts: Texts
) -> None:
    def shown(channel: str) -> str:
        files = [
            replace(file, channel=channel) if file.role == "population_negative" else file
            for file in results.files
        ]
        return texts(gating_strategy.draw(replace(results, files=files)))

    assert "E1-stroma-alone: 0.0 % of" in shown("GFP")
    assert "E1-stroma-alone: 0.0 % of" not in shown("Annexin V-APC")
