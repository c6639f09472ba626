"""The command line beside the workflow, as a user calls it."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from coculture.__main__ import main


def call(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str | Path) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["coculture", *map(str, words)])
    main()


def test_check_shows_how_many_cultures_each_arm_has(
    small_study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call(monkeypatch, small_study, "check", "config.yaml")
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["control", "DEX", "1", "1"] in told


def test_check_shows_a_mistyped_dose_as_an_arm_of_its_own(
    small_study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cultures = pd.read_csv(small_study / "cultures.csv")
    of_dex = (cultures["cells"] == "control") & (cultures["dex_nM"] > 0)
    alone = of_dex & (cultures["il1ra_ng_ml"] == 0) & (cultures["il6_ng_ml"] == 0)
    cultures.loc[alone & (cultures["experiment"] == "E2"), "dex_nM"] = 100
    cultures.to_csv(small_study / "cultures.csv", index=False)
    call(monkeypatch, small_study, "check", "config.yaml")
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["control", "DEX", "100", "nM", "-", "1"] in told
    assert ["control", "DEX", "1000", "nM", "1", "-"] in told


def test_check_ends_with_every_problem(small_study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (small_study / "flow.csv").unlink()
    (small_study / "elisa.csv").write_text("plate\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        call(monkeypatch, small_study, "check", "config.yaml")
    assert "flow.csv: there is no such file" in str(ended.value)
    assert "elisa.csv, row 1" in str(ended.value)
