"""What the check accepts, the run accepts, whatever things are called."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from coculture.study import StudyError, load
from tests.hostile_names.accepted import accepted
from tests.hostile_names.finished_study import FinishedStudy
from tests.hostile_names.named_study import NamedStudy
from tests.hostile_names.names import any_names, many_at_once
from tests.hostile_names.raw_study import RawStudy
from tests.hostile_names.stages import run_stages
from tests.hostile_names.whole import require_readable, require_whole
from tests.workflow.conftest import run_workflow

WITHOUT_LIMITS = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
# A run takes too long for hundreds of attempts to find fewer names that fail.
RUNS = settings(WITHOUT_LIMITS, phases=[Phase.generate])
STUDIES = pytest.mark.parametrize("make", [FinishedStudy, RawStudy])


def _as_accepted(make: type[NamedStudy], names: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        study, used = accepted(make, names, Path(folder) / "studies")
        here = Path(folder) / "run"
        made = run_stages(study, here / "results")
        require_whole(here / "results", made, make(used))
        beside = {path.name for path in here.iterdir()}
        assert beside <= {"results", "running", "kept_of_page", "kept_figures"}


@STUDIES
@given(st.data())
@settings(WITHOUT_LIMITS, max_examples=8)
def test_the_check_refuses_or_accepts_any_name(make: type[NamedStudy], data: st.DataObject) -> None:
    names = data.draw(any_names(make.NAMES))
    with tempfile.TemporaryDirectory() as folder:
        try:
            load(make(names).write(Path(folder) / "study"))
        except StudyError as error:
            str(error).encode("utf-8")


@STUDIES
@given(st.data())
@settings(RUNS, max_examples=1)
def test_the_stages_do_what_the_check_accepted(make: type[NamedStudy], data: st.DataObject) -> None:
    _as_accepted(make, data.draw(any_names(make.NAMES)))


@pytest.mark.long
@STUDIES
@given(st.data())
@settings(RUNS, max_examples=30)
def test_the_stages_do_what_the_check_accepted_in_many_studies(
    make: type[NamedStudy], data: st.DataObject
) -> None:
    _as_accepted(make, data.draw(any_names(make.NAMES)))


LONG = pytest.mark.long


@pytest.mark.workflow
@pytest.mark.parametrize(
    ("make", "first"),
    [
        *((FinishedStudy, first) for first in (0, 5)),
        *(pytest.param(FinishedStudy, first, marks=LONG) for first in range(10, 80, 10)),
        *(pytest.param(RawStudy, first, marks=LONG) for first in range(0, 80, 20)),
    ],
)
def test_the_workflow_does_what_the_check_accepted(
    make: type[NamedStudy], first: int, tmp_path: Path
) -> None:
    study, used = accepted(make, many_at_once(make.NAMES, first), tmp_path / "studies")
    assert len(used) > len(make.NAMES) // 2
    run = run_workflow(tmp_path / "run", study.path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"^Done. The report: ", run.stdout + run.stderr, re.MULTILINE)
    require_readable(tmp_path / "run" / "results" / "named", make(used))
