"""Another Snakefile, in another folder, uses the workflow as a module."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.conftest import LONGEST_S, ROOT

pytestmark = pytest.mark.workflow

PLAIN = """\
configfile: "{config}"


module coculture:
    snakefile:
        "{root}/Snakefile"
    config:
        config


use rule * from coculture


rule summary:
    default_target: True
    input:
        "results/small/report.html",
        "results/small/checksums.txt",
        "results/small/provenance/run.json",
    output:
        "summary.txt",
    shell:
        "wc --bytes {{input}} > {{output}}"
"""
RENAMED = """\
module coculture:
    snakefile:
        "{root}/workflow/Snakefile"
    config:
        {{"configfile": "{config}"}}


use rule * from coculture as cells_*


rule all:
    default_target: True
    input:
        rules.cells_all.input,
"""


def run(text: str, folder: Path, config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "Snakefile").write_text(text.format(root=ROOT, config=config))
    return subprocess.run(
        [sys.executable, "-m", "snakemake", "--directory", folder, "--cores", "2", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )


@pytest.mark.parametrize(
    ("text", "jobs"),
    [
        (PLAIN, ["flow_gate", "report_page", "provenance_checksums", "summary"]),
        (RENAMED, ["cells_flow_gate", "cells_report_spreadsheet", "cells_provenance_run"]),
    ],
)
def test_its_rules_are_planned(
    text: str, jobs: list[str], tmp_path: Path, small_study_once: Path
) -> None:
    planned = run(text, tmp_path, small_study_once / "config.yaml", "--dry-run", "--quiet", "rules")
    assert planned.returncode == 0, planned.stdout + planned.stderr
    told = [line.split() for line in (planned.stdout + planned.stderr).splitlines()]
    assert {job: ([job, "1"] in told or [job, "2"] in told) for job in jobs} == dict.fromkeys(
        jobs, True
    )


@pytest.mark.long
def test_it_runs_in_the_other_workflow_and_is_begun_and_ended(
    tmp_path: Path, small_study_once: Path
) -> None:
    ran = run(PLAIN, tmp_path, small_study_once / "config.yaml", "--force-use-threads")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Done. The report: results/small/report.html" in ran.stdout
    assert (tmp_path / "summary.txt").stat().st_size > 0
    assert '"started"' in (tmp_path / "results/small/provenance/run.json").read_text()
