"""A study that was found sound is checked again exactly when something of it has changed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from coculture.study import StudyError, checking, found_sound, load


@pytest.fixture
def sound(small_study: Path) -> Path:
    """A study that was checked once."""
    _loaded(small_study)
    return small_study


def _loaded(folder: Path) -> None:
    study = load(folder / "config.yaml", folder / "memory/study.json", with_events=False)
    study.checksums.save()


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One entry for each check of a study."""
    made: list[bool] = []
    whole = checking.problems

    def problems(*arguments: object, with_events: bool) -> object:
        made.append(with_events)
        return whole(*arguments, with_events=with_events)  # type: ignore[arg-type]

    monkeypatch.setattr(checking, "problems", problems)
    return made


def test_a_study_that_is_the_same_is_not_checked_again(sound: Path, checks: list[bool]) -> None:
    _loaded(sound)
    assert checks == []


def test_with_events_and_without_a_memory_it_is_checked(sound: Path, checks: list[bool]) -> None:
    load(sound / "config.yaml", sound / "memory/study.json", with_events=True)
    load(sound / "config.yaml", with_events=False)
    assert checks == [True, False]


def _edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def _longer(folder: Path) -> None:
    first = min((folder / "flow").rglob("*.fcs"))
    first.write_bytes(first.read_bytes() + b" ")


SOUND = {
    "a table": _edit(
        "flow.csv", "stroma-alone.fcs,E1,flow-E1,C1", "stroma-alone.fcs,E1,flow-E1,C4"
    ),
    "the config": _edit("config.yaml", "margin_points: 5 ", "margin_points: 6 "),
    "a raw file": _longer,
}


@pytest.mark.parametrize("change", SOUND)
def test_a_study_that_has_changed_is_checked_again(
    change: str, sound: Path, checks: list[bool]
) -> None:
    SOUND[change](sound)
    _loaded(sound)
    _loaded(sound)
    assert checks == [False]


def test_other_code_and_other_packages_check_again(
    sound: Path, checks: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found_sound, "_code", lambda: b"of another version")
    _loaded(sound)
    assert checks == [False]


FAULTY = {
    "a missing file": lambda folder: min((folder / "flow").rglob("*.fcs")).unlink(),
    "a culture that is not listed": _edit("elisa.csv", "E1-control-DEX-1", "E1-control-DEX-7"),
    "an arm that does not exist": _edit("config.yaml", "dex_nM: 1000", "dex_nM: 1001"),
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_fault_is_found_each_time(fault: str, sound: Path) -> None:
    FAULTY[fault](sound)
    for _ in range(2):
        with pytest.raises(StudyError):
            _loaded(sound)


def test_an_unreadable_memory_does_no_harm(sound: Path, checks: list[bool]) -> None:
    (sound / "memory/study.sound.json").write_text("[" * 200_000, encoding="utf-8")
    _loaded(sound)
    _loaded(sound)
    assert checks == [False]


def test_a_link_that_leads_elsewhere_checks_again(
    sound: Path, checks: list[bool], tmp_path: Path
) -> None:
    first = min((sound / "flow").rglob("*.fcs"))
    outside = shutil.copy(first, tmp_path / "outside.fcs")
    first.unlink()
    first.symlink_to(outside)
    with pytest.raises(StudyError, match="outside"):
        _loaded(sound)
    assert checks == [False]


def test_a_second_name_that_looks_the_same_checks_again(sound: Path, checks: list[bool]) -> None:
    first = min((sound / "flow").rglob("*.fcs"))
    shutil.copy(first, first.with_name(f"e\u0301{first.name}"))
    _loaded(sound)
    assert checks == [False]
