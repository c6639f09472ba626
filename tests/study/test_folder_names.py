"""Names that become names of folders of the results."""

import re
from pathlib import Path

import pytest

from coculture.study import StudyError, load
from coculture.study.folder_names import LONGEST, TAKEN
from tests.workflow import finished_numbers


def _renamed(folder: Path, old: str, new: str) -> Path:
    """The study of finished numbers with one word replaced in all files."""
    config = finished_numbers.write(folder / "study")
    for path in config.parent.iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return config


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("con", "Windows keeps this name"),
        ("NUL.txt", "Windows keeps this name"),
        ("lpt1", "Windows keeps this name"),
        ("E1.", "ends in a dot"),
        ("drift.csv", "a result file is called drift.csv"),
        ("Drift.CSV", "a result file is called drift.csv"),
    ],
)
def test_an_experiment_that_cannot_have_a_folder_is_refused(
    name: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(StudyError) as refused:
        load(_renamed(tmp_path, ",E1,", f",{name},"))
    assert f'cultures.csv, row 2, experiment "{name}": ' in str(refused.value)
    assert why in str(refused.value)
    assert len(refused.value.problems) == 1


@pytest.mark.parametrize("name", ["console", "E1.csv", "cultures.csv", "com", "E.1"])
def test_other_names_of_experiments_are_used(name: str, tmp_path: Path) -> None:
    assert name in set(load(_renamed(tmp_path, ",E1,", f",{name},")).cultures["experiment"])


def test_a_plate_is_not_called_like_a_result_file(small_study: Path) -> None:
    table = small_study / "elisa.csv"
    table.write_text(table.read_text().replace("IL6-E1,elisa", "Cultures.csv,elisa"))
    with pytest.raises(StudyError, match=r'plate "Cultures.csv": a result file is called'):
        load(small_study / "config.yaml")


def test_a_study_may_not_be_called_like_a_device(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r'config.yaml, line 1, study "aux": Windows keeps'):
        load(_renamed(tmp_path, "study: numbers", "study: aux"))


def test_an_endpoint_has_a_name_that_a_file_can_have(tmp_path: Path) -> None:
    assert load(_renamed(tmp_path / "1", "viability", "v" * LONGEST)).endpoints
    with pytest.raises(StudyError, match="must not have more than 100 letters"):
        load(_renamed(tmp_path / "2", "viability", "v" * (LONGEST + 1)))


def test_every_result_file_beside_a_folder_is_known(root: Path) -> None:
    """The rules write files of their own into the folders in which each experiment has one."""
    rules = "".join(one.read_text() for one in (root / "workflow" / "rules").glob("*.smk"))
    rules = rules.replace("{name}{ending}", "standards_recovery.svg")
    for wildcard, folders in (
        ("experiment", "flow|figures/flow"),
        ("plate", "elisa|figures/elisa"),
    ):
        beside = re.findall(rf'f"{{RESULTS}}/(?:{folders})/([^/"]+)"', rules)
        assert beside
        assert set(beside) <= set(TAKEN[wildcard])
