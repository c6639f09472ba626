"""The code behind results is named as git and the installed packages name it."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from coculture.provenance import (
    Commit,
    commit_of,
    finished,
    read_run,
    software,
    started,
    write_software,
)


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.lock"
    path.write_text(
        "numpy==2.4.6 \\\n    --hash=sha256:aa\nno-such-package==1.0 ; sys_platform == 'win32'\n"
    )
    return path


def _git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@b.example"]
    done = subprocess.run(
        ["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_packages_are_those_installed_here(lock: Path) -> None:
    found = software(lock, Commit())
    assert found["packages"] == {"numpy": version("numpy"), "no-such-package": None}
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))


def test_commit_and_whether_it_was_changed(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    assert commit_of(checkout) == Commit(None, None)
    _git(checkout, "init", "-q")
    (checkout / "Snakefile").write_text("rule all:\n")
    _git(checkout, "add", "Snakefile")
    _git(checkout, "commit", "-q", "-m", "one")
    head = _git(checkout, "rev-parse", "HEAD")
    assert commit_of(checkout) == Commit(head, False)
    (checkout / "results.csv").write_text("a file that git does not keep\n")
    assert commit_of(checkout) == Commit(head, False)
    (checkout / "Snakefile").write_text("rule other:\n")
    assert commit_of(checkout) == Commit(head, True)


def test_the_written_file_is_the_same_twice(lock: Path, tmp_path: Path) -> None:
    write_software(lock, Commit("abc123", True), tmp_path / "one.json")
    write_software(lock, Commit("abc123", True), tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    written = json.loads((tmp_path / "one.json").read_text())
    assert written["lock_sha256"]
    assert written["workflow"] == {
        "version": version("coculture"),
        "commit": "abc123",
        "uncommitted_changes": True,
    }


def test_a_run_keeps_its_beginning_and_gets_its_end() -> None:
    begun = started(["snakemake", "--configfile", "a b.yaml"])
    run = read_run(finished(begun))
    assert run.command == ("snakemake", "--configfile", "a b.yaml")
    assert run.started == read_run(begun).started
    assert read_run(begun).ended == ""
    assert run.ended >= run.started
    assert run.commit == read_run(begun).commit == commit_of()
