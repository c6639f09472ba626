"""The code of an archive, which has no git, is known by its files."""

from pathlib import Path

import pytest

from coculture import provenance
from coculture.exchange import records
from coculture.provenance import Commit
from coculture.provenance.archived_code import NAME

COMMIT = Commit("c0ffee", uncommitted_changes=False)


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text("a = 1\n")
    record = provenance.code_record(COMMIT, tmp_path, ["a.py"])
    records.write_json(record, tmp_path / NAME)
    return tmp_path


def test_unchanged_code_is_of_its_commit(unpacked: Path) -> None:
    assert provenance.commit_of(unpacked) == COMMIT


def test_changed_code_is_not_that_of_the_commit_alone(unpacked: Path) -> None:
    (unpacked / "a.py").write_text("a = 2\n")
    assert provenance.commit_of(unpacked) == Commit("c0ffee", uncommitted_changes=True)


def test_code_of_no_commit_stays_so(unpacked: Path) -> None:
    records.write_json(provenance.code_record(Commit(), unpacked, ["a.py"]), unpacked / NAME)
    (unpacked / "a.py").write_text("a = 2\n")
    assert provenance.commit_of(unpacked) == Commit()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"commit": 1, "files": 2}'])
def test_a_damaged_record_says_nothing(text: str, unpacked: Path) -> None:
    (unpacked / NAME).write_text(text)
    assert provenance.commit_of(unpacked) == Commit()
