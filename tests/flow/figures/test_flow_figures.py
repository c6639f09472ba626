"""What all figures of the gating have in common: names, files, texts, and studies without data."""

import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.artist import Artist

from coculture import drawing
from coculture.drawing import Drawing
from coculture.exchange import figure_text, result_tables
from coculture.flow import FlowSettings, check_files, figures
from coculture.flow.figures.experiment_results import ExperimentResults
from tests.flow.mishaps import other_stains

Settings = Callable[..., FlowSettings]
ReadBack = Callable[[pd.DataFrame, FlowSettings], ExperimentResults]


def drawn(results: ExperimentResults) -> dict[str, Drawing]:
    return dict(figures.drawings(results))


def test_every_figure_is_that_of_the_module_of_its_name(results: ExperimentResults) -> None:
    found = drawn(results)
    assert tuple(found) == figures.NAMES
    for name, figure in found.items():
        module = importlib.import_module(f"coculture.flow.figures.{name}")
        assert figure.table == module.TABLE == f"figures/flow/{name}.csv"
        if hasattr(module, "COLUMNS"):  # the others depend on the stains of the study
            assert tuple(figure.shown.columns) == tuple(module.COLUMNS)


def test_drawn_twice_the_bytes_are_the_same(results: ExperimentResults, tmp_path: Path) -> None:
    endings = (".svg", ".csv", ".json")
    for copy in ("one", "two"):
        for name, figure in figures.drawings(replace(results)):
            drawing.save(figure, [tmp_path / copy / f"{name}{ending}" for ending in endings])
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_every_figure_says_what_it_shows(results: ExperimentResults, tmp_path: Path) -> None:
    wells = results.wells[results.wells["role"] == "sample"]
    apoptotic = wells["percent_apoptotic"]
    block = results.gates["populations"]["myeloma"]["annexin"]
    kept = 100 * wells["events_singlets"].sum() / wells["events_total"].sum()
    coefficients = results.spillover.set_index("stain").to_numpy()
    expected = {
        "gating_strategy": [f"singlets {kept:.0f} %", f"{len(wells)} sample files", "myeloma"],
        "contact_sheet": [f"{apoptotic.min():.3g} %", f"{apoptotic.max():.3g} %"],
        "control_histograms": [f"Annexin V {block['threshold']:.3g}"],
        "threshold_sensitivity": [f"{wells['sensitivity_percent_points'].max():.2g}"],
        "spillover": [f"{100 * sorted(coefficients.ravel())[-4]:.3g} %"],
    }
    titles = set()
    for name, figure in figures.drawings(results):
        drawing.save(figure, [tmp_path / f"{name}.json"])
        text = figure_text.read(tmp_path / f"{name}.json")
        assert text == replace(figure.text, table=figure.table)
        assert text.caption
        assert text.analysis == ""
        assert "E1" not in text.title + text.caption
        for part in expected[name]:
            assert part in text.result
        titles.add(text.title)
    assert len(titles) == len(figures.NAMES)


@pytest.mark.parametrize(
    ("name", "section", "without"),
    [
        ("dye", {}, {"spillover"}),
        ("syto9", {}, set()),
        ("syto9", {"compensation": {"source": "none"}}, {"spillover"}),
    ],
)
def test_figures_that_a_study_has(name: str, section: dict[str, object], without: set[str]) -> None:
    settings = other_stains.settings(other_stains.ASSAYS[name], **section)
    assert set(figures.NAMES) - set(figures.names(settings)) == without


def test_a_study_without_stains_shows_its_gates_alone(
    files: pd.DataFrame,
    flow_settings: Settings,
    read_back: ReadBack,
    texts: Callable[[Drawing], str],
) -> None:
    settings = flow_settings(
        channels={"annexin": None, "viability_dye": None, "forward_scatter_height": None,
                  "side_scatter_area": None},
        compensation={"source": "none"},
    )  # fmt: skip
    found = drawn(read_back(files, settings))
    assert list(found) == ["gating_strategy"]
    assert "Cells · " in texts(found["gating_strategy"])


def test_an_experiment_without_a_file_left_has_its_rows_and_says_so(
    files: pd.DataFrame,
    myeloma_settings: Settings,
    read_back: ReadBack,
    texts: Callable[[Drawing], str],
    tmp_path: Path,
) -> None:
    excluded = files.assign(exclude="power cut")
    results = read_back(excluded, myeloma_settings())
    assert list(results.wells["fcs"]) == list(files["fcs"])
    assert (results.wells["excluded"] == "power cut").all()
    assert results.wells["events_total"].isna().all()
    assert results.gates["populations"] == {"myeloma": {}}
    assert check_files(excluded, myeloma_settings()) == []
    found = drawn(results)
    for name, figure in found.items():
        drawing.save(figure, [tmp_path / f"{name}{end}" for end in (".svg", ".csv", ".json")])
        assert figure.shown.empty
        assert figure.text.title
    assert "Every file of this experiment is excluded" in texts(found["gating_strategy"])


@pytest.mark.parametrize("name", ["contact_sheet", "threshold_sensitivity"])
def test_each_sample_is_marked_as_its_culture(results: ExperimentResults, name: str) -> None:
    found = drawn(results)[name].figure.findobj(match=Artist)
    marked = [str(artist.get_gid()) for artist in found if artist.get_gid() is not None]
    samples = results.wells.loc[results.wells["role"] == "sample", "culture"]
    assert marked == [f"culture:{culture}" for culture in samples]


@pytest.mark.parametrize("name", ["dye", "syto9"])
def test_other_stains_are_drawn_by_their_names(
    tmp_path: Path, name: str, read_back: ReadBack, texts: Callable[[Drawing], str]
) -> None:
    assay = other_stains.ASSAYS[name]
    made = other_stains.write(tmp_path, assay, with_controls=True)
    found = drawn(read_back(made.files, other_stains.settings(assay)))
    assert assay.outcome in found["threshold_sensitivity"].text.caption
    assert f"Percent {assay.outcome} of all cells is from" in found["contact_sheet"].text.result
    for figure in found.values():
        result_tables.write(figure.shown, tmp_path / "shown.csv", figure.table)
        said = f"{texts(figure)} {figure.text.title} {figure.text.caption} {figure.text.result}"
        assert "Annexin" not in said
        assert "apoptotic" not in said
        assert "viability" not in said
    sheet = found["contact_sheet"].shown
    percents = sheet.filter(like="percent_")
    assert percents.shape[1] == 2 ** len(assay.stained)
    assert percents.sum(axis=1).to_numpy() == pytest.approx(100)
    for stain in other_stains.settings(assay).stains:
        assert f"{stain.in_columns}_threshold" in sheet
