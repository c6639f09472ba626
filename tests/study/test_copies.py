"""Attacks on the independence of experiments, through the check of a whole study."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coculture import simulate
from coculture.flow.fcs.header import read_header
from coculture.study import StudyError, load
from tests.conftest import SMALL

THREE_WELLS = replace(SMALL, design=replace(SMALL.design, wells=3))
"""24 readings and more of each experiment."""


@pytest.fixture(scope="module")
def sound_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copies") / "study"
    simulate.study(folder, 17, THREE_WELLS)
    return folder


@pytest.fixture
def sound(sound_once: Path, tmp_path: Path) -> Path:
    """A study of two experiments with three wells of each arm."""
    return Path(shutil.copytree(sound_once, tmp_path / "study"))


def _said(folder: Path) -> list[str]:
    with pytest.raises(StudyError) as raised:
        load(folder / "config.yaml")
    return [str(problem) for problem in raised.value.problems]


def _exported_again(folder: Path, change: float) -> None:
    """The plate of E1 as that of E2, each reading changed by one in its last digit, or by noise."""
    text = (folder / "elisa/IL6-E1.txt").read_bytes().decode("utf-16")
    rng = np.random.default_rng(0)

    def changed(found: "re.Match[str]") -> str:
        value = float(found[0])
        noisy = value * np.exp(rng.normal(0, change)) if change else value
        return f"{noisy + (0 if change else rng.choice([-1e-4, 1e-4])):.4f}"

    text = re.sub(r"\d\.\d{4}", changed, text).replace("IL6-E1", "IL6-E2")
    (folder / "elisa/IL6-E2.txt").write_bytes(text.encode("utf-16"))


def test_a_sound_study_passes_and_is_not_compared_again(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered = sound / "memory" / "checksums.json"
    study = load(sound / "config.yaml", remembered)
    study.checksums.save()

    def refuse(*_: object) -> None:
        raise AssertionError("the files are compared again")

    monkeypatch.setattr("coculture.flow.copied_files", refuse)
    load(sound / "config.yaml", remembered)
    (sound / "flow.csv").write_text((sound / "flow.csv").read_text() + "\n")
    rows = (sound / "cultures.csv").read_text()
    (sound / "cultures.csv").write_text(rows.replace("HS-5", "HS5"))
    with pytest.raises(AssertionError, match="compared again"):
        load(sound / "config.yaml", remembered)


@pytest.mark.parametrize("change", [0.0, 1e-4], ids=["last digit", "noise of 1e-4"])
def test_a_plate_exported_again_is_refused(sound: Path, change: float) -> None:
    _exported_again(sound, change)
    (problem,) = _said(sound)
    assert problem.startswith("elisa.csv, row ")
    assert "elisa/IL6-E2.txt" in problem
    assert "E1 and E2 (plates IL6-E1 and IL6-E2) have nearly the same IL-6 readings" in problem
    assert problem.endswith("or exclude the wells of one experiment with a reason.")


def test_a_copied_fcs_file_with_other_bytes_is_refused(sound: Path) -> None:
    names = [f"flow/{one}/{one}-control-DEX-1.fcs" for one in ("E1", "E2")]
    first, second = (sound / name for name in names)
    shutil.copy(first, second)
    header = read_header(second)
    events = np.memmap(
        second,
        "<f4",
        "r+",
        header.data_start,
        (header.events, len(header.channels)),
    )
    events[:] = np.random.default_rng(0).permutation(events) * np.float32(1.0001)
    events.flush()
    (problem,) = _said(sound)
    assert problem.startswith("flow.csv, row ")
    assert f"has the same events as {names[0]} in row " in problem
    assert "(experiment E1)" in problem
