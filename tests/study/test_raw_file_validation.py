"""Raw files: where they may lie, and that they are the ones that were pinned."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from coculture.study import StudyError, load, pin, raw_file_validation
from coculture.study.checksums import Checksums
from tests.study.table_validation import made_up_rows

FILE = "flow/E1/E1-unstained-control.fcs"


def _told(folder: Path) -> list[str]:
    with pytest.raises(StudyError) as raised:
        load(folder / "config.yaml")
    return [str(problem) for problem in raised.value.problems]


def _configure(folder: Path, **keys: object) -> None:
    path = folder / "config.yaml"
    config = yaml.safe_load(path.read_text()) | keys
    path.write_text(yaml.safe_dump(config, sort_keys=False))


def _name_in_table(folder: Path, name: str) -> None:
    """Another name for the first FCS file in flow.csv."""
    table = folder / "flow.csv"
    table.write_text(table.read_text().replace(FILE, name, 1))


@pytest.fixture
def outside(small_study: Path) -> Path:
    """A folder beside the study's, with the first FCS file in it."""
    folder = small_study.parent / "network drive"
    folder.mkdir()
    (small_study / FILE).rename(folder / "unstained.fcs")
    return folder


def test_a_path_that_leaves_the_study_is_refused(small_study: Path, outside: Path) -> None:
    _name_in_table(small_study, f"../{outside.name}/unstained.fcs")
    (problem,) = _told(small_study)
    assert problem.startswith("flow.csv, row 2, fcs ")
    assert "is outside the table's folder" in problem
    assert "list its folder under folders_outside: in the config." in problem


def test_an_absolute_path_that_leaves_the_study_is_refused(
    small_study: Path, outside: Path
) -> None:
    _name_in_table(small_study, str(outside / "unstained.fcs"))
    (problem,) = _told(small_study)
    assert "is outside the table's folder" in problem


def test_a_link_that_leaves_the_study_is_refused(small_study: Path, outside: Path) -> None:
    (small_study / FILE).symlink_to(outside / "unstained.fcs")
    (problem,) = _told(small_study)
    assert "is outside the table's folder" in problem


def test_a_folder_that_the_config_lists_may_be_left_for(small_study: Path, outside: Path) -> None:
    (small_study / FILE).symlink_to(outside / "unstained.fcs")
    _configure(small_study, folders_outside=["../network drive"])
    study = load(small_study / "config.yaml")
    assert FILE in set(study.flow["fcs"])


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("gone.fcs", "is a link to gone.fcs, which does not exist."),
        (".", "is a folder, not a file."),
    ],
)
def test_a_link_that_leads_to_no_file_is_told(small_study: Path, target: str, said: str) -> None:
    path = small_study / FILE
    path.unlink()
    path.symlink_to(target)
    (problem,) = _told(small_study)
    assert said in problem


@pytest.fixture
def pinned(small_study: Path) -> Path:
    """The small study, its raw files pinned in the config."""
    place = pin(small_study / "config.yaml")
    assert place.parent == small_study
    _configure(small_study, raw_data_checksums=place.name)
    return small_study


def test_pinned_files_pass_and_every_one_is_pinned(pinned: Path) -> None:
    study = load(pinned / "config.yaml")
    named = {line.split("  ", 1)[1] for line in _checksums(pinned).read_text().splitlines()}
    flow = set(pd.read_csv(pinned / "flow.csv")["fcs"])
    plates = set(pd.read_csv(pinned / "elisa.csv")["file"])
    assert named == flow | plates
    assert len(study.raw_paths()) == len(named)


def test_a_changed_file_names_itself_and_what_to_do(pinned: Path) -> None:
    with (pinned / FILE).open("ab") as file:
        file.write(b" ")
    (problem,) = _told(pinned)
    assert FILE in problem
    assert f"differs from the file pinned in {_checksums(pinned).name}" in problem
    assert (
        "Restore the pinned file. If the change is intended, pin again: make pin STUDY=" in problem
    )
    pin(pinned / "config.yaml")
    load(pinned / "config.yaml")


