"""An archive holds a study whole, has the same bytes each time, and unpacks elsewhere."""

import os
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from coculture import study
from coculture.__main__ import main
from coculture.archive import ArchiveError, archive
from coculture.archive.zip_file import write_zip
from coculture.exchange import records
from coculture.running.raw_files import sha256
from tests.archive.conftest import finish

Unpack = Callable[[Path], Path]


def change_an_export() -> None:
    export = next(Path("data/small/elisa").glob("IL6-E1.*"))
    export.write_bytes(export.read_bytes() + "\n".encode("utf-16-le"))


def without(folder: Path) -> None:
    """Take the original away, so that nothing can be read from it."""
    folder.rename(folder.with_name(f"{folder.name}-taken-away"))


def test_the_same_study_gives_the_same_bytes(config: Path, tmp_path: Path) -> None:
    first = archive(config, tmp_path / "first.zip", with_raw=True).path
    for path in config.parent.rglob("*"):
        os.utime(path, (1e9, 1e9))
    config.chmod(0o600)
    assert sha256(archive(config, tmp_path / "second.zip", with_raw=True).path) == sha256(first)


def test_everything_is_below_one_folder_and_nothing_of_python(config: Path) -> None:
    with zipfile.ZipFile(archive(config).path) as packed:
        names = packed.namelist()
    assert {name.partition("/")[0] for name in names} == {"small"}
    assert names == sorted(names)
    assert not [name for name in names if "__pycache__" in name or name.endswith(".fcs")]
    expected = {"README.md", "README-workflow.md", "Snakefile", "src/code.py", "requirements.lock"}
    expected |= {"data/small/config.yaml", "data/small/cultures.csv", "code.json"}
    expected |= {"results/small/report.html", "results/small/provenance/run.json"}
    assert {f"small/{name}" for name in expected} <= set(names)


def test_with_raw_files_it_is_the_same_study_elsewhere(
    config: Path, checkout: Path, unpack: Unpack
) -> None:
    before = study.load(config)
    written = archive(config, with_raw=True)
    top = unpack(written.path.absolute())
    without(checkout)
    found = study.load("data/small/config.yaml")
    assert found.raw_files() == before.raw_files()
    assert found.config == before.config
    assert written.raw_files == len({one["file"] for one in found.raw_files()})
    assert (top / "results" / "small" / "report.html").read_text() == "the page"


def test_without_raw_files_the_check_names_each_with_checksum_and_place(
    config: Path, checkout: Path, unpack: Unpack
) -> None:
    digests = {one["file"]: one["sha256"] for one in study.load(config).raw_files()}
    top = unpack(archive(config).path.absolute())
    with pytest.raises(study.StudyError) as refused:
        study.load("data/small/config.yaml")
    told = [str(one) for one in refused.value.problems]
    assert len(told) == len(digests)
    for name, digest in digests.items():
        (line,) = (one for one in told if f'"{name}"' in one)
        assert digest in line
        assert f"no such file in {(Path('data/small') / name).parent}" in line
    for name in digests:
        place = top / "data" / "small" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(checkout / "data" / "small" / name, place)
    study.load("data/small/config.yaml")


def test_another_file_in_the_place_of_an_archived_one_is_refused(
    config: Path, unpack: Unpack
) -> None:
    unpack(archive(config, with_raw=True).path.absolute())
    change_an_export()
    with pytest.raises(study.StudyError, match=r"IL6-E1.*is not the file that was archived"):
        study.load("data/small/config.yaml")


@pytest.mark.parametrize("text", ["[]", "folders: {a: 1}", "raw_files: [", "folders: x"])
def test_a_damaged_record_is_a_problem(text: str, config: Path) -> None:
    config.with_name("config.archive.yaml").write_text(text)
    with pytest.raises(study.StudyError, match=r"config.archive.yaml: is not as make archive"):
        study.load(config, with_events=False)


