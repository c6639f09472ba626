"""What the check accepts, the run accepts, whatever things are called."""

import re
import tempfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings

from coculture.exchange import result_tables
from coculture.study import StudyError, load
from tests.hostile_names.accepted import accepted
from tests.hostile_names.names import KNOWN, any_names
from tests.hostile_names.stages import run_stages
from tests.hostile_names.studies import NAMES, NamedStudy
from tests.workflow.conftest import run_workflow

WITHOUT_LIMITS = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def _as_accepted(names: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        study, used = accepted(names, Path(folder))
        results = Path(folder) / "results"
        run_stages(study, results)
        _require_whole(results, used)


def _require_whole(results: Path, used: dict[str, str]) -> None:
    """The names are in the tables as they were written, and nothing of them is a script."""
    cultures = result_tables.read(results / "cultures.csv")
    for name in ("culture", "experiment", "donor", "cells"):
        if name in used:
            assert used[name].strip() in set(cultures[name]), name
    openpyxl.load_workbook(results / "report.xlsx", read_only=True).close()
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page


@given(any_names())
@settings(WITHOUT_LIMITS, max_examples=8)
def test_the_check_refuses_or_accepts_any_name(names: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            load(NamedStudy(names).write(Path(folder) / "study"))
        except StudyError as error:
            str(error).encode("utf-8")


@given(any_names())
@settings(WITHOUT_LIMITS, max_examples=1)
def test_the_stages_do_what_the_check_accepted(names: dict[str, str]) -> None:
    _as_accepted(names)


@pytest.mark.long
@given(any_names())
@settings(WITHOUT_LIMITS, max_examples=60)
def test_the_stages_do_what_the_check_accepted_in_many_studies(names: dict[str, str]) -> None:
    _as_accepted(names)


def _many_at_once(first: int) -> dict[str, str]:
    """A known text for each name, from a place in the list on."""
    return {name: KNOWN[(first + 7 * place) % len(KNOWN)] for place, name in enumerate(NAMES)}


@pytest.mark.workflow
@pytest.mark.parametrize(
    "first", [0, 5, *(pytest.param(one, marks=pytest.mark.long) for one in range(10, 80, 10))]
)
def test_the_workflow_does_what_the_check_accepted(first: int, tmp_path: Path) -> None:
    study, used = accepted(_many_at_once(first), tmp_path / "studies")
    assert len(used) > len(NAMES) // 2
    run = run_workflow(tmp_path / "run", study.path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"^Done. The report: ", run.stdout + run.stderr, re.MULTILINE)
    _require_whole(tmp_path / "run" / "results" / "named", used)
