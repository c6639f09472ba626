"""A step is done again unless everything that it made was made from what it is made from now."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coculture.running import stale
from coculture.running.records import Records
from coculture.running.step import Step
from coculture.running.work import Outcome

Make = Callable[..., Step]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The files of a step, which exist."""
    paths = [tmp_path / name for name in ("wells.csv", "gates.yaml")]
    for path in paths:
        path.write_text("made")
    return list(map(str, paths))


def _again(tmp_path: Path, step: Step, files: list[str]) -> bool:
    """Whether the step has to be done again, by the records as the next run reads them."""
    found = stale.outputs(Records(tmp_path / "steps"), [(step, files)])
    assert found in ({}, {step.name: files})
    return bool(found)


def _made(tmp_path: Path, step: Step, files: list[str]) -> None:
    Records(tmp_path / "steps").end(step, Outcome(dict.fromkeys(files, "0"), 1, 1, 1))


def test_what_was_made_from_the_same_is_not_done_again(
    script: Make, tmp_path: Path, files: list[str]
) -> None:
    step = script("pass", part="E1")
    _made(tmp_path, step, files)
    assert not _again(tmp_path, step, files)
    assert not _again(tmp_path, step, files[::-1])


def test_what_was_made_from_anything_else_is(
    script: Make, tmp_path: Path, files: list[str]
) -> None:
    _made(tmp_path, script("pass", threshold=1), files)
    assert _again(tmp_path, script("pass", threshold=2), files)
    assert _again(tmp_path, script("return", threshold=1), files)


def test_a_file_that_is_missing_is_made_again(
    script: Make, tmp_path: Path, files: list[str]
) -> None:
    step = script("pass")
    _made(tmp_path, step, files)
    Path(files[0]).unlink()
    assert _again(tmp_path, step, files)


def test_so_is_one_that_the_step_did_not_make_before(
    script: Make, tmp_path: Path, files: list[str]
) -> None:
    step = script("pass")
    _made(tmp_path, step, files[:1])
    assert _again(tmp_path, step, files)
    _made(tmp_path, step, files)
    assert _again(tmp_path, step, files[:1])


def test_a_step_that_did_not_end_is_done_again(
    script: Make, tmp_path: Path, files: list[str]
) -> None:
    step = script("pass")
    Records(tmp_path / "steps").begin(step, files)
    assert _again(tmp_path, step, files)


def test_files_of_which_nothing_is_known_are_made_again(
    script: Make, tmp_path: Path, files: list[str]
) -> None:
    step = script("pass")
    assert _again(tmp_path, step, files)
    Path(files[0]).unlink()
    assert _again(tmp_path, step, files)


def test_a_step_that_was_never_begun_is_left_to_the_workflow(script: Make, tmp_path: Path) -> None:
    assert not _again(tmp_path, script("pass"), [str(tmp_path / "wells.csv")])
