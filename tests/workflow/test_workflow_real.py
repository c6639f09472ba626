"""The real Snakefile on real files: published spillover, printed concentrations, a real plate."""

import json
import subprocess
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from coculture.exchange import result_tables
from coculture.flow import FlowSettings, gate_experiment, read_fcs
from coculture.study import schema as schemas

pytestmark = pytest.mark.workflow

Workflow = Callable[..., subprocess.CompletedProcess[str]]

STAINS = {"FITC": "FL1-H", "PE": "FL2-H", "7AAD": "FL3-H", "APC": "FL4-H"}
CALIBUR = {
    "forward_scatter_area": "FSC-H",
    "forward_scatter_height": None,
    "side_scatter_area": "SSC-H",
    "annexin": "FL1-H",
    "viability_dye": "FL3-H",
    "time": None,
}


def _calibur_rows(folder: Path) -> list[dict[str, str]]:
    """The unstained tube and the stains; each stain is a sample too, of the culture of its name."""
    unstained = {"fcs": str(folder / "calibur_unstained.fcs"), "role": "unstained"}
    rows = [{**unstained, "channel": "", "culture": ""}]
    for stain, channel in STAINS.items():
        fcs = str(folder / f"calibur_single_{stain}.fcs")
        rows += [
            {"fcs": fcs, "role": "single_stain", "channel": channel, "culture": ""},
            {"fcs": fcs, "role": "sample", "channel": "", "culture": stain},
        ]
    return rows


def _softmax_rows(export: Path, answer: dict[str, list[object]]) -> list[dict[str, object]]:
    """Standards and samples of the sandwich ELISA, as the export's groups name them."""
    standards = {0: "A1 A2", 2: "B1 B2", 10: "C1 C2", 25: "D1 D2", 75: "E1 E2", 200: "F1 F2"}
    shared = {"plate": "HCP", "file": str(export), "analyte": "HCP"}
    rows: list[dict[str, object]] = [
        {**shared, "well": well, "role": "standard", "concentration_pg_ml": level, "culture": ""}
        for level, wells in standards.items()
        for well in wells.split()
    ]
    cultures = list(STAINS)
    for number, printed in enumerate(answer["back_calc"]):
        assert isinstance(printed, dict)
        culture = cultures[number % len(cultures)]
        rows.append({**shared, "well": printed["well"], "role": "sample", "culture": culture})
    return rows


@pytest.fixture(scope="module")
def real(reference: Path, tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Path:
    """Results of a study of the FACSCalibur tubes and the SoftMax plate."""
    study = tmp_path_factory.mktemp("real")
    answers = json.loads((reference / "elisa/expected/commercial_software.json").read_text())
    export = reference / "elisa/exports/softmax/group_with_partial_rows.txt"
    cultures = pd.DataFrame({"culture": list(STAINS), "dex_nM": [0, 1000, 0, 1000]})
    cultures = cultures.assign(experiment="day1", cells=["a", "a", "b", "b"], hours=48, replicate=1)
    cultures.to_csv(study / "cultures.csv", index=False)
    flow = pd.DataFrame(_calibur_rows(reference / "fcs")).assign(experiment="day1")
    flow.to_csv(study / "flow.csv", index=False)
    wells = pd.DataFrame(_softmax_rows(export, answers["softmax_HEK_HCP"]))
    wells.to_csv(study / "elisa.csv", index=False)
    config = {
        "study": "real",
        "tables": {name: f"{name}.csv" for name in ("cultures", "flow", "elisa")},
        "folders_outside": [str(reference)],
        "factors": [{"name": "DEX", "column": "dex_nM", "unit": "nM"}],
        "cells": {"reference": "a"},
        "flow": {
            "channels": CALIBUR,
            "populations": [
                {"name": "PE-negative", "markers": [{"channel": "FL2-H", "positive": False}]},
                {"name": "APC-negative", "markers": [{"channel": "FL4-H", "positive": False}]},
            ],
            "compensation": {"source": "single_stains", "method": "all_events"},
        },
        "elisa": {"reference_wavelength_nm": 650, "as_reader": "wells"},
        "comparison": {"analytes": ["HCP"]},
    }
    (study / "config.yaml").write_text(yaml.safe_dump(config))
    run = workflow(study, study / "config.yaml")
    assert run.returncode == 0, run.stdout + run.stderr
    return study / "results" / "real"


@pytest.mark.reference
def test_spillover_is_the_published_one(real: Path, reference: Path) -> None:
    found = pd.read_csv(real / "flow/day1/spillover.csv", index_col=0)
    published = pd.read_csv(
        reference / "fcs/expected/flowCore_compref.txt", sep=r"\s+", index_col=0
    )
    order = list(STAINS.values())
    np.testing.assert_allclose(
        found.loc[order, order], published.loc[order, order], rtol=0, atol=5e-5
    )


@pytest.mark.reference
def test_concentrations_are_those_the_reader_printed(real: Path, reference: Path) -> None:
    answers = json.loads((reference / "elisa/expected/commercial_software.json").read_text())
    printed = pd.DataFrame(answers["softmax_HEK_HCP"]["back_calc"]).set_index("well")["conc"]
    wells = result_tables.read(real / "elisa/HCP/wells.csv").set_index("well")
    found = wells.loc[printed.index, "in_well_pg_ml"]
    off = (found / printed - 1).abs()
    assert off.median() < 1e-4
    assert ((found - printed).abs() <= 0.0005 + 1e-4 * printed).all()


@pytest.mark.reference
def test_real_tubes_are_counted_to_the_end(real: Path) -> None:
    cultures = result_tables.read(real / "cultures.csv").set_index("culture")
    assert list(cultures.index) == list(STAINS)
    # All but 46 cells of the tube stained with PE are outside the population that lacks it.
    assert cultures.loc["PE", "apoptosis_reason"] == "flow: no percent apoptotic (46 cells)"
    assert cultures["percent_apoptotic"].drop("PE").between(0, 100).all()
    wells = result_tables.read(real / "flow/day1/wells.csv")
    fitc = wells[(wells["culture"] == "FITC") & (wells["population"] == "APC-negative")]
    assert int(fitc["events_total"].iloc[0]) == 8805
    assert float(fitc["percent_apoptotic"].iloc[0]) > 90


def test_the_plate_that_flowcytometrytools_ships_is_read_and_gated() -> None:
    """Cells that carry one fluorescent protein each, on a real LSR II plate."""
    folder = Path(
        str(distribution("FlowCytometryTools").locate_file("FlowCytometryTools/tests/data/Plate01"))
    )
    paths = sorted(folder.glob("*.fcs"))
    assert len(paths) == 7
    section = {
        "channels": {
            "forward_scatter_area": "FSC-A",
            "forward_scatter_height": None,
            "side_scatter_area": "SSC-A",
            "annexin": "Y2-A",
            "viability_dye": "V2-A",
            "time": "HDR-T",
        },
        "compensation": {"source": "none"},
    }
    settings = FlowSettings.from_config(schemas.with_defaults(section, schemas.schema("flow")))
    table = pd.DataFrame(
        {
            "fcs": [str(path) for path in paths],
            "experiment": "Plate01",
            "role": "sample",
            "culture": [path.stem for path in paths],
            "untreated": False,
        }
    )
    wells = gate_experiment(table, settings, progress=lambda _: None).wells
    samples = wells.set_index("culture")
    for path in paths:
        assert samples.loc[path.stem, "events_total"] == len(read_fcs(path).events)
    quadrants = samples[["n_viable", "n_early", "n_late", "n_necrotic"]].sum(axis=1)
    assert (quadrants > 0.5 * samples["events_total"]).all()
