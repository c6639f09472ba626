"""An unstained control of treated cells names a culture; other controls name none."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from coculture.study import StudyError, load
from coculture.study.arms_of_cultures import names_of_arms
from coculture.study.table_validation.named_cultures import references

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


def test_samples_and_controls_of_treated_cells_have_their_arm(small_study: Path) -> None:
    table = small_study / "flow.csv"
    flow = pd.read_csv(table, dtype=str, keep_default_na=False)
    cultures = pd.read_csv(small_study / "cultures.csv").set_index("culture")
    is_treated = (cultures[["dex_nM", "il1ra_ng_ml", "il6_ng_ml"]] > 0).any(axis=1)
    of_e1 = cultures["experiment"] == "E1"
    treated, untreated = (cultures.index[of_e1 & one][0] for one in (is_treated, ~is_treated))
    unstained = flow[(flow["role"] == "unstained") & (flow["experiment"] == "E1")].iloc[0]
    controls = [
        {**unstained, "fcs": flow.loc[row, "fcs"], "culture": culture}
        for row, culture in enumerate((treated, untreated))
    ]
    study = load(small_study / "config.yaml", with_events=False)
    study = replace(study, flow=pd.concat([study.flow, _beside(study.flow, controls)]))
    files = pd.DataFrame(study.fcs_files("E1"))
    samples = files[files["role"] == "sample"].set_index("culture")
    # Every sample has the arm of its culture, also one without a drug.
    assert (samples["arm"] != "").all()
    of_controls = files["arm"].tail(2).tolist()
    assert of_controls == [samples.loc[treated, "arm"], ""]


def _beside(table: pd.DataFrame, rows: list[dict[str, str]]) -> pd.DataFrame:
    above = table.iloc[[0] * len(rows)].copy()
    above.index = pd.Index(range(len(table) + 2, len(table) + 2 + len(rows)))
    for column in ("role", "culture", "experiment"):
        above[column] = [row[column] for row in rows]
    return above


def test_a_wrong_culture_of_the_only_unstained_control_is_one_problem(small_study: Path) -> None:
    table = small_study / "flow.csv"
    flow = pd.read_csv(table, dtype=str, keep_default_na=False)
    unstained = (flow["role"] == "unstained") & (flow["experiment"] == "E1")
    flow.loc[unstained, "culture"] = "no such culture"
    flow.to_csv(table, index=False)
    with pytest.raises(StudyError) as raised:
        load(small_study / "config.yaml")
    assert {one.column for one in raised.value.problems} == {"culture"}
