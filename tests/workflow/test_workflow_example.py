"""The embedded example, end to end: right numbers, right verdicts, nothing left to do."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
import yaml

from coculture.exchange import figure_text, result_tables

pytestmark = pytest.mark.workflow

Workflow = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config" / "config.yaml"


@pytest.fixture(scope="module")
def cultures(example: Path) -> pd.DataFrame:
    """The joined cultures with the truth beside them."""
    found = result_tables.read(example / "results/example/cultures.csv")
    truth = pd.read_csv(ROOT / "data/raw/example/truth.csv")
    return found.merge(truth, on="culture", suffixes=("", "_true"), validate="one_to_one")


def test_percent_apoptotic_is_within_4_points_of_the_truth(cultures: pd.DataFrame) -> None:
    off = (cultures["percent_apoptotic"] - cultures["percent_apoptotic_true"]).abs()
    assert off.notna().all()
    assert (off <= 4).mean() >= 0.95


def test_il6_in_range_is_within_20_percent_of_the_truth(cultures: pd.DataFrame) -> None:
    in_range = cultures[cultures["il6_state"] == "ok"]
    off = (in_range["il6_pg_ml"] / in_range["il6_pg_ml_true"] - 1).abs()
    assert len(in_range) >= 0.95 * len(cultures)
    assert (off <= 0.20).mean() >= 0.95


def test_findings_are_as_the_truth_implies(example: Path) -> None:
    findings = result_tables.read(example / "results/example/comparison/findings.csv")
    assert dict(zip(findings["id"], findings["verdict"], strict=True)) == dict.fromkeys(
        ("1a", "1b", "2a", "2b", "2c", "3a", "3b"), "shown"
    )
    assert (findings["n"] == 6).all()


def test_what_went_wrong_on_the_bench_is_seen(example: Path, cultures: pd.DataFrame) -> None:
    assert "E2-il1b-DEX-2" not in set(cultures["culture"])
    wells = result_tables.read(example / "results/example/elisa/IL6-E1/wells.csv")
    unwashed = wells[(wells["culture"] == "E1-il1b-untreated-1") & (wells["dilution"] == 50)]
    assert list(unwashed["state"]) == ["overflow"]
    overdiluted = cultures.set_index("culture").loc["E4-control-DEX-2"]
    assert overdiluted["il6_state"] == "below_lloq"
    assert pd.isna(overdiluted["il6_pg_ml"])
    arms = result_tables.read(example / "results/example/comparison/arms.csv")
    assert "control IL-1Ra" in set(arms.loc[arms["experiment"] == "E2", "arm"])
    assert "control IL-1Ra" not in set(arms.loc[arms["experiment"] == "E3", "arm"])


def test_gates_name_their_rule_and_controls(example: Path) -> None:
    path = example / "results/example/flow/E1/gates.yaml"
    gates = yaml.safe_load(path.read_text())
    annexin = gates["populations"]["myeloma"]["annexin"]
    assert annexin["rule"]
    assert annexin["controls"]
    assert all(control.startswith("flow/E1/") for control in annexin["controls"])


def test_every_column_of_every_table_is_explained(example: Path) -> None:
    results = example / "results/example"
    columns = pd.read_csv(results / "columns.csv", keep_default_na=False)
    assert (columns["definition"] != "").all()
    explained = set(zip(columns["table"], columns["column"], strict=True))
    written = {
        (_table(path, results), column)
        for path in results.rglob("*.csv")
        if path.name != "columns.csv"
        for column in pd.read_csv(path, nrows=0).columns
    }
    assert written == explained


def _table(path: Path, results: Path) -> str:
    """The name of a table in columns.csv: flow/E1/wells.csv is flow/wells.csv."""
    parts = path.relative_to(results).parts
    if path.name.endswith("flags.csv"):
        return "flags.csv"
    if parts[0] == "figures":
        return figure_text.read(path.with_suffix(".json")).table
    return "/".join((parts[0], path.name)) if len(parts) > 1 else path.name


def test_the_page_needs_nothing_but_itself(example: Path) -> None:
    results = example / "results/example"
    page = (results / "report.html").read_text()
    assert "Simulated data" in page
    assert len(page.encode()) < 10_000_000
    assert re.findall(r"""\ssrc=["']""", page) == []
    links = set(re.findall(r"""\shref=["']([^"'#][^"']*)""", page))
    addresses = {link for link in links if not link.startswith("data:image/png;base64,")}
    told = re.sub(r"<span class=.whole.>|</span>", "", page)
    papers = {link for link in addresses if link.startswith("https://doi.org/")}
    files = {unquote(re.split("[?#]", link)[0]) for link in addresses - papers}
    assert [file for file in files if not (results / file).is_file()] == []
    for sentence in result_tables.read(example / "results/example/comparison/findings.csv")[
        "sentence"
    ]:
        assert sentence.split(":")[0].replace("'", "&#39;") in told


def test_progress_and_the_report_are_told(example: Path) -> None:
    said = (example / "said.txt").read_text()
    assert "Experiment E1: compensating, gating and counting its FCS files" in said
    assert re.search(r"\d+ of \d+ steps \(100%\) done", said)
    assert "Done. The report: results/example/report.html" in said


def test_a_second_run_has_nothing_to_do(example: Path, workflow: Workflow) -> None:
    again = workflow(example, CONFIG)
    assert again.returncode == 0
    assert "Nothing to be done" in again.stdout + again.stderr
    known = workflow(example, CONFIG, "--summary").stdout
    for made in ("flow/E1/wells.csv", "elisa/IL6-E1/wells.csv", "report.html"):
        assert f"results/example/{made}" in known, "no rule makes it any more"


@pytest.mark.parametrize(
    "arguments", [("-n",), ("--dag",), ("--lint",), ("--report", "snakemake-report.zip")]
)
def test_plain_snakemake_questions_are_answered(
    example: Path, workflow: Workflow, arguments: tuple[str, ...]
) -> None:
    asked = workflow(example, CONFIG, *arguments)
    assert "Traceback" not in asked.stderr
    assert asked.returncode == 0, asked.stderr
