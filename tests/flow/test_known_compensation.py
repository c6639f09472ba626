"""What is said of compensation before the run."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from coculture.flow import compensation_notices
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, HEAVY, IDENTITY, LIGHT, spillover_text, tubes

STUDY = replace(
    BASE, experiments=2, wells=1, spillover=HEAVY, events_control=1000, events_sample=2000
)
FEW = ("unstained", "stroma")


def noticed(
    folder: Path,
    study: base_study.BaseStudy,
    source: str = "embedded",
    keywords: Mapping[str, str | None] | None = None,
) -> list[str]:
    listed = [replace(tube, keywords=keywords or {}) for tube in tubes(study)]
    written = base_study.write(folder, study, listed)
    settings = base_study.settings(compensation={"source": source})
    return compensation_notices(written.files, settings)


def test_a_matrix_that_is_replaced_is_reported_once_with_its_experiments(tmp_path: Path) -> None:
    (notice,) = noticed(tmp_path, replace(STUDY, embedded=IDENTITY))
    assert notice.startswith("E1, E2: The spillover matrix in the files is the identity")
    assert "estimated from the single stains instead" in notice


def test_the_spill_that_is_left_is_estimated_before_the_run(tmp_path: Path) -> None:
    matrix = spillover_text(("B530-A", "R660-A"), ((1, 0), (0, 1)))
    study = replace(STUDY, experiments=1, controls=FEW)
    lacking, left, unknown = noticed(tmp_path, study, keywords={"spillover": matrix})
    assert "does not cover B675-A (it has B530-A, R660-A)" in lacking
    assert "Spill that is left" in left
    assert "of R660-A in B675-A" in left
    assert "the spill of B675-A into R660-A is not known" in unknown


def test_a_run_that_would_stop_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coculture.flow.gating.refusal.REFUSED_POINTS", -1.0)
    study = replace(STUDY, experiments=1, controls=FEW, embedded=IDENTITY)
    (notice,) = noticed(tmp_path, study)
    assert notice.startswith("E1: The spillover matrix in the files is the identity")
    assert "write none as flow.compensation.source" in notice


@pytest.mark.parametrize(("source", "embedded"), [("single_stains", IDENTITY), ("embedded", LIGHT)])
def test_nothing_is_said_of_a_matrix_that_is_used(
    tmp_path: Path, source: str, embedded: base_study.Matrix
) -> None:
    assert noticed(tmp_path, replace(STUDY, experiments=1, embedded=embedded), source) == []