def test_a_file_that_nobody_pinned_is_told(pinned: Path) -> None:
    lines = _checksums(pinned).read_text().splitlines(keepends=True)
    _checksums(pinned).write_text("".join(line for line in lines if FILE not in line))
    (problem,) = _told(pinned)
    assert FILE in problem
    assert "is used but is not in" in problem


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), ("no checksum at all\n", "row 1")]
)
def test_checksums_that_cannot_be_read_are_told(
    pinned: Path, content: str | None, said: str
) -> None:
    place = _checksums(pinned)
    place.unlink()
    if content is not None:
        place.write_text(content)
    (problem,) = _told(pinned)
    assert said in problem
    assert place.name in problem


def _checksums(folder: Path) -> Path:
    return folder / str(yaml.safe_load((folder / "config.yaml").read_text())["raw_data_checksums"])


def test_a_spillover_matrix_that_the_run_would_refuse_is_refused(small_study: Path) -> None:
    flow = yaml.safe_load((small_study / "config.yaml").read_text())["flow"]
    compensation = {"source": "csv", "file": "matrix.csv"}
    _configure(small_study, flow=flow | {"compensation": compensation})
    (small_study / "matrix.csv").write_text(",GFP,PE\nGFP,1,n/a\nPE,0,1\n")
    (problem,) = _told(small_study)
    assert 'row 2 (GFP), column PE: "n/a" is not a number' in problem
    assert "flow.compensation.file" in problem
    compensation["source"] = "none"
    _configure(small_study, flow=flow | {"compensation": compensation})
    load(small_study / "config.yaml")


def test_checksums_may_lie_in_a_folder_of_their_own(small_study: Path) -> None:
    """Their names are relative to the file of checksums, as sha256sum reads them."""
    config = small_study / "config.yaml"
    keys = yaml.safe_load(config.read_text()) | {"raw_data_checksums": "sums/raw.sha256"}
    config.write_text(yaml.safe_dump(keys, sort_keys=False))
    assert pin(config) == small_study / "sums" / "raw.sha256"
    names = [line.split("  ", 1)[1] for line in pin(config).read_text().splitlines()]
    assert "../flow/E1/E1-unstained-control.fcs" in names
    assert load(config).name == keys["study"]


def test_only_samples_must_be_different_bytes(tmp_path: Path) -> None:
    """One unstained file, copied beside the samples of each experiment, is no mistake."""
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.fcs").write_bytes(b"the same")
    files = made_up_rows.numbered(
        *(
            {**made_up_rows.FILE, "fcs": f"{name}.fcs", "path": str(tmp_path / f"{name}.fcs")}
            for name in "abc"
        )
    )
    assert list(raw_file_validation.same_content(files, Checksums())) == []
    files["role"] = ["sample", "unstained", "sample"]
    (problem,) = raw_file_validation.same_content(files, Checksums())
    assert (problem.row, problem.value) == (4, "c.fcs")
    assert "has exactly the same content as the file in row 2" in problem.message


@pytest.mark.parametrize(
    ("one", "other", "rows"),
    [
        ("fmo_annexin", "fmo_dye", [3]),
        ("fmo GFP", "fmo RFP", [3]),
        ("fmo GFP", "fmo gfp", []),
        ("single_stain GFP", "single_stain RFP", [3]),
        ("unstained", "single_stain GFP", [3]),
        ("annexin_only", "dye_only", [3]),
        ("single_stain FITC", "annexin_only", []),
        # Of two stains, the tube without the one is that with the other alone.
        ("fmo_annexin", "dye_only", []),
        ("unstained", "fmo_annexin", []),
    ],
)
def test_one_tube_is_not_two_controls(
    one: str, other: str, rows: list[int], tmp_path: Path
) -> None:
    def row(name: str, written: str) -> dict[str, Any]:
        (tmp_path / name).write_bytes(b"the same")
        role, _, channel = written.partition(" ")
        place = {"fcs": name, "path": str(tmp_path / name), "exclude": ""}
        return made_up_rows.FILE | place | {"role": role, "channel": channel}

    table = made_up_rows.numbered(row("a", one), row("b", other))
    problems = raw_file_validation.controls_alike(table, Checksums())
    assert [problem.row for problem in problems] == rows
    table.loc[3, "exclude"] = "the wrong tube"
    assert list(raw_file_validation.controls_alike(table, Checksums())) == []
