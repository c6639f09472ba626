"""What is kept from run to run is read again as it was written, or not at all."""

from pathlib import Path

import pytest

from coculture.running import memory


def test_entries_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kept.json"
    memory.write(path, {"a": [1, "x"], "b": [2, "y"]})
    assert memory.read(path, tuple) == {"a": (1, "x"), "b": (2, "y")}
    memory.write(path, {"a": [3, "z"]})
    assert memory.read(path, tuple) == {"a": (3, "z")}
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a": "x"}', '{"a": null}'])
def test_a_damaged_file_is_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kept.json"
    path.write_text(text)
    assert memory.read(path, int) == {}


def test_without_a_file_nothing_is_kept(tmp_path: Path) -> None:
    assert memory.read(None, int) == memory.read(tmp_path / "absent.json", int) == {}
    (tmp_path / "a file").touch()
    memory.write(tmp_path / "a file" / "kept.json", {"a": 1})
