"""`coculture diff`: words first, numbers below, and the exit status of diff."""

import shutil
import sys
from pathlib import Path

import pytest

from coculture.__main__ import main
from tests.differences import written_results
from tests.differences.written_results import config, findings


def diff(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["coculture", "diff", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return written_results.write(tmp_path / "results" / "mine")


def test_equal_runs_are_one_sentence(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    second = shutil.copytree(first, tmp_path / "again")
    (first / "logs").mkdir()
    (first / "logs" / "a.log").write_text("of this run only")
    assert diff(monkeypatch, first, second) == 0
    told = capsys.readouterr().out
    assert told.count("\n") == 1
    assert "are the same" in told


def test_verdicts_then_the_cause_then_numbers(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    second = written_results.write(
        tmp_path / "now",
        found=findings(verdict="not shown", estimate=3.14159265),
        settings=config(**{"elisa.model": "5PL"}),
    )
    assert diff(monkeypatch, first, second) == 1
    told = capsys.readouterr().out
    parts = (
        "Finding 1 was shown, and is now not shown (DEX kills).",
        "Only the config key elisa.model differs (4PL → 5PL)",
        "1 setting differs: elisa.model.",
        "Nothing differs in: ",
        "  1: verdict shown → not shown",
        "  1: estimate 20 → 3.142",
        "  elisa.model: value 4PL → 5PL",
    )
    places = [told.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_files_that_differ_in_nothing_that_is_compared_are_named(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    second = shutil.copytree(first, tmp_path / "again")
    (second / "report.html").write_text("edited")
    assert diff(monkeypatch, first, second) == 1
    assert "Files with other bytes: report.html." in capsys.readouterr().out


def test_another_study_and_other_tables_are_said_first(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    second = written_results.write(
        tmp_path / "other", settings=config(study="other"), version="99.0.0"
    )
    assert diff(monkeypatch, first, second) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[2].startswith("These are two studies, mine and other")
    assert "99.0.0" in told[3]
    assert "redefined" in told[3]


def test_long_lists_are_counted_unless_all_are_wanted(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {f"{number}.fcs": str(number) for number in range(100, 150)}
    second = written_results.write(tmp_path / "now", files=files)
    diff(monkeypatch, first, second)
    assert "more; --all prints them" in capsys.readouterr().out
    diff(monkeypatch, first, second, "--all")
    told = capsys.readouterr().out
    assert all(f"  {name}: " in told for name in files)


@pytest.mark.parametrize("name", ["absent", ".", "results", "damaged"])
def test_a_folder_that_holds_no_results_is_one_error(
    name: str,
    first: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    damaged = shutil.copytree(first, tmp_path / "damaged")
    (damaged / "provenance" / "software.json").write_text("{}")
    assert diff(monkeypatch, tmp_path / name, first) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert str(tmp_path / name) in told.err
    assert ("results/mine" in told.err) == (name == "results")
