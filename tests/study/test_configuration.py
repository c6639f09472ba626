"""Texts of the config."""

from pathlib import Path

import pytest

from coculture.study import StudyError, load
from tests.workflow import finished_numbers


def _titled(folder: Path, title: str) -> Path:
    """The study of finished numbers with a title, as YAML has it between quotes."""
    config = finished_numbers.write(folder / "study")
    lines = config.read_text(encoding="utf-8").splitlines()
    titled = [f'title: "{title}"' if line.startswith("title:") else line for line in lines]
    config.write_text("\n".join(titled), encoding="utf-8")
    return config


@pytest.mark.parametrize("code", ["200B", "00AD", "FEFF", "2060", "202E"])
def test_what_nobody_sees_is_refused_as_in_tables(code: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=rf"title: contains an invisible character \(U\+{code}\)"):
        load(_titled(tmp_path, f"IL\\u{code}6"))


def test_signs_that_join_letters_are_text(tmp_path: Path) -> None:
    title = "\N{MAN}\N{ZERO WIDTH JOINER}\N{MICROSCOPE}"
    assert load(_titled(tmp_path, title)).config["title"] == title


def test_an_escaped_accent_is_one_sign(tmp_path: Path) -> None:
    """As in tables, so that a name of the config is the same as in these."""
    assert load(_titled(tmp_path, r"ae\u0301")).config["title"] == "a\u00e9"
