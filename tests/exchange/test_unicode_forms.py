"""Names whose letters are written as one sign, or with accents of their own."""

import unicodedata
from pathlib import Path

import pytest

from coculture.exchange.unicode_forms import on_disk
from coculture.study import StudyError, load
from tests.workflow import finished_numbers

COMPOSED = "Größe é"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


def test_a_name_is_found_in_the_form_of_the_disk(tmp_path: Path) -> None:
    written = tmp_path / DECOMPOSED / f"{DECOMPOSED}.fcs"
    written.parent.mkdir()
    written.touch()
    asked = tmp_path / COMPOSED / f"{COMPOSED}.fcs"
    assert on_disk(asked) == written
    assert on_disk(written) == written
    assert on_disk(asked.with_name("ü")) == written.with_name("ü")


@pytest.mark.parametrize(
    ("in_table", "on_the_disk"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)]
)
def test_a_raw_file_is_matched(small_study: Path, in_table: str, on_the_disk: str) -> None:
    table, name = small_study / "elisa.csv", "elisa/IL6-E1.txt"
    (small_study / name).rename(small_study / f"elisa/{on_the_disk}.txt")
    table.write_text(
        table.read_text(encoding="utf-8").replace(name, f"elisa/{in_table}.txt"), encoding="utf-8"
    )
    study = load(small_study / "config.yaml", with_events=False)
    assert any(path.endswith(f"{on_the_disk}.txt") for path in study.raw_paths())


def test_two_files_that_look_the_same_are_refused_with_their_code_points(
    small_study: Path,
) -> None:
    table, name = small_study / "elisa.csv", "elisa/IL6-E1.txt"
    content = (small_study / name).read_bytes()
    for form in ("\u00e9", "e\u0301"):
        (small_study / f"elisa/{form}.txt").write_bytes(content)
    table.write_text(table.read_text().replace(name, "elisa/\u00e9.txt"), encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        load(small_study / "config.yaml", with_events=False)
    assert "U+0065 U+0301 in the one and U+00E9 in the other" in str(refused.value)


def test_names_in_tables_match_in_either_form(tmp_path: Path) -> None:
    config = finished_numbers.write(tmp_path / "study")
    for file, form in (("cultures.csv", COMPOSED), ("values.csv", DECOMPOSED)):
        path = config.parent / file
        path.write_text(path.read_text().replace("E1-0-1", form), encoding="utf-8")
    assert COMPOSED in set(load(config).values["culture"])
