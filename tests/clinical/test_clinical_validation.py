"""Problems of a clinical table are found with their place."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture import clinical
from coculture.exchange.problems import Problem

MakeTable = Callable[..., pd.DataFrame]


def test_m_protein_in_an_unknown_unit_is_one_problem() -> None:
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
    assert "progression is defined as a rise by 0.5 g/dL" in problem.message


def test_a_table_with_problems_is_not_summarised(make_table: MakeTable) -> None:
    doubled = pd.concat([make_table(), make_table().head(1)])
    with pytest.raises(clinical.ClinicalError, match='patient "a" has two rows of "CRP"; keep one'):
        clinical.summarise(doubled)


def _messages(table: pd.DataFrame) -> list[str]:
    """What `check` says, after `summarise` has refused the table for the first of it."""
    problems = clinical.check(table)
    with pytest.raises(clinical.ClinicalError) as refused:
        clinical.summarise(table)
    assert str(refused.value) == problems[0].message
    return [problem.message for problem in problems]


def test_one_analyte_in_two_units_is_a_problem(make_table: MakeTable) -> None:
    table = make_table(unit=["mg/L", "mg/L", "g/L", "mg/L", "g/dL", "g/dL", "g/dL", ""])
    assert _messages(table) == [
        '"CRP" is in g/L in patient "c" and in mg/L in patient "a"; convert the values and write '
        "one unit in every row.",
        '"M-protein" is in no unit in patient "d" and in g/dL in patient "a"; convert the values '
        "and write one unit in every row.",
    ]
    first = clinical.check(table)[0]
    assert (first.row, first.column, first.value) == (2, "unit", "g/L")


def test_a_choice_by_an_analyte_not_in_the_table_is_a_problem(make_table: MakeTable) -> None:
    assert _messages(make_table(selected_on="PCLI")) == [
        'the patients were chosen by "PCLI", which is not an analyte of this table; its analytes '
        "are CRP, M-protein."
    ]


def test_two_different_choices_are_a_problem(make_table: MakeTable) -> None:
    table = make_table(selected_on=["", "CRP", "CRP", "", "M-protein", "M-protein", "", "CRP"])
    assert _messages(table) == [
        'the patients were chosen by "M-protein" here and by "CRP" in an earlier row; write the '
        "same in every row."
    ]
    assert [problem.row for problem in clinical.check(table)] == [4]
    both = make_table(selected_on=["CRP; M-protein"] * 4 + ["M-protein; CRP"] * 4)
    assert clinical.check(both) == []


def test_a_patient_with_two_rows_is_a_problem_at_the_second(make_table: MakeTable) -> None:
    table = pd.concat([make_table(), make_table().head(1)], ignore_index=True)
    assert clinical.check(table) == [
        Problem("clinical.csv", 'patient "a" has two rows of "CRP"; keep one.', 8, "patient", "a")
    ]


def test_infinite_values_are_a_problem(make_table: MakeTable) -> None:
    table = make_table(month_6=[1.0, np.inf, 3.0, 1.0, 2.0, 1.5, 1.4, 2.5])
    assert _messages(table) == [
        '"CRP" of patient "b" is infinite; write the value, or leave it empty.'
    ]


def test_tables_with_nothing_in_them_have_no_problems(make_table: MakeTable) -> None:
    assert clinical.check(pd.DataFrame()) == []
    assert clinical.check(make_table().head(0)) == []
    assert clinical.check(make_table(unit=np.nan, selected_on=np.nan, month_6=np.nan)) == []
    assert clinical.check(make_table(patient=np.nan)) == []
    assert clinical.check(make_table()[["patient", "analyte"]]) == []
