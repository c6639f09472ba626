"""Places that a run needs and cannot write to are named before it begins."""

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from coculture.running.ready import fault


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Folders that can all be written to."""
    return {"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path)}


def test_nothing_is_wrong_where_everything_can_be_written(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    assert fault(tmp_path, environment) == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("full", ["results", ".snakemake", "tmp", "home", "cache"])
def test_a_full_disk_is_one_sentence(
    full: str, tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / full
    place.mkdir()
    if full == "tmp":
        environment["TMPDIR"] = str(place)
    if full == "cache":
        environment["XDG_CACHE_HOME"] = str(place)
    can_be_written = tempfile.TemporaryFile

    def temporary_file(dir: Path) -> object:  # noqa: A002 (the name of the real one)
        if dir.is_relative_to(place):
            raise OSError(errno.ENOSPC, "No space left on device")
        return can_be_written(dir=dir)

    monkeypatch.setattr(tempfile, "TemporaryFile", temporary_file)
    said = fault(tmp_path, environment)
    assert f"{place}: the disk is full." in said
    assert said.startswith("Nothing was run. ")


def test_a_home_that_is_no_folder_is_named_by_the_command(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "coculture.running.ready"],
        cwd=tmp_path,
        env={**os.environ, "HOME": "/dev/null/nobody", "XDG_CACHE_HOME": "", "STUDY": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "it is a file, not a folder" in run.stderr
    assert "set XDG_CACHE_HOME to another folder" in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_study_that_is_not_there_is_named(tmp_path: Path, environment: dict[str, str]) -> None:
    said = fault(tmp_path, {**environment, "STUDY": "config/nope.yaml"})
    assert said.startswith("config/nope.yaml: there is no such file.")
    (tmp_path / "mine.yaml").touch()
    assert fault(tmp_path, {**environment, "STUDY": "mine.yaml"}) == ""
    assert fault(tmp_path, {**environment, "STUDY": str(tmp_path / "mine.yaml")}) == ""
