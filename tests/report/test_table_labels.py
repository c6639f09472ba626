"""Tables with labels and names of analytes, and with ratios beside logarithms."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from coculture.report import Results, render
from coculture.report.table_labels import (
    analyte_names,
    labelled,
    labelled_table,
    study_columns,
    with_ratios,
)

Make = Callable[..., Any]
MakeResults = Callable[..., Results]
TESTS = pd.DataFrame(
    {
        "id": ["1a", "1b", "3"],
        "test": ["il1b DEX against il1b untreated: lower", "b", "c"],
        "endpoint": ["ln_il6", "percent_apoptotic", "ln_il6"],
        "estimate": [math.log(0.25), 1.5, float("nan")],
        "lower": [math.log(0.125), -1.0, float("nan")],
        "upper": [math.log(0.5), 3.0, float("nan")],
        "p": [0.01, 0.02, float("nan")],
    }
)
CULTURES = pd.DataFrame(
    {
        "culture": ["E1-il1b-1"],
        "experiment": "E1",
        "donor": "",
        "cells": "il1b",
        "arm": "il1b DEX",
        "il6_ng_ml": [10.0],
        "il6_pg_ml": [250.0],
        "il6_state": "ok",
        "il6_bound_pg_ml": [float("nan")],
        "excluded": "",
    }
)


@pytest.fixture
def study(results: MakeResults, config: Make) -> Results:
    """A study that adds IL-6 and measures it, in cells that its tables call il1b."""
    factor = {"name": "IL-6", "column": "il6_ng_ml", "unit": "ng/mL", "untreated": 0}
    return results(
        config=config(
            factors=[factor], cells={"reference": "control", "labels": {"il1b": "IL-1β"}}
        ),
        tables={
            "cultures.csv": CULTURES,
            "elisa/cultures.csv": pd.DataFrame({"analyte": ["IL-6"], "state": "ok", "flags": ""}),
            "comparison/finding_tests.csv": TESTS.assign(left_out="", decides=False),
        },
    )


def test_a_logarithm_has_its_ratio_beside_it_and_a_difference_none(study: Results) -> None:
    told = with_ratios(TESTS, study.table("comparison/endpoints.csv"))
    assert list(told.columns)[5:9] == ["upper", "ratio", "ratio_lower", "ratio_upper"]
    assert list(told.iloc[0][["ratio", "ratio_lower", "ratio_upper"]]) == pytest.approx(
        [0.25, 0.125, 0.5]
    )
    assert told["ratio"].isna().tolist() == [False, True, True]
    assert "ratio" not in TESTS


def test_a_dose_and_a_measurement_have_different_headings(study: Results) -> None:
    assert study_columns(study) == {
        "il6_ng_ml": ("IL-6 given", "ng/mL", True),
        "il6_pg_ml": ("IL-6", "pg/mL", False),
        "il6_state": ("IL-6 state", "", False),
        "il6_bound_pg_ml": ("IL-6 bound", "pg/mL", False),
    }


def test_labels_replace_names_of_cells_but_not_in_names_of_cultures(study: Results) -> None:
    said = labelled(CULTURES, study)
    assert list(said.iloc[0][["culture", "cells", "arm"]]) == ["E1-il1b-1", "IL-1β", "IL-1β DEX"]
    assert labelled(TESTS, study)["endpoint"].tolist() == [
        *("ln IL-6 (pg/mL)", "Apoptotic cells (%)", "ln IL-6 (pg/mL)")
    ]


def test_what_users_wrote_is_not_changed(study: Results) -> None:
    reason = pd.DataFrame({"reason": ["il1b well spilt"]})
    changed = replace(study, tables={**study.tables, "study/excluded.csv": reason})
    assert labelled_table("study/excluded.csv", changed)["reason"].tolist() == ["il1b well spilt"]
    tests = labelled_table("comparison/finding_tests.csv", changed)
    assert tests.loc[0, "test"] == "IL-1β DEX against IL-1β untreated: lower"
    assert tests.loc[0, "ratio"] == pytest.approx(0.25)


def test_the_page_uses_these_names(study: Results) -> None:
    page = render(study).replace('<span class="whole">', "").replace("</span>", "")
    assert ">IL-6 given <small>ng/mL</small></th>" in page
    assert '<td class="long">IL-1β DEX against IL-1β untreated: lower</td>' in page
    assert '<td class="number" data-value="0.25">0.25</td>' in page
    assert "1 row<" in page


def test_greek_letters_are_found_by_the_names_of_their_columns(results: MakeResults) -> None:
    table = pd.DataFrame({"analyte": ["IL-1β", "TNF-α"], "state": "ok", "flags": ""})
    names = analyte_names(results(tables={"elisa/cultures.csv": table}))
    assert names == {"il1beta": "IL-1β", "tnfalpha": "TNF-α"}


def test_labels_that_are_other_cells_names_are_not_mixed_up(
    results: MakeResults, config: Make
) -> None:
    cells = {"reference": "wt", "labels": {"wt": "control", "control": "mock"}}
    said = labelled(
        pd.DataFrame({"arm": ["wt DEX; control DEX"]}), results(config=config(cells=cells))
    )
    assert said["arm"].item() == "control DEX; mock DEX"
