"""A small study with results as a run leaves them, and the folder of a workflow around it."""

import shutil
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pytest

from coculture import provenance, study
from coculture.exchange import records, result_tables

CODE = ("Snakefile", "Makefile", "pyproject.toml", "requirements.lock", "requirements-uv.lock")
CODE_FOLDERS = ("workflow", "scripts", "src", "profiles", "config")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: that of a workflow, with a little code."""
    folder = tmp_path / "checkout"
    for name in CODE_FOLDERS:
        (folder / name).mkdir(parents=True)
        (folder / name / "code.py").write_text(name)
    for name in (*CODE, "README.md", "LICENSE", "CITATION.cff", "config/README.md"):
        (folder / name).write_text(name)
    (folder / "src" / "__pycache__").mkdir()
    (folder / "src" / "__pycache__" / "code.pyc").write_text("made by Python")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def config(checkout: Path, small_study: Path) -> Path:
    """The config of the small study below that folder, with finished results."""
    shutil.copytree(small_study, checkout / "data" / "small")
    return finish(checkout / "data" / "small" / "config.yaml")


def finish(config: Path) -> Path:
    """Write what a run of the study leaves that an archive looks at, into the current folder."""
    found = study.load(config, with_events=False)
    results = Path("results") / found.name
    for name in ("study", "provenance"):
        (results / name).mkdir(parents=True)
    records.write_yaml(found.config, results / "study" / "config.yaml")
    files = pd.DataFrame(found.raw_files(), columns=["table", "file", "sha256"])
    result_tables.write(files, results / "study" / "files.csv", "study/files.csv")
    workflow = {"version": version("coculture"), **asdict(provenance.commit_of(Path()))}
    records.write_json({"workflow": workflow}, results / "provenance" / "software.json")
    (results / "report.html").write_text("the page")
    lines = provenance.checksum_lines(provenance.repeated_files(results), results)
    (results / "checksums.txt").write_text(lines)
    (results / "provenance" / "run.json").write_text("{}")
    return config


@pytest.fixture
def unpack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Path]:
    """Unpacks an archive in a folder of its own, makes its top folder the current one."""

    def unpacked(archive: Path) -> Path:
        shutil.unpack_archive(archive, tmp_path / "elsewhere", "zip")
        (top,) = (tmp_path / "elsewhere").iterdir()
        monkeypatch.chdir(top)
        return top

    return unpacked
