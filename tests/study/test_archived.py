"""The record that an archive has beside its config."""

from pathlib import Path

import pytest

from coculture.study import archived

CONFIG = "mine.yaml"


def test_folders_and_checksums_are_those_of_the_record(tmp_path: Path) -> None:
    config = tmp_path / CONFIG
    record = 'folders: {"/mnt/core": "../outside/1"}\nraw_files: {"a.fcs": "0a1b"}\n'
    archived.beside(config).write_text(record, "utf-8")
    found, problems = archived.read(config)
    assert problems == []
    assert found.here(Path("/mnt/core/b.fcs")) == tmp_path / "../outside/1/b.fcs"
    assert found.sha256(tmp_path / "a.fcs") == "0a1b"


def test_a_record_of_raw_files_alone_moves_nothing(tmp_path: Path) -> None:
    config = tmp_path / CONFIG
    archived.beside(config).write_text('raw_files: {"a.fcs": "0a1b"}\nfolders:\n', "utf-8")
    found, problems = archived.read(config)
    assert problems == []
    assert found.here(Path("/mnt/core/b.fcs")) == Path("/mnt/core/b.fcs")


@pytest.mark.parametrize("record", ["folders: [a]\n", "folders: {a: 1}\n", "- a\n"])
def test_a_record_that_no_archive_wrote_is_refused(tmp_path: Path, record: str) -> None:
    config = tmp_path / CONFIG
    archived.beside(config).write_text(record, "utf-8")
    _, (problem,) = archived.read(config)
    assert "is not as make archive wrote it" in problem.message
