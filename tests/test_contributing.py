"""CONTRIBUTING.md says which files a change touches; they must exist."""

import re
from pathlib import Path

_NAMED = re.compile(r"`((?:src|tests|workflow|config|benchmarks|scripts)/[^`\s]*)`")


def _changes(root: Path) -> dict[str, str]:
    """The files column of the table of changes, by change."""
    lines = (root / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("| ")]
    return {change.strip(): files for change, files in rows[1:]}


def test_every_path_in_contributing_exists(root: Path) -> None:
    named = _NAMED.findall((root / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert len(named) > 15
    # <check>.py means any file of its folder.
    places = [re.sub(r"<[^>]*>", "*", path) for path in named]
    assert [path for path in places if not list(root.glob(path.rstrip("/")))] == []


def test_the_ten_changes_are_listed(root: Path) -> None:
    changes = _changes(root)
    assert len(changes) == 10
    assert all(_NAMED.search(files) for files in changes.values())
