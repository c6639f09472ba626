"""The dose-response study from its config alone: simulated, measured, compared, in its words."""

import html
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from coculture.exchange import result_tables
from coculture.simulate import Request, ensure
from tests.workflow.test_workflow_text_boxes import faults_of

# As long as all of the example; the stages are tested by themselves, too.
pytestmark = [pytest.mark.workflow, pytest.mark.long]

ROOT = Path(__file__).parents[2]
RESULTS = Path("results") / "dose_response"
Workflow = Callable[..., subprocess.CompletedProcess[str]]


def config_in(folder: Path) -> Path:
    """The study's config in `folder`, with its tables below it."""
    config = yaml.safe_load((ROOT / "config/dose_response.yaml").read_text(encoding="utf-8"))
    config["tables"] = {name: f"raw/{name}.csv" for name in config["tables"]}
    path = folder / "dose_response.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def compared(made_once: Callable[..., Path], workflow: Workflow) -> Path:
    """The folder of a run up to the flags of all stages."""

    def make(folder: Path) -> None:
        config = config_in(folder)
        run = workflow(folder, config, "--", str(RESULTS / "flags.csv"))
        assert run.returncode == 0, run.stdout + run.stderr

    return made_once("dose_response", make)


def test_the_files_are_made_by_the_run_and_only_once(compared: Path) -> None:
    assert (compared / "raw" / "truth_curves.csv").is_file()
    section = yaml.safe_load((compared / "dose_response.yaml").read_text())["simulate"]
    assert not ensure(compared / "raw", Request.from_config(section))


def test_each_culture_has_what_was_planned_for_it(compared: Path) -> None:
    cultures = result_tables.read(compared / RESULTS / "cultures.csv")
    cells, stroma = (cultures[name].fillna("") != "" for name in ("cells", "stroma"))
    assert (cultures["excluded"].fillna("") == "").all()
    assert (cultures["percent_apoptotic"].notna() == cells).all()
    assert (cultures["il6_pg_ml"].notna() == stroma).all()
    truth = pd.read_csv(compared / "raw" / "truth.csv")
    measured = cultures.merge(truth, on="culture", suffixes=("", "_true"), validate="1:1")
    error = measured["percent_apoptotic"] - measured["percent_apoptotic_true"]
    assert error.abs().mean() < 3
    ratio = (measured["il6_pg_ml"] / measured["il6_pg_ml_true"]).median()
    assert abs(np.log(ratio)) < 0.1


def test_arms_say_where_the_cells_grow_and_the_dose_with_its_unit(compared: Path) -> None:
    arms = set(result_tables.read(compared / RESULTS / "cultures.csv")["arm"])
    assert {
        "HS-5 alone, untreated",
        "HS-5 alone, BTZ 12 nM",
        "MM1S without stroma, BTZ 1 nM + DEX",
        "U266 on HS-5, BTZ 50 nM",
    } <= arms
    assert len(arms) == 60
    tables = [result_tables.read(path) for path in (compared / RESULTS).rglob("comparison/*.csv")]
    texts = "\n".join(table.to_csv(index=False) for table in tables)
    assert not re.search(r"\bon none\b|no stroma|\bnone alone\b|\bnM nM\b", texts)


def test_findings_are_in_the_words_of_the_design(compared: Path) -> None:
    findings = result_tables.read(compared / RESULTS / "comparison/findings.csv").set_index("id")
    sentences = findings["sentence"].astype(str)
    for finding, words in (
        ("1", "In MM.1S cells without stroma BTZ 12 nM raised apoptosis"),
        ("2", "With BTZ 6 nM, apoptosis was lower in MM.1S cells on HS-5 than in"),
        ("3", "BTZ 6 nM + DEX"),
        ("6", "Untreated, IL-6 was lower in HS-5 alone than in U266 cells on HS-5"),
    ):
        assert words in sentences[finding]


@pytest.mark.long
def test_the_page_reads_naturally(tmp_path: Path, workflow: Workflow) -> None:
    run = workflow(tmp_path, config_in(tmp_path))
    assert run.returncode == 0, run.stdout + run.stderr
    page = html.unescape((tmp_path / RESULTS / "report.html").read_text(encoding="utf-8"))
    assert "48 h without stroma and on HS-5; also HS-5 alone." in page
    assert "BTZ 1, 3, 6, 12, 25 and 50 nM" in page
    assert "without a measurement" not in page
    # The table of cultures says which assay each one lacks; no flag counts it as a loss.
    flags = (tmp_path / RESULTS / "flags.csv").read_text(encoding="utf-8")
    assert "not measured" not in flags
    assert faults_of(tmp_path / RESULTS) == {}
