"""Code that is edited while a study runs is noticed; a new date alone is not an edit."""

from pathlib import Path

import pytest

from coculture.running.code_files import CodeFiles


@pytest.fixture
def code(tmp_path: Path) -> Path:
    (tmp_path / "src" / "__pycache__").mkdir(parents=True)
    (tmp_path / "src" / "__pycache__" / "gate.pyc").write_bytes(b"compiled")
    (tmp_path / "src" / "gate.py").write_text("x = 1\n")
    (tmp_path / "src" / "columns.csv").write_text("table\n")
    (tmp_path / "lock").write_text("numpy\n")
    return tmp_path


def test_what_was_edited_is_named(code: Path) -> None:
    files = CodeFiles(code / "src", code / "lock")
    assert files.edited() == []
    (code / "src" / "gate.py").write_text("x = 2\n")
    (code / "src" / "columns.csv").unlink()
    assert files.edited() == [str(code / "src" / "columns.csv"), str(code / "src" / "gate.py")]
    (code / "lock").write_text("pandas\n")
    assert str(code / "lock") in files.edited()


def test_dates_and_compiled_code_are_no_edit(code: Path) -> None:
    files = CodeFiles(code / "src")
    (code / "src" / "gate.py").touch()
    (code / "src" / "__pycache__" / "gate.pyc").write_bytes(b"compiled again")
    assert files.edited() == []
