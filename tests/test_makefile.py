"""What is given to make arrives as text, and nothing of it is executed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

VERBS = (
    "run", "new", "check", "pin", "pin-findings", "plan", "gates", "archive", "verify", "again",
    "cluster",
)  # fmt: skip
STAND_IN = """\
#!/bin/sh
printf '%s\\n' "PYTHONPATH=$PYTHONPATH" "PYTHONHOME=$PYTHONHOME" "$@" >> said.txt
mkdir -p again/results/study
"""
"""In place of Python: notes what it is called with."""
FILES = ("Makefile", "pyproject.toml", "requirements.lock", "requirements-uv.lock",
         "requirements-slurm.lock")  # fmt: skip


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    """A checkout in a folder with a strange name, in which the stand-in is Python."""
    folder = tmp_path / """it's "one" (1) ü [a] $b `c` #d %e"""
    for made in (folder / ".venv" / "bin", folder / ".tools" / "bin"):
        made.mkdir(parents=True)
    for name in FILES:
        shutil.copy2(root / name, folder / name)
    for program in (".venv/bin/python", ".tools/bin/uv"):
        (folder / program).write_text(STAND_IN)
        (folder / program).chmod(0o755)
    for mark in ("installed", "installed-slurm"):
        (folder / ".venv" / mark).touch()
    return folder


def _said(checkout: Path, *words: str, **environment: str) -> list[str]:
    """What Python was called with by `make`, argument by argument."""
    subprocess.run(
        ["make", *words],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], **environment},
        check=True,
        capture_output=True,
        timeout=60,
    )
    said = checkout / "said.txt"
    lines = said.read_text(encoding="utf-8").splitlines() if said.exists() else []
    said.unlink(missing_ok=True)
    return lines


@pytest.mark.parametrize("verb", VERBS)
def test_the_path_of_a_study_may_have_spaces_and_quotes(checkout: Path, verb: str) -> None:
    study = """my "first" study's (1).yaml"""
    said = _said(checkout, verb, f"STUDY={study}")
    if verb == "new":
        assert study not in said
    elif verb in ("verify", "again"):
        assert f"{checkout}/{study}" in said
    else:
        assert study in said


@pytest.mark.parametrize("how", ["argument", "environment"])
@pytest.mark.parametrize("verb", ["new", "cluster", "verify", "archive"])
def test_nothing_that_is_given_is_executed(checkout: Path, verb: str, how: str) -> None:
    """Neither by make nor by a shell, whatever the variable."""
    touch = "touch executed"
    for text in (
        f"$(shell {touch})",
        f"$$({touch})",
        f"x; {touch}",
        f"`{touch}`",
        f"'; {touch}; '",
        f'"; {touch}; "',
        f"a\n{touch}",
    ):
        names = (
            *("STUDY", "NAME", "FLOW", "ELISA", "MAPS", "PATTERN", "OPTIONS", "CORES", "RAW"),
            *(["OTHER"] if how == "argument" else []),
        )
        given = dict.fromkeys(names, text)
        words = [f"{name}={one}" for name, one in given.items()] if how == "argument" else []
        said = _said(checkout, verb, *words, **(given if how == "environment" else {}))
        assert not (checkout / "executed").exists(), text
        assert said


def test_what_is_given_to_new_arrives(checkout: Path) -> None:
    given = {"NAME": "mine", "FLOW": "my files", "PATTERN": "{cells}-{drug}"}
    said = _said(checkout, "new", *(f"{name}={text}" for name, text in given.items()))
    assert said[said.index("new") :] == [
        *("new", "--flow", "my files", "--pattern", "{cells}-{drug}", "--", "mine")
    ]


def test_the_options_of_a_cluster_are_words(checkout: Path) -> None:
    said = _said(checkout, "cluster", "OPTIONS=--jobs 5 *")
    assert said[-3:] == ["--jobs", "5", "*"]


def test_paths_of_another_python_are_not_handed_on(checkout: Path) -> None:
    foreign = {"PYTHONPATH": "/foreign", "PYTHONHOME": "/foreign"}
    for verb in VERBS:
        said = _said(checkout, verb, **foreign)
        assert "PYTHONPATH=" in said
        assert "PYTHONHOME=" in said


@pytest.mark.parametrize("name", ["10:30", "two\nlines"])
def test_a_folder_in_which_no_environment_works_is_refused(checkout: Path, name: str) -> None:
    unusable = checkout.rename(checkout.with_name(name))
    run = subprocess.run(["make", "run"], cwd=unusable, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "Rename the folder" in run.stderr
    assert not (unusable / "said.txt").exists()