@pytest.mark.parametrize("how", ["absolute", "relative"])
def test_folders_outside_come_along(
    how: str, checkout: Path, small_study: Path, tmp_path: Path, unpack: Unpack
) -> None:
    """The names in the tables, which the results show, stay as they were."""
    home = checkout / "data" / "small"
    shutil.copytree(small_study, home)
    drive = tmp_path / "drive"
    drive.mkdir()
    (home / "flow").rename(drive / "flow")
    written = str(drive) if how == "absolute" else os.path.relpath(drive, home)
    flow = (home / "flow.csv").read_text()
    (home / "flow.csv").write_text(re.sub(r"(?m)^flow/", f"{written}/flow/", flow))
    text = (home / "config.yaml").read_text()
    (home / "config.yaml").write_text(f"{text}\nfolders_outside: [{written}]\n")
    study.pin(home / "config.yaml")
    (home / "config.yaml").write_text(
        f"{text}\nfolders_outside: [{written}]\nraw_data_checksums: small.sha256\n"
    )
    before = study.load(finish(home / "config.yaml"), with_events=False).raw_files()
    top = unpack(archive(home / "config.yaml", with_raw=True).path.absolute())
    without(checkout)
    without(drive)
    found = study.load("data/small/config.yaml")
    assert found.raw_files() == before
    assert list((top / "outside" / "1" / "flow").rglob("*.fcs"))
    # An archive of what was unpacked is as good.
    again = archive(Path("data/small/config.yaml"), with_raw=True)
    with zipfile.ZipFile(again.path) as packed:
        assert "small/outside/1/flow/E1" in {name.rpartition("/")[0] for name in packed.namelist()}


@pytest.mark.usefixtures("checkout")
def test_a_study_outside_the_workflow_has_a_folder_of_its_own(
    small_study: Path, unpack: Unpack
) -> None:
    before = study.load(finish(small_study / "config.yaml"), with_events=False).raw_files()
    unpack(archive(small_study / "config.yaml", with_raw=True).path.absolute())
    without(small_study)
    assert study.load("study/config.yaml").raw_files() == before


def test_the_gates_file_comes_along(config: Path, checkout: Path, unpack: Unpack) -> None:
    gates = config.with_name("config.gates.yaml")
    records.write_yaml({"study": "small", "gates": {}}, gates)
    shutil.rmtree(checkout / "results")
    top = unpack(archive(finish(config)).path.absolute())
    assert (top / "data" / "small" / gates.name).read_text() == gates.read_text()


def test_edited_results_are_refused(config: Path) -> None:
    Path("results/small/report.html").write_text("better")
    with pytest.raises(ArchiveError, match=r"report.html is not as the run wrote it"):
        archive(config)


def test_results_of_another_config_are_refused(config: Path) -> None:
    config.write_text(config.read_text().replace("margin_points: 5", "margin_points: 6"))
    with pytest.raises(ArchiveError, match="made with another config"):
        archive(config)


def test_results_of_other_raw_files_are_refused(config: Path) -> None:
    change_an_export()
    with pytest.raises(ArchiveError, match="made with other raw files"):
        archive(config)


def test_results_of_other_code_are_refused(config: Path, checkout: Path) -> None:
    records.write_json(
        {"commit": "beef", "uncommitted_changes": False, "files": {}}, checkout / "code.json"
    )
    with pytest.raises(ArchiveError, match="made with other code"):
        archive(config)


def test_a_study_without_results_is_refused(config: Path) -> None:
    shutil.rmtree("results")
    with pytest.raises(ArchiveError, match="holds no finished run"):
        archive(config)


def test_an_absolute_table_is_refused(config: Path) -> None:
    place = config.parent / "cultures.csv"
    config.write_text(config.read_text().replace(" cultures.csv", f" {place}"))
    shutil.rmtree("results")
    with pytest.raises(ArchiveError, match="Write it relative to the config"):
        archive(finish(config))


@pytest.mark.parametrize(
    "name", ["../out", "a/../../out", "/etc/out", "a\\b", "a\nb", "a//b", "./a"]
)
def test_no_name_leads_out_of_the_archive(name: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be in an archive"):
        write_zip({name: "text"}, tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_the_readme_says_how_to_run_it_again(config: Path, unpack: Unpack) -> None:
    top = unpack(archive(config).path.absolute())
    told = (top / "README.md").read_text()
    assert "make again STUDY=data/small/config.yaml" in told
    for named in re.findall(r"`((?:data|results|README)[^`*\s]*)`", told):
        if Path(named).name not in ("report.xlsx", "columns.csv"):
            assert (top / named).exists(), named


def test_the_command_says_what_it_wrote(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["coculture", "archive", str(config)])
    main()
    told = capsys.readouterr().out
    assert told.startswith("archives/small.zip written: ")
    assert "RAW=include" in told
