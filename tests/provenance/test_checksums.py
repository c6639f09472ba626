"""Checksums are those that sha256sum writes and reads, also of awkward names."""

import shutil
import subprocess
from pathlib import Path

import pytest

from coculture.provenance import checksum_lines, read_checksums

AWKWARD = ["plain.csv", "with space.csv", "E1/$(touch x).fcs", "back\\slash", "two\nlines", "ü.csv"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in AWKWARD:
        path = tmp_path / "results" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}")
    return tmp_path / "results"


def test_lines_are_sorted_and_each_file_is_named_once(folder: Path) -> None:
    paths = [folder / name for name in [*AWKWARD, *AWKWARD]]
    lines = checksum_lines(reversed(paths), folder).splitlines()
    assert len(lines) == len(AWKWARD)
    assert checksum_lines(paths, folder).splitlines() == lines


def test_what_is_written_is_read_back(folder: Path) -> None:
    listed = folder / "checksums.txt"
    listed.write_text(checksum_lines([folder / name for name in AWKWARD], folder))
    assert sorted(read_checksums(listed)) == sorted(AWKWARD)


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="no sha256sum on this machine")
def test_sha256sum_agrees(folder: Path) -> None:
    listed = folder / "checksums.txt"
    listed.write_text(checksum_lines([folder / name for name in AWKWARD], folder))
    check = ["sha256sum", "--check", "--strict", "--quiet", listed.name]
    assert subprocess.run(check, cwd=folder, check=False).returncode == 0
    (folder / "plain.csv").write_text("another")
    assert subprocess.run(check, cwd=folder, check=False, capture_output=True).returncode == 1


def test_a_line_of_another_kind_is_named(tmp_path: Path) -> None:
    listed = tmp_path / "sums.txt"
    listed.write_text(f"{'a' * 64}  one.fcs\nMD5 (two.fcs) = 0123\n")
    with pytest.raises(ValueError, match=r'sums\.txt, row 2, "MD5 \(two\.fcs\)'):
        read_checksums(listed)


def test_lines_of_other_programs_are_read(tmp_path: Path) -> None:
    """Windows ends lines with CR LF, and some programs write the digits A to F as capitals."""
    listed = tmp_path / "sums.txt"
    listed.write_bytes(f"{'AB' * 32}  one.fcs\r\n{'cd' * 32} *two.fcs\r\n".encode())
    assert read_checksums(listed) == {"one.fcs": "ab" * 32, "two.fcs": "cd" * 32}
