"""The config may name earlier results, which must be results, and not those of the run itself."""

from pathlib import Path

import pytest

from coculture import study
from tests.differences import written_results


def name_earlier(small_study: Path, written: str) -> Path:
    config = small_study / "config.yaml"
    config.write_text(f"{config.read_text()}\nearlier_results: {written}\n")
    return config


def test_results_that_are_there_are_compared_with(small_study: Path) -> None:
    folder = written_results.write(small_study / "before")
    found = study.load(name_earlier(small_study, "before"), with_events=False).earlier_results
    assert found is not None
    assert found.name == "before"
    digest = found.digest()
    (folder / "report.html").write_text("not compared")
    assert found.digest() == digest
    (folder / "cultures.csv").write_text("culture\n")
    assert found.digest() != digest


@pytest.mark.parametrize("written", ["absent", "."])
def test_what_holds_no_results_is_a_problem_with_its_line(written: str, small_study: Path) -> None:
    config = name_earlier(small_study, written)
    with pytest.raises(study.StudyError) as refused:
        study.load(config, with_events=False)
    (problem,) = refused.value.problems
    assert problem.row == len(config.read_text().splitlines())
    assert problem.column == "earlier_results"
    assert written in problem.message


def test_the_results_that_the_run_replaces_are_refused(
    small_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written_results.write(tmp_path / "results" / "small")
    with pytest.raises(study.StudyError, match="Copy the folder under another name"):
        study.load(name_earlier(small_study, "../results/small"), with_events=False)
