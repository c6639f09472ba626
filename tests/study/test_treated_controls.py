"""An unstained control of treated cells names a culture; other controls name none."""

from pathlib import Path

import pandas as pd
import pytest

from coculture.study import StudyError, load
from coculture.study.table_validation import names_of_arms, references

CULTURES = pd.DataFrame({"culture": ["c1"], "cells": ["MM"], "dex_nM": [10.0]})


def messages(role: str, culture: str) -> list[str]:
    rows = pd.DataFrame({"role": [role], "culture": [culture]})
    return [problem.message for problem in references("flow.csv", rows, CULTURES)]


def test_unstained_control_can_name_a_culture() -> None:
    assert messages("unstained", "c1") == []
    assert messages("unstained", "") == []


def test_its_culture_must_be_known() -> None:
    (message,) = messages("unstained", "c2")
    assert "not in cultures.csv" in message


def test_other_controls_have_no_culture() -> None:
    (message,) = messages("fmo_dye", "c1")
    assert "only samples and unstained controls" in message


def test_arms_are_named_as_in_the_report() -> None:
    cultures = pd.DataFrame(
        {"cells": ["A", "B"], "stroma": ["HS", "HS"], "hours": [24.0, 48.0], "dex_nM": [0.0, 10.0]}
    )
    names = names_of_arms(
        cultures,
        [{"name": "DEX", "column": "dex_nM"}],
        {"reference": "A", "labels": {"B": "β"}},
    )
    assert list(names) == ["A 24 h untreated", "β 48 h DEX"]


def test_a_wrong_culture_of_the_only_unstained_control_is_one_problem(small_study: Path) -> None:
    table = small_study / "flow.csv"
    flow = pd.read_csv(table, dtype=str, keep_default_na=False)
    unstained = (flow["role"] == "unstained") & (flow["experiment"] == "E1")
    flow.loc[unstained, "culture"] = "no such culture"
    flow.to_csv(table, index=False)
    with pytest.raises(StudyError) as raised:
        load(small_study / "config.yaml")
    assert {one.column for one in raised.value.problems} == {"culture"}
