"""Checksums of raw files are remembered while the files are certainly the same, and no longer."""

import json
import os
import time
from hashlib import sha256
from pathlib import Path

import pytest

from coculture.running import raw_files
from coculture.study.checksums import Checksums


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that was written an hour ago, as far as this program can see."""
    path = tmp_path / "raw.fcs"
    path.write_bytes(b"events")
    later = time.time_ns() + 3600 * 10**9
    monkeypatch.setattr("coculture.study.checksums.time.time_ns", lambda: later)
    return path


def _of(raw: Path, memory: Path | None) -> str:
    checksums = Checksums(memory)
    digest = checksums.of(str(raw))
    checksums.save()
    return digest


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read from now on."""
    read: list[str] = []
    whole = raw_files.sha256

    def counting(path: str) -> str:
        read.append(str(path))
        return whole(path)

    monkeypatch.setattr(raw_files, "sha256", counting)
    return read


def test_an_unchanged_file_is_not_read_again(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "memory" / "study.json"
    first = _of(raw, memory)
    read = _counted(monkeypatch)
    assert _of(raw, memory) == first == sha256(b"events").hexdigest()
    assert read == []
    assert _of(raw, None) == first
    assert read == [str(raw)]


@pytest.mark.parametrize("change", ["content", "content with its old date", "another file"])
def test_a_changed_file_is_read_again(raw: Path, tmp_path: Path, change: str) -> None:
    memory = tmp_path / "study.json"
    _of(raw, memory)
    before = raw.stat()
    if change == "another file":
        other = tmp_path / "other.fcs"
        other.write_bytes(b"EVENTS")
        os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
        other.replace(raw)
    else:
        raw.write_bytes(b"EVENTS")
        if change == "content with its old date":
            os.utime(raw, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert _of(raw, memory) == sha256(b"EVENTS").hexdigest()


def test_a_file_that_has_just_changed_is_not_remembered(tmp_path: Path) -> None:
    """Another change within the same tick of the clock would have the same date."""
    raw, memory = tmp_path / "raw.fcs", tmp_path / "study.json"
    raw.write_bytes(b"events")
    _of(raw, memory)
    assert not memory.exists()


def test_a_damaged_memory_is_no_memory(raw: Path, tmp_path: Path) -> None:
    memory = tmp_path / "study.json"
    for text in ("{", "[]", '{"a": 1}', '{"a": [[1], "b"]}', json.dumps({str(raw): [1, 2]})):
        memory.write_text(text)
        assert _of(raw, memory) == sha256(b"events").hexdigest()


def test_files_that_the_study_no_longer_has_are_forgotten(raw: Path, tmp_path: Path) -> None:
    memory = tmp_path / "study.json"
    other = tmp_path / "other.fcs"
    other.write_bytes(b"other")
    _of(other, memory)
    _of(raw, memory)
    assert list(json.loads(memory.read_text())) == [str(raw)]


def test_after_a_run_that_failed_nothing_is_remembered(raw: Path, tmp_path: Path) -> None:
    """A wrong checksum that is remembered would fail every run."""
    memory = tmp_path / "memory.json"
    digest = _of(raw, memory)
    memory.write_text(memory.read_text().replace(digest, "0" * 64))
    assert _of(raw, memory) == "0" * 64
    checksums = Checksums(memory)
    checksums.forget()
    checksums.forget()
    assert _of(raw, memory) == digest
