"""The clinical table against the published one, and against independent formulas."""

from fractions import Fraction
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from coculture import clinical
from coculture.clinical.figures import changes_figure
from coculture.exchange.problems import Problem


@pytest.fixture
def published(reference: Path) -> pd.DataFrame:
    """The published table of seven patients."""
    table = pd.read_csv(reference / "clinical/lust2004_table.csv")
    return table.rename(columns={"m6": "month_6", "printed": "printed_change"})


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


def _table(**more: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient": ["a", "b", "c", "d"] * 2,
            "analyte": ["CRP"] * 4 + ["M-protein"] * 4,
            "unit": ["mg/L"] * 4 + ["g/dL"] * 4,
            "on_study": [4.0, 3.0, 2.0, 0.0, 4.0, 2.0, 1.0, 2.0],
            "month_6": [1.0, 2.0, 3.0, 1.0, 2.0, 1.5, 1.4, 2.5],
            "printed_change": np.nan,
            "selected_on": "",
        }
        | more
    )


def test_the_analyte_patients_were_chosen_by_is_not_tested() -> None:
    result = clinical.summarise(_table(selected_on="CRP"))
    summary = result.summary.set_index("analyte")
    assert np.isnan(float(str(summary["p_signed_rank"]["CRP"])))
    assert summary["note"]["CRP"] == "no p-value: the patients were chosen by CRP"
    assert not np.isnan(float(str(summary["p_signed_rank"]["M-protein"])))
    assert str(summary["note"]["M-protein"]).startswith("the patients were chosen by CRP, so")
    assert result.correlations["p"].isna().all()


def test_response_by_m_protein_has_its_limits_inside() -> None:
    changes = clinical.summarise(_table()).changes
    m_protein = changes[changes["analyte"] == "M-protein"].set_index("patient")
    # -50 %; -25 %; +40 % but only 0.4 g/dL; +25 % and 0.5 g/dL.
    assert m_protein["response_by_m_protein"].to_dict() == {
        "a": "partial response",
        "b": "minor response",
        "c": "stable",
        "d": "progression",
    }
    in_g_per_l = _table(unit=["mg/L"] * 4 + ["g/L"] * 4)
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


def test_m_protein_in_an_unknown_unit_is_refused_once() -> None:
    table = pd.DataFrame(
        {
            "patient": ["1", "2"],
            "analyte": "M-spike",
            "unit": "µmol/L",
            "on_study": 1.0,
            "month_6": 2.0,
        }
    )
    (problem,) = clinical.check(table)
    assert (problem.column, problem.value) == ("unit", "µmol/L")
    assert "progression is a rise by 0.5 g/dL" in problem.message


def test_a_change_from_zero_has_no_percent() -> None:
    changes = clinical.summarise(_table()).changes.set_index(["analyte", "patient"])
    assert np.isnan(changes["change_percent"][("CRP", "d")])
    assert changes["note"][("CRP", "d")] == "no percent change from zero"


def test_a_patient_measured_twice_is_refused() -> None:
    doubled = pd.concat([_table(), _table().head(1)])
    with pytest.raises(clinical.ClinicalError, match='patient "a" has two rows of "CRP"; keep one'):
        clinical.summarise(doubled)


def test_signed_rank_equals_scipy_without_ties() -> None:
    rng = np.random.default_rng(8)
    for n in (5, 9, 14):
        differences = rng.normal(0.4, 1, n).round(6)
        expected = stats.wilcoxon(differences, method="exact").pvalue
        exact = [Fraction(repr(float(d))) for d in differences]
        assert clinical.signed_rank_p(exact) == pytest.approx(expected)


def test_ties_are_seen_through_floating_point() -> None:
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


@pytest.mark.parametrize("tied", [False, True])
def test_spearman_counts_every_permutation(tied: bool) -> None:
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=6), rng.normal(size=6)
    if tied:
        x, y = x.round(0), y.round(0)
    rho, p, how = clinical.spearman(x.tolist(), y.tolist())
    reached = [
        abs(stats.spearmanr(x, order).statistic) >= abs(rho) - 1e-9 for order in permutations(y)
    ]
    assert how == "exact"
    assert rho == pytest.approx(stats.spearmanr(x, y).statistic)
    assert p == pytest.approx(np.mean(reached))


def test_many_patients_are_sampled_and_p_is_never_zero() -> None:
    numbers = list(range(20))
    rho, p, how = clinical.spearman(numbers, numbers)
    assert rho == pytest.approx(1.0)
    assert how == "sampled permutations"
    assert 0 < p < 1e-4


def _messages(table: pd.DataFrame) -> list[str]:
    """What `check` says, after `summarise` has refused the table for the first of it."""
    problems = clinical.check(table)
    with pytest.raises(clinical.ClinicalError) as refused:
        clinical.summarise(table)
    assert str(refused.value) == problems[0].message
    return [problem.message for problem in problems]


def test_one_analyte_in_two_units_is_refused() -> None:
    table = _table(unit=["mg/L", "mg/L", "g/L", "mg/L", "g/dL", "g/dL", "g/dL", ""])
    assert _messages(table) == [
        '"CRP" is in g/L in patient "c" and in mg/L in patient "a"; convert the values and write '
        "one unit in every row.",
        '"M-protein" is in no unit in patient "d" and in g/dL in patient "a"; convert the values '
        "and write one unit in every row.",
    ]
    first = clinical.check(table)[0]
    assert (first.row, first.column, first.value) == (2, "unit", "g/L")


