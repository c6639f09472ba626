"""Files that are made once from the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coculture.running.kept import Kept

Make = Callable[[str], Callable[[], object]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "results" / "a.txt"


@pytest.fixture
def writing(file: Path) -> Make:
    """Makes a function that writes a text to `file`."""

    def make(text: str) -> Callable[[], object]:
        file.parent.mkdir(exist_ok=True)
        return lambda: file.write_text(text)

    return make


def test_the_same_is_made_once(tmp_path: Path, file: Path, writing: Make) -> None:
    Kept(tmp_path / "kept").files("one", [file], writing("first"))
    file.unlink()
    Kept(tmp_path / "kept").files("one", [file], writing("second"))
    assert file.read_text() == "first"
    Kept(tmp_path / "kept").files("two", [file], writing("third"))
    assert file.read_text() == "third"


@pytest.mark.parametrize("what", ["a.txt", "sha256.json"])
@pytest.mark.parametrize("damage", [lambda path: path.write_text("{}"), Path.unlink])
def test_what_was_damaged_is_made_again(
    tmp_path: Path, file: Path, writing: Make, what: str, damage: Callable[[Path], object]
) -> None:
    Kept(tmp_path / "kept").files("one", [file], writing("first"))
    damage(tmp_path / "kept" / "one" / what)
    Kept(tmp_path / "kept").files("one", [file], writing("second"))
    assert file.read_text() == "second"


def test_a_file_that_was_not_kept_is_made(tmp_path: Path, file: Path, writing: Make) -> None:
    Kept(tmp_path / "kept").files("one", [file], writing("first"))
    other = file.with_name("b.txt")
    Kept(tmp_path / "kept").files("one", [file, other], lambda: other.write_text("second"))
    assert other.read_text() == "second"


def test_a_run_can_do_without_its_folder(tmp_path: Path, file: Path, writing: Make) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    kept = Kept(tmp_path / "kept")
    kept.files("one", [file], writing("first"))
    kept.forget_others()
    assert file.read_text() == "first"


def test_what_the_last_run_did_not_use_is_forgotten(
    tmp_path: Path, file: Path, writing: Make
) -> None:
    Kept(tmp_path / "kept").files("one", [file], writing("first"))
    kept = Kept(tmp_path / "kept")
    kept.files("two", [file], writing("second"))
    kept.forget_others()
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["two"]


def test_a_text_is_made_once(tmp_path: Path) -> None:
    assert Kept(tmp_path / "kept").text("one", lambda: "erste µ") == "erste µ"
    assert Kept(tmp_path / "kept").text("one", lambda: "second") == "erste µ"
    assert Kept(tmp_path / "kept").text("two", lambda: "second") == "second"


@pytest.mark.parametrize("what", ["text", "sha256.json"])
@pytest.mark.parametrize("damage", [lambda path: path.write_text("{}"), Path.unlink])
def test_a_text_that_was_damaged_is_made_again(
    tmp_path: Path, what: str, damage: Callable[[Path], object]
) -> None:
    Kept(tmp_path / "kept").text("one", lambda: "first")
    damage(tmp_path / "kept" / "one" / what)
    assert Kept(tmp_path / "kept").text("one", lambda: "second") == "second"
