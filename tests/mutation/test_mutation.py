"""The score of a toy package: changes that its tests notice, and changes that they do not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mutation.mutants import mutants, sample

TOY = """
LIMIT = 5


def is_large(value):
    "More than the limit."
    return value > LIMIT


def is_full(wells):
    "Never tested."
    return wells == 96
"""
TESTS = """
from coculture.toy import is_large


def test_more_than_the_limit_is_large():
    assert is_large(6)


def test_the_limit_is_not_large():
    assert not is_large(5)
"""
LONG_TESTS = """
import time

from coculture.toy import is_full


def test_95_wells_are_not_full():
    assert not is_full(95)


def test_96_wells_are_full():
    end = time.process_time() + 0.5
    while time.process_time() < end:
        pass
    assert is_full(96)
"""
CACHED_TESTS = """
from functools import cache

from coculture.toy import is_full


@cache
def answers():
    return is_full(95), is_full(96)


def test_the_plate_is_asked_about():
    answers()


def test_96_wells_are_full():
    assert answers() == (False, True)
"""
EQUIVALENT = """
[[equivalent]]
file = "src/coculture/toy/__init__.py"
function = "{function}"
kind = "opposite"
before = "wells == 96"
after = "wells != 96"
reason = "A toy."
"""
PYTEST = '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib", "--doctest-modules"]\n'


@pytest.fixture
def toy(root: Path, tmp_path: Path) -> Path:
    """A checkout with the runner, a package of two functions, and tests of one."""
    texts = {
        "pyproject.toml": PYTEST,
        "src/coculture/__init__.py": "",
        "src/coculture/toy/__init__.py": TOY,
        "tests/toy/test_toy.py": TESTS,
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    shutil.copytree(root / "mutation", tmp_path / "mutation")
    (tmp_path / "mutation" / "equivalent.toml").write_text("", "utf-8")
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def test_a_change_that_no_test_notices_is_told_and_lowers_the_score(toy: Path) -> None:
    run = _run(toy)
    assert run.returncode == 1, run.stderr
    lines = run.stdout.splitlines()
    # "value > LIMIT" has a sign and a boundary, LIMIT a number; 96 and "==" are never reached.
    assert _numbers_of_all(lines) == ["5", "3", "2", "0", "0", "60.0%"]
    survived = lines[lines.index("Survived or cut short:") + 1 :]
    assert len(survived) == 2
    for line, change in zip(survived, ("96  ->  97", "wells == 96  ->  wells != 96"), strict=True):
        assert "src/coculture/toy/__init__.py:12:" in line
        assert change in line


def test_the_checkout_is_left_as_it_was(toy: Path) -> None:
    _run(toy)
    assert (toy / "src/coculture/toy/__init__.py").read_text("utf-8") == TOY


def test_equivalent_changes_do_not_count_and_must_exist(toy: Path) -> None:
    listed = toy / "mutation" / "equivalent.toml"
    listed.write_text(EQUIVALENT.format(function="is_full"), "utf-8")
    lines = _run(toy).stdout.splitlines()
    assert _numbers_of_all(lines) == ["5", "3", "1", "0", "1", "75.0%"]
    listed.write_text(EQUIVALENT.format(function="is_empty"), "utf-8")
    assert "Listed as equivalent, but not in this sample:" in _run(toy).stdout


def test_what_only_a_long_test_notices_is_cut_short_and_tried_again_with_more_time(
    toy: Path,
) -> None:
    (toy / "tests/toy/test_long.py").write_text(LONG_TESTS, "utf-8")
    run = _run(toy, "--seconds", "0.3")
    # The quick test sees "==" turned, not 97 in place of 96.
    assert _numbers_of_all(run.stdout.splitlines()) == ["5", "4", "0", "1", "0", "80.0%"]
    assert "CUT SHORT src/coculture/toy/__init__.py:12:" in run.stdout
    again = _run(toy, "--again", "--seconds", "5")
    assert _numbers_of_all(again.stdout.splitlines()) == ["5", "5", "0", "0", "0", "100.0%"]
    assert again.stdout.count(" s killed ") == 1


def test_what_a_cached_function_reaches_each_test_that_calls_it_reaches(toy: Path) -> None:
    (toy / "tests/toy/test_cached.py").write_text(CACHED_TESTS, "utf-8")
    run = _run(toy)
    assert _numbers_of_all(run.stdout.splitlines()) == ["5", "5", "0", "0", "0", "100.0%"]
    assert run.stdout.count("tests/toy/test_cached.py::test_96_wells_are_full") == 2


def test_the_nearest_tests_alone_leave_what_they_do_not_notice_cut_short(toy: Path) -> None:
    run = _run(toy, "--near")
    assert _numbers_of_all(run.stdout.splitlines()) == ["5", "3", "0", "2", "0", "60.0%"]
    assert not list((toy / ".mutation").glob("reached_*"))


def test_a_test_that_fails_without_a_change_kills_nothing(toy: Path) -> None:
    with (toy / "tests/toy/test_toy.py").open("a") as file:
        file.write("\n\ndef test_of_tomorrow():\n    assert is_large(5)\n")
    run = _run(toy, "--near")
    numbers = _numbers_of_all(run.stdout.splitlines())
    assert numbers == ["5", "3", "0", "2", "0", "60.0%"]


def test_an_edit_elsewhere_leaves_the_sample(toy: Path) -> None:
    before = sample(mutants(toy, "src/coculture/toy"), 2, seed=1)
    (toy / "src/coculture/toy/__init__.py").write_text(
        TOY.replace("\nLIMIT", "\n\n\nLIMIT"), "utf-8"
    )
    after = sample(mutants(toy, "src/coculture/toy"), 2, seed=1)
    assert [one.key for one in after] == [one.key for one in before]
    assert [one.line for one in after] == [one.line + 2 for one in before]


def _numbers_of_all(lines: list[str]) -> list[str]:
    """Drawn, killed, survived, cut short, equivalent, score."""
    return next(line.split()[1:] for line in lines if line.startswith("all "))


def _run(toy: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "mutation", "--packages", "toy", *options]
    return subprocess.run(
        command, cwd=toy, env=clean, check=False, capture_output=True, text=True, timeout=300
    )