def test_patients_chosen_by_what_the_table_lacks_are_refused() -> None:
    assert _messages(_table(selected_on="PCLI")) == [
        'the patients were chosen by "PCLI", which is no analyte of this table; those are CRP, '
        "M-protein."
    ]


def test_patients_chosen_in_two_ways_are_refused() -> None:
    table = _table(selected_on=["", "CRP", "CRP", "", "M-protein", "M-protein", "", "CRP"])
    assert _messages(table) == [
        'the patients were chosen by "M-protein" here and by "CRP" in an earlier row; write the '
        "same in every row."
    ]
    assert [problem.row for problem in clinical.check(table)] == [4]
    both = _table(selected_on=["CRP; M-protein"] * 4 + ["M-protein; CRP"] * 4)
    assert clinical.check(both) == []


def test_a_patient_measured_twice_is_found_before_the_run() -> None:
    table = pd.concat([_table(), _table().head(1)], ignore_index=True)
    assert clinical.check(table) == [
        Problem("clinical.csv", 'patient "a" has two rows of "CRP"; keep one.', 8, "patient", "a")
    ]


def test_infinite_values_are_refused() -> None:
    table = _table(month_6=[1.0, np.inf, 3.0, 1.0, 2.0, 1.5, 1.4, 2.5])
    assert _messages(table) == [
        '"CRP" of patient "b" is infinite; write the value, or leave it empty.'
    ]


def test_tables_with_nothing_in_them_have_no_problems() -> None:
    assert clinical.check(pd.DataFrame()) == []
    assert clinical.check(_table().head(0)) == []
    assert clinical.check(_table(unit=np.nan, selected_on=np.nan, month_6=np.nan)) == []
    assert clinical.check(_table(patient=np.nan)) == []
    assert clinical.check(_table()[["patient", "analyte"]]) == []


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("on_study", "month_6"), [(1e-308, 1e308), (1e-308, 4.0), (1e308, 1e-308)])
def test_numbers_at_the_ends_of_their_range_are_summarised(on_study: float, month_6: float) -> None:
    table = _table(
        on_study=[on_study, 3.0, 2.0, 0.0, 4.0, 2.0, 1.0, 2.0],
        month_6=[month_6, 2.0, 3.0, 1.0, 2.0, 1.5, 1.4, 2.5],
    )
    row = clinical.summarise(table).changes.iloc[0]
    if on_study > month_6:
        assert (row["change_percent"], row["change_rounded"], row["note"]) == (-100, -100, "")
    else:
        assert np.isnan(row["change_percent"])
        assert row["note"] == "the percent change is too large for a number"


def test_halves_are_rounded_away_from_zero() -> None:
    table = _table(
        on_study=[200.0, 200.0, 200.0, 0.0, 4.0, 2.0, 1.0, 2.0],
        month_6=[205.0, 195.0, 200.0, 1.0, 2.0, 1.5, 1.4, 2.5],
    )
    changes = clinical.summarise(table).changes.head(3)
    assert changes["change_rounded"].to_list() == [3, -3, 0]
    assert changes["change_truncated"].to_list() == [2, -2, 0]


def test_the_figure_has_room_for_thirty_patients_and_words_for_no_change() -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "patient": [f"P{number:02d}" for number in range(30)] * 2,
            "analyte": ["CRP"] * 30 + ["PCLI"] * 30,
            "on_study": [*rng.uniform(3, 4, 30).round(2), *([0.0] * 30)],
            "month_6": [*rng.uniform(1, 2, 30).round(2), *([0.0] * 30)],
        }
    )
    figure = changes_figure(clinical.summarise(table)).figure
    figure.draw_without_rendering()
    below = figure.axes[2]
    names = [label.get_window_extent() for label in below.get_xticklabels()]
    assert len(names) == 30
    assert all(left.x1 <= right.x0 for left, right in pairwise(names))
    assert "signed-rank p < 0.0001" in below.get_xlabel()
    assert figure.axes[3].get_xlabel().startswith("patient\nno percent change, n = 30 patients")


def test_two_patients_have_no_rank_correlation() -> None:
    """Two ranks always agree or disagree in full."""
    rho, p, how = clinical.spearman([1.0, 2.0], [5.0, 3.0])
    assert np.isnan([rho, p]).all()
    assert how == ""


def test_the_interval_of_the_ratio_is_students_of_the_logarithms() -> None:
    """Ratios 1 and 4: mean ln 2, SD ln 4 / root 2, standard error ln 2, t = 12.7062 for one df."""
    table = pd.DataFrame(
        {"patient": ["a", "b"], "analyte": "x", "on_study": [3.0, 2.0], "month_6": [3.0, 8.0]}
    )
    row = clinical.summarise(table).summary.iloc[0]
    assert row["geometric_mean_ratio"] == pytest.approx(2)
    assert row["ratio_lower"] == pytest.approx(2 ** (1 - 12.7062), rel=1e-4)
    assert row["ratio_upper"] == pytest.approx(2 ** (1 + 12.7062), rel=1e-4)


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


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("zero", ["on_study", "month_6"])
def test_a_value_of_zero_has_no_ratio(zero: str) -> None:
    values = {"on_study": [1.0, 2.0], "month_6": [2.0, 3.0]} | {zero: [0.0, 2.0]}
    table = pd.DataFrame({"patient": ["a", "b"], "analyte": "x", **values})
    row = clinical.summarise(table).summary.iloc[0]
    assert row[["geometric_mean_ratio", "ratio_lower", "ratio_upper"]].isna().all()


def test_a_patient_with_one_value_is_no_part_of_the_summary() -> None:
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
