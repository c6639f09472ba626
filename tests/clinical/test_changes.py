"""Percent changes and responses, compared with published values and independent formulas."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture import clinical

MakeTable = Callable[..., pd.DataFrame]


@pytest.mark.reference
def test_the_printed_changes_are_found_again(published: pd.DataFrame) -> None:
    changes = clinical.summarise(published).changes
    assert (changes["printed_agrees"] != "no").all()
    truncated = changes[changes["printed_agrees"] == "truncated"]
    assert list(zip(truncated["patient"], truncated["analyte"], strict=True)) == [
        ("2", "M-spike"),
        ("4", "PCLI"),
        ("6", "CRP"),
    ]
    assert truncated["change_percent"].round(3).to_list() == [-3.571, -75.610, -68.529]
    assert truncated["change_truncated"].to_list() == [-3, -75, -68]
    responses = changes.loc[changes["analyte"] == "M-spike", "response_by_m_protein"]
    assert responses.to_list() == ["stable"] * 7


def test_the_limits_of_a_response_belong_to_it(make_table: MakeTable) -> None:
    changes = clinical.summarise(make_table()).changes
    m_protein = changes[changes["analyte"] == "M-protein"].set_index("patient")
    # -50 %; -25 %; +40 % but only 0.4 g/dL; +25 % and 0.5 g/dL.
    assert m_protein["response_by_m_protein"].to_dict() == {
        "a": "partial response",
        "b": "minor response",
        "c": "stable",
        "d": "progression",
    }
    in_g_per_l = make_table(unit=["mg/L"] * 4 + ["g/L"] * 4)
    responses = clinical.summarise(in_g_per_l).changes.set_index(["analyte", "patient"])
    assert responses["response_by_m_protein"][("M-protein", "d")] == "stable"


@pytest.mark.parametrize(
    ("unit", "per_g_per_dl"), [("g/dL", 1), ("g/L", 10), ("mg/dL", 1_000), ("mg/L", 10_000)]
)
def test_progression_is_half_a_gram_per_decilitre_in_every_unit(
    unit: str, per_g_per_dl: int
) -> None:
    """Both rise by 30 % and more, one of them by 0.4 g/dL only."""
    table = pd.DataFrame(
        {
            "patient": ["1", "2"],
            "analyte": "M-protein",
            "unit": unit,
            "on_study": [1.0 * per_g_per_dl, 1.5 * per_g_per_dl],
            "month_6": [1.4 * per_g_per_dl, 2.0 * per_g_per_dl],
        }
    )
    responses = clinical.summarise(table).changes["response_by_m_protein"]
    assert responses.to_list() == ["stable", "progression"]


def test_m_protein_without_a_unit_is_in_g_per_dl() -> None:
    """Both rise by 25 % and more: one by 0.4, one by 0.5."""
    table = pd.DataFrame(
        {
            "patient": ["a", "b"],
            "analyte": "M-protein",
            "on_study": [1.0, 2.0],
            "month_6": [1.4, 2.5],
        }
    )
    responses = clinical.summarise(table).changes["response_by_m_protein"]
    assert responses.to_list() == ["stable", "progression"]


def test_a_change_from_zero_has_no_percent(make_table: MakeTable) -> None:
    changes = clinical.summarise(make_table()).changes.set_index(["analyte", "patient"])
    assert np.isnan(changes["change_percent"][("CRP", "d")])
    assert changes["note"][("CRP", "d")] == "no percent change from zero"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("on_study", "month_6"), [(1e-308, 1e308), (1e-308, 4.0), (1e308, 1e-308)])
def test_numbers_at_the_ends_of_their_range_are_summarised(
    on_study: float, month_6: float, make_table: MakeTable
) -> None:
    table = make_table(
        on_study=[on_study, 3.0, 2.0, 0.0, 4.0, 2.0, 1.0, 2.0],
        month_6=[month_6, 2.0, 3.0, 1.0, 2.0, 1.5, 1.4, 2.5],
    )
    row = clinical.summarise(table).changes.iloc[0]
    if on_study > month_6:
        assert (row["change_percent"], row["change_rounded"], row["note"]) == (-100, -100, "")
    else:
        assert np.isnan(row["change_percent"])
        assert row["note"] == "the percent change is too large for a number"


def test_halves_are_rounded_away_from_zero(make_table: MakeTable) -> None:
    table = make_table(
        on_study=[200.0, 200.0, 200.0, 0.0, 4.0, 2.0, 1.0, 2.0],
        month_6=[205.0, 195.0, 200.0, 1.0, 2.0, 1.5, 1.4, 2.5],
    )
    changes = clinical.summarise(table).changes.head(3)
    assert changes["change_rounded"].to_list() == [3, -3, 0]
    assert changes["change_truncated"].to_list() == [2, -2, 0]


def test_a_printed_change_that_agrees_both_ways_agrees_rounded() -> None:
    """-3.57 % is -4 rounded and -3 truncated; -3.2 % is -3 in both ways; -5 % is neither."""
    table = pd.DataFrame(
        {
            "patient": ["a", "b", "c", "d"],
            "analyte": "x",
            "on_study": [2.8, 2.8, 125.0, 100.0],
            "month_6": [2.7, 2.7, 121.0, 95.0],
            "printed_change": [-4.0, -3.0, -3.0, -4.0],
        }
    )
    result = clinical.summarise(table)
    agrees = ["rounded", "truncated", "rounded", "no"]
    assert result.changes["printed_agrees"].to_list() == agrees
    columns = ["printed_agree_rounded", "printed_agree_truncated", "printed_disagree"]
    assert result.summary.iloc[0][columns].to_list() == [2, 1, 1]
