"""What happened to raw files: named one by one, or counted if they are many."""

from pathlib import Path

import pytest

from coculture.running import raw_files


@pytest.mark.parametrize(
    ("gone", "named", "last"),
    [(1, 1, ""), (4, 4, ""), (5, 3, "The same applies to 2 more files."), (9, 3, "to 6 more")],
)
def test_a_sentence_that_counts_stands_for_two_files_or_more(
    tmp_path: Path, gone: int, named: int, last: str
) -> None:
    """Three are named; a fourth is named too, as to count it would take as many words."""
    kept = tmp_path / "kept.fcs"
    kept.write_bytes(b"")
    paths = [str(tmp_path / f"{number}.fcs") for number in range(gone)]
    told = raw_files.vanished([*reversed(paths), str(kept)])
    assert [words.partition(": ")[0] for words in told[:named]] == paths[:named]
    assert len(told) == named + bool(last)
    assert last in told[-1]


def test_only_files_with_other_bytes_have_changed(tmp_path: Path) -> None:
    same, other = tmp_path / "same.fcs", tmp_path / "other.fcs"
    for path in (same, other):
        path.write_bytes(b"as checked")
    expected = {str(path): raw_files.sha256(path) for path in (same, other)}
    raw_files.require_unchanged(expected)
    other.write_bytes(b"as checked ")
    with pytest.raises(raw_files.ChangedFileError) as stopped:
        raw_files.require_unchanged(expected)
    assert str(stopped.value).startswith(f"{other}: changed during the run")
    assert str(same) not in str(stopped.value)
