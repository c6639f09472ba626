"""A cause is named as certain only where it is."""

from pathlib import Path
from typing import Any

import pytest

from coculture.differences import RunResults, between, cause
from tests.differences import written_results
from tests.differences.written_results import config, findings

CERTAIN = "it is the cause of everything else that differs"
CHANGED: dict[str, Any] = {"found": findings(verdict="not shown"), "percent": 25.0}
GATE = {"E1": {"myeloma": {"annexin": {"threshold": 9, "source": "manual"}}}}


def said(tmp_path: Path, first: dict[str, Any] | None = None, **changes: Any) -> str:
    before = written_results.write(tmp_path / "before", **(first or {}))
    now = written_results.write(tmp_path / "now", **changes)
    return cause(between(RunResults.in_folder(before), RunResults.in_folder(now)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"settings": config(**{"elisa.model": "5PL"})}, "key elisa.model differs (4PL → 5PL)"),
        (
            {"settings": config(**{"flow.gates": GATE})},
            "Only config keys under flow.gates.E1.myeloma.annexin differ (2 of them)",
        ),
        ({"files": {"a.fcs": "99", "b.fcs": "22"}}, "a.fcs has another content"),
        ({"excluded": {"b.fcs": "clog"}}, "flow.csv b.fcs is now left out: clog"),
        ({"packages": {"numpy": "3.0"}}, "Only numpy differs (2.4.0 → 3.0)"),
    ],
)
def test_one_difference_of_what_went_in_is_the_cause(
    changes: dict[str, Any], words: str, tmp_path: Path
) -> None:
    told = said(tmp_path, **CHANGED, **changes)
    assert words in told
    assert CERTAIN in told


def test_of_two_differences_none_is_certain(tmp_path: Path) -> None:
    changes = {"settings": config(**{"elisa.model": "5PL"}), "excluded": {"b.fcs": "clog"}}
    told = said(tmp_path, **CHANGED, **changes)
    assert CERTAIN not in told
    assert "setting (elisa.model); exclusion (flow.csv b.fcs)" in told


def test_settings_of_two_parts_are_two_causes(tmp_path: Path) -> None:
    told = said(tmp_path, **CHANGED, settings=config(**{"elisa.model": "5PL", "flow.stop": 2}))
    assert CERTAIN not in told


@pytest.mark.parametrize("code", [{"commit": None}, {"uncommitted_changes": True}])
def test_code_without_a_commit_may_be_a_cause(code: dict[str, Any], tmp_path: Path) -> None:
    settings = config(**{"elisa.model": "5PL"})
    told = said(tmp_path, {"software": code}, **CHANGED, settings=settings, software=code)
    assert CERTAIN not in told
    assert "is not that of a commit alone" in told


def test_results_that_nothing_explains(tmp_path: Path) -> None:
    told = said(tmp_path, **CHANGED)
    assert "the same results were to be expected" in told


def test_a_setting_that_changes_no_result(tmp_path: Path) -> None:
    told = said(tmp_path, settings=config(**{"elisa.model": "5PL"}))
    assert told.endswith("it changes no result.")


def test_a_title_is_no_cause(tmp_path: Path) -> None:
    assert said(tmp_path, settings=config(title="new")) == ""
