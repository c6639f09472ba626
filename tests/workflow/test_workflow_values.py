"""A study of finished numbers alone, run through the whole workflow."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from coculture.exchange import result_tables
from tests.workflow import finished_numbers

pytestmark = pytest.mark.workflow

Workflow = Callable[..., subprocess.CompletedProcess[str]]


def _rules(said: str) -> set[str]:
    """The rules in the table of jobs that a dry run prints."""
    table = re.search(r"^job +count\n[- ]+\n(.*?)^total ", said, re.MULTILINE | re.DOTALL)
    return {line.split()[0] for line in table[1].splitlines()} - {"all"} if table else set()


def test_finished_numbers_alone_are_a_study(tmp_path: Path, workflow: Workflow) -> None:
    config = finished_numbers.write(tmp_path / "study")
    run = workflow(tmp_path, config)
    said = run.stdout + run.stderr
    assert run.returncode == 0, said
    assert "16 cultures, 32 values of 2 endpoints." in said
    results = tmp_path / "results" / "numbers"
    numbers = result_tables.read(results / "study" / "values.csv")
    assert len(numbers) == 32
    assert set(numbers["unit"]) == {"%", "ng/mL"}
    assert not (results / "flow").exists()
    assert not (results / "elisa").exists()
    page = (results / "report.html").read_text(encoding="utf-8")
    assert '<section id="values"' in page
    for section in ("flow", "elisa", "clinical"):
        assert f'<section id="{section}"' not in page
    (file,) = result_tables.read(results / "study" / "files.csv").to_dict("records")
    assert file["table"] == "values.csv"
    assert file["sha256"][:12] in page
    crate = json.loads((results / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    (run_of,) = [one for one in crate["@graph"] if one["@id"] == "#run"]
    assert len(run_of["object"]) == 1

    again = workflow(tmp_path, config, "--dry-run")
    assert _rules(again.stdout + again.stderr) == set()
    values = config.parent / "values.csv"
    values.write_text(values.read_text().replace("E1-0-1,94,", "E1-0-1,91,"))
    asked = workflow(tmp_path, config, "--dry-run")
    assert {"comparison_join", "comparison_compare", "study_record", "report_page"} <= _rules(
        asked.stdout + asked.stderr
    )


def test_numbers_that_are_pinned_may_not_change(tmp_path: Path, workflow: Workflow) -> None:
    config = finished_numbers.write(tmp_path / "study")
    (config.parent / "pinned.sha256").write_text(f"{'0' * 64}  values.csv\n")
    config.write_text(
        finished_numbers.CONFIG + "raw_data_checksums: pinned.sha256\n", encoding="utf-8"
    )
    run = workflow(tmp_path, config, "--dry-run")
    assert run.returncode != 0
    assert "differs from the file pinned in pinned.sha256" in run.stdout + run.stderr
