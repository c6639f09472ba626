"""The container, the bundle and the catalog say what `make` does; nothing is downloaded here."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.workflow.conftest import CHECKOUT

LOCKS = ("requirements.lock", "requirements-uv.lock")


def _dry(folder: Path, target: str) -> list[str]:
    """The commands with which make would make a target that nothing of is there yet."""
    shown = subprocess.run(
        ["make", "--dry-run", "--always-make", target],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return shown.stdout.replace("\\\n", " ").splitlines()


@pytest.fixture
def bare(root: Path, tmp_path: Path) -> Path:
    """A folder with the Makefile and what it depends on, without an environment."""
    for name in ("Makefile", "pyproject.toml", *LOCKS):
        shutil.copy2(root / name, tmp_path / name)
    return tmp_path


def _installs(commands: list[str]) -> list[str]:
    return [line for line in commands if re.search(r"pip (install|sync)", line)]


def test_the_bundle_has_both_locks_and_every_hash_is_checked(bare: Path) -> None:
    (download,) = (line for line in _dry(bare, "bundle") if " download " in line)
    assert "--require-hashes" in download
    assert "--no-deps" in download
    assert "--dest bundle" in download
    for lock in LOCKS:
        assert f"--requirement {lock}" in download


def test_without_a_bundle_packages_come_from_the_index(bare: Path) -> None:
    installs = _installs(_dry(bare, ".venv/installed"))
    assert len(installs) >= 2
    assert not [line for line in installs if "--no-index" in line]


def test_with_a_bundle_nothing_is_asked_of_the_network(bare: Path) -> None:
    (bare / "bundle").mkdir()
    (bare / "bundle" / "a-1-py3-none-any.whl").touch()
    installs = _installs(_dry(bare, ".venv/installed"))
    assert len(installs) >= 2
    for line in installs:
        assert "--no-index --find-links bundle" in line
        assert "--offline" in line or "-m pip install" in line
        assert "--require-hashes" in line or "--editable ." in line


def test_the_archive_is_of_a_study_that_was_just_run(bare: Path) -> None:
    commands = _dry(bare, "archive")
    places = [
        next(number for number, line in enumerate(commands) if one in line)
        for one in ("-m snakemake --configfile", "-m coculture archive")
    ]
    assert places == sorted(places)


@pytest.fixture
def container(root: Path) -> list[list[str]]:
    """The instructions of the Containerfile, each as its words."""
    text = (root / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def test_the_container_installs_with_make_alone(container: list[list[str]], root: Path) -> None:
    targets = re.findall(r"^(\S+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    commands = [" ".join(words[1:]) for words in container if words[0] == "RUN"]
    (made,) = (words for words in commands if words.startswith("make "))
    assert made.split()[1:] == [".venv/installed"]
    assert ".venv/installed" in targets
    assert not re.search(r"\b(pip|uv|conda|curl|wget)\b", " ".join(commands))
    assert ["ENTRYPOINT", '["make"]'] in container


def test_the_container_has_what_a_run_needs(container: list[list[str]], root: Path) -> None:
    copied = [name for words in container if words[0] == "COPY" for name in words[1:-1]]
    assert set(CHECKOUT) <= set(copied)
    assert [name for name in copied if not (root / name).exists()] == []


def test_the_container_has_the_files_of_the_install_before_it(
    container: list[list[str]], root: Path
) -> None:
    steps = [words for words in container if words[0] in ("COPY", "RUN")]
    before = steps[: steps.index(["RUN", "make", ".venv/installed"])]
    there = {name for words in before if words[0] == "COPY" for name in words[1:-1]}
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    assert 'readme = "README.md"' in project
    assert 'license-files = ["LICENSE"]' in project
    assert there >= {"Makefile", "pyproject.toml", "README.md", "LICENSE", "src", *LOCKS}


def test_the_container_names_no_registry(container: list[list[str]]) -> None:
    (base,) = (words[1] for words in container if words[0] == "ARG")
    assert re.fullmatch(r"BASE=python:3\.\d+-slim", base)


def test_the_catalog_entry_has_its_keys(root: Path) -> None:
    entry = yaml.safe_load((root / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8"))
    assert entry.keys() == {"usage"}
    assert entry["usage"].keys() == {"mandatory-flags", "software-stack-deployment"}
    assert entry["usage"]["mandatory-flags"].keys() == {"desc", "flags"}
    deployment = entry["usage"]["software-stack-deployment"]
    assert deployment.keys() == {"conda", "apptainer", "apptainer+conda", "report"}
    assert deployment["report"] is True
    # It lists workflows that have these.
    assert (root / "workflow" / "Snakefile").is_file()
    assert (root / "config" / "README.md").is_file()


def test_every_caption_of_the_report_is_there_and_used(root: Path) -> None:
    rules = "".join(path.read_text() for path in (root / "workflow" / "rules").glob("*.smk"))
    captions = {path.stem for path in (root / "workflow" / "report").glob("*.rst")} - {"study"}
    assert captions
    assert {name for name in captions if f'"{name}"' not in rules} == set()
