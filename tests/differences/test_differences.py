"""Each kind of difference is found, and only that one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from coculture.differences import Difference, RunResults, between
from tests.differences import written_results
from tests.differences.written_results import config, doubt, findings

Told = set[tuple[str, str, str, str, str]]


def differences(tmp_path: Path, **changes: Any) -> list[Difference]:
    """What differs between a run and another with `changes`."""
    before = written_results.write(tmp_path / "before")
    now = written_results.write(tmp_path / "now", **changes)
    found = between(RunResults.in_folder(before), RunResults.in_folder(now))
    return list(found.differences)


CASES: dict[str, tuple[Mapping[str, Any], Told]] = {
    "verdict": (
        {"found": findings(verdict="not shown")},
        {("verdict", "1", "verdict", "shown", "not shown")},
    ),
    "finding gone": (
        {"found": findings()[:1]},
        {("verdict", "2", "verdict", "not shown", "")},
    ),
    "condition": (
        {"found": findings(condition="for these 2 donors")},
        {("verdict", "1", "verdict", "shown", "shown, for these 2 donors")},
    ),
    "estimate": (
        {"found": findings(estimate=21.5, p=0.002)},
        {("estimate", "1", "estimate", "20", "21.5"), ("estimate", "1", "p", "0.001", "0.002")},
    ),
    "threshold": (
        {"threshold": 120.5},
        {("gate", "E1, myeloma, annexin", "threshold", "100", "120.5")},
    ),
    "source of a gate": (
        {"source": "manual"},
        {("gate", "E1, myeloma, annexin", "source", "fmo", "manual")},
    ),
    "exclusion": (
        {"excluded": {"b.fcs": "clog"}},
        {("exclusion", "flow.csv b.fcs", "left out", "", "clog")},
    ),
    "setting": (
        {"settings": config(**{"elisa.model": "5PL"})},
        {("setting", "elisa.model", "value", "4PL", "5PL")},
    ),
    "setting of a list, by name": (
        {
            "settings": config(
                **{"comparison.findings": [{"id": "2", "margin": 5}, {"id": "1", "margin": 7}]}
            )
        },
        {("setting", "comparison.findings.1.margin", "value", "5", "7")},
    ),
    "raw files": (
        {"files": {"a.fcs": "99", "c.fcs": "33"}},
        {
            ("raw file", "a.fcs", "SHA-256", "11", "99"),
            ("raw file", "b.fcs", "SHA-256", "22", ""),
            ("raw file", "c.fcs", "SHA-256", "", "33"),
        },
    ),
    "raw file with another name": (
        {"files": {"a.fcs": "11", "c.fcs": "22"}},
        {("raw file", "c.fcs", "name", "b.fcs", "c.fcs")},
    ),
    "dose": (
        {"dose": 100.0},
        {
            ("table entry", "cultures.csv, E1-1", "dex_nM", "10", "100"),
            ("table entry", "cultures.csv, E1-1", "arm", "DEX 10 nM", "DEX 100 nM"),
        },
    ),
    "measured": (
        {"percent": 31.0},
        {
            ("value of a culture", "E1-1", "percent_apoptotic", "30", "31"),
            (
                *("contrast", "DEX against untreated, IL-6, pooled error"),
                *("estimate", "10", "11"),
            ),
        },
    ),
    "package": (
        {"packages": {"numpy": "2.5.0"}},
        {("version", "numpy", "version", "2.4.0", "2.5.0")},
    ),
    "commit": (
        {"software": {"commit": "beef"}},
        {("version", "coculture commit", "commit", "c0ffee", "beef")},
    ),
    "caution": (
        {"doubts": [doubt("few events (400)")]},
        {("caution", "E1, a.fcs", "few_events", "", "caution")},
    ),
}


@pytest.mark.parametrize("name", list(CASES))
def test_a_difference_is_found_and_no_other(name: str, tmp_path: Path) -> None:
    changes, expected = CASES[name]
    found = differences(tmp_path, **changes)
    assert {(one.kind, one.subject, one.what, one.before, one.now) for one in found} == expected
    assert len(found) == len(expected)


def test_the_last_digits_are_no_difference(tmp_path: Path) -> None:
    assert differences(tmp_path, found=findings(estimate=20.0 * (1 + 1e-13))) == []


def test_verdicts_come_first_and_what_went_in_last(tmp_path: Path) -> None:
    found = differences(
        tmp_path,
        found=findings(verdict="not shown", p=0.2),
        threshold=7.0,
        settings=config(**{"elisa.model": "5PL"}),
        packages={"numpy": "3"},
    )
    assert [one.kind for one in found] == ["verdict", "estimate", "gate", "setting", "version"]


def test_only_what_can_change_results_counts_as_a_cause(tmp_path: Path) -> None:
    found = differences(
        tmp_path, settings=config(title="new", **{"elisa.model": "5PL"}), threshold=7.0
    )
    assert [one.subject for one in found if one.is_cause] == ["elisa.model"]
