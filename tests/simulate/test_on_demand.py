"""`simulate:` in a config: written once, again when something changed, never over other files."""

import shutil
from pathlib import Path

import pytest
import yaml

from coculture.exchange.problems import StudyError
from coculture.simulate import NotSimulatedError, Request, ensure, on_demand
from coculture.study import load

ROOT = Path(__file__).parents[2]
SMALL = Request("example", 5, experiments=1, wells=1, events=20)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small study that was made."""
    folder = tmp_path_factory.mktemp("made") / "study"
    assert ensure(folder, SMALL)
    return folder


@pytest.fixture
def made(once: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(once, tmp_path / "study"))


def test_it_is_made_once(made: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in made.rglob("*")}
    assert not ensure(made, SMALL)
    assert {path: path.stat().st_mtime_ns for path in made.rglob("*")} == before


def test_another_seed_or_size_makes_it_again(made: Path) -> None:
    first = contents(made)
    assert ensure(made, Request("example", 6, experiments=1, wells=1, events=20))
    assert contents(made)["truth.csv"] != first["truth.csv"]
    assert ensure(made, SMALL)
    assert contents(made) == first


def test_other_code_makes_it_again(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_demand, "_code", lambda: "changed")
    assert ensure(made, SMALL)


@pytest.mark.parametrize("fault", ["changed", "removed", "added"])
def test_what_was_changed_is_made_again(made: Path, fault: str) -> None:
    first = contents(made)
    if fault == "changed":
        (made / "cultures.csv").write_text("culture\n")
    elif fault == "removed":
        (made / "elisa.csv").unlink()
    else:
        (made / "flow" / "other.fcs").write_bytes(b"")
    assert ensure(made, SMALL)
    assert contents(made) == first


def test_an_interrupted_simulation_is_made_again(made: Path) -> None:
    first = contents(made)
    (made / on_demand.RECORD).write_text("{}")
    (made / "cultures.csv").unlink()
    assert ensure(made, SMALL)
    assert contents(made) == first


def test_files_of_others_are_not_touched(tmp_path: Path) -> None:
    (tmp_path / "cultures.csv").write_text("culture\nmine\n")
    with pytest.raises(NotSimulatedError, match="were not simulated"):
        ensure(tmp_path, SMALL)
    assert contents(tmp_path) == {"cultures.csv": b"culture\nmine\n"}


def config_of(folder: Path, **changed: object) -> Path:
    """The config of the example, with its tables simulated into `folder`/raw."""
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    names = ("cultures", "flow", "elisa", "clinical")
    config["tables"] = {name: f"raw/{name}.csv" for name in names}
    config["simulate"] = {"design": "example", "seed": 5, "experiments": 2, "wells": 1}
    config |= changed
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def test_a_config_is_all_that_a_study_needs(tmp_path: Path) -> None:
    found = load(config_of(tmp_path, simulated=False), with_events=False)
    assert found.config["simulated"] is True
    assert found.experiments == ["E1", "E2"]


def test_a_folder_with_other_files_is_one_clear_problem(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "notes.txt").write_text("mine")
    with pytest.raises(StudyError, match="holds files that were not simulated") as raised:
        load(config_of(tmp_path))
    assert (tmp_path / "raw" / "notes.txt").read_text() == "mine"
    assert raised.value.problems[0].column == "simulate"


def test_an_unknown_design_is_refused(tmp_path: Path) -> None:
    path = config_of(tmp_path, simulate={"design": "doses", "seed": 1})
    with pytest.raises(StudyError, match="must be one of example, dose_response"):
        load(path)
    assert not (tmp_path / "raw").exists()
