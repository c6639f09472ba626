"""The summary of each analyte, compared with published values and independent formulas."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture import clinical

MakeTable = Callable[..., pd.DataFrame]


@pytest.mark.reference
def test_the_published_tests_are_found_again(published: pd.DataFrame) -> None:
    summary = clinical.summarise(published).summary.set_index("analyte")
    assert summary["p_signed_rank"].to_dict() == {
        "PCLI": 0.015625,
        "CRP": 0.015625,
        "M-spike": 0.34375,
    }
    ratio = summary[["geometric_mean_ratio", "ratio_lower", "ratio_upper"]].astype(float)
    assert ratio.round(3).T["CRP"].to_list() == [0.276, 0.161, 0.474]
    assert np.isnan(float(str(summary["geometric_mean_ratio"]["PCLI"])))


def test_the_analyte_patients_were_chosen_by_is_not_tested(make_table: MakeTable) -> None:
    result = clinical.summarise(make_table(selected_on="CRP"))
    summary = result.summary.set_index("analyte")
    assert np.isnan(float(str(summary["p_signed_rank"]["CRP"])))
    assert summary["note"]["CRP"] == "no p-value: the patients were chosen by CRP"
    assert not np.isnan(float(str(summary["p_signed_rank"]["M-protein"])))
    assert str(summary["note"]["M-protein"]).startswith("the patients were chosen by CRP, so")
    assert result.correlations["p"].isna().all()


def test_ties_are_found_despite_floating_point() -> None:
    """0.3 - 0.1 and 0.2 are one rank: with (1.5, 1.5, 3) a sum of 0 or 6 has p = 2/8."""
    table = pd.DataFrame(
        {
            "patient": ["a", "b", "c"],
            "analyte": "x",
            "on_study": [0.3, 0.4, 0.9],
            "month_6": [0.1, 0.2, 0.1],
        }
    )
    assert clinical.summarise(table).summary["p_signed_rank"].item() == 0.25


def test_the_interval_of_the_ratio_is_students_of_the_logarithms() -> None:
    """Ratios 1 and 4: mean ln 2, SD ln 4 / root 2, standard error ln 2, t = 12.7062 for one df."""
    table = pd.DataFrame(
        {"patient": ["a", "b"], "analyte": "x", "on_study": [3.0, 2.0], "month_6": [3.0, 8.0]}
    )
    row = clinical.summarise(table).summary.iloc[0]
    assert row["geometric_mean_ratio"] == pytest.approx(2)
    assert row["ratio_lower"] == pytest.approx(2 ** (1 - 12.7062), rel=1e-4)
    assert row["ratio_upper"] == pytest.approx(2 ** (1 + 12.7062), rel=1e-4)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("zero", ["on_study", "month_6"])
def test_a_value_of_zero_has_no_ratio(zero: str) -> None:
    values = {"on_study": [1.0, 2.0], "month_6": [2.0, 3.0]} | {zero: [0.0, 2.0]}
    table = pd.DataFrame({"patient": ["a", "b"], "analyte": "x", **values})
    row = clinical.summarise(table).summary.iloc[0]
    assert row[["geometric_mean_ratio", "ratio_lower", "ratio_upper"]].isna().all()


def test_a_patient_with_one_value_is_not_in_the_summary() -> None:
    """Of three patients two have both values: they fall from 4 and 2 to 1 and 1."""
    table = pd.DataFrame(
        {
            "patient": ["a", "b", "c"],
            "analyte": "x",
            "on_study": [4.0, 2.0, 100.0],
            "month_6": [1.0, 1.0, np.nan],
        }
    )
    result = clinical.summarise(table)
    assert result.changes["note"].to_list() == ["", "", "a value is missing"]
    columns = ["patients", "median_on_study", "median_month_6", "median_change_percent", "fell"]
    assert result.summary.iloc[0][columns].to_list() == [2, 3.0, 1.0, -62.5, 2]
