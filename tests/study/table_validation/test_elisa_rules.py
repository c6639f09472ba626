"""What elisa.csv may and may not say, checked on rows made by hand."""

from math import nan

import pandas as pd
import pytest

from coculture.study.table_validation import elisa_rules, named_cultures
from tests.study.table_validation.made_up_rows import CULTURE, WELL, numbered


@pytest.mark.parametrize(("excluded", "asked"), [("", [3]), ("bubble in the well", [])])
def test_a_dilution_is_asked_of_the_samples_that_are_used(excluded: str, asked: list[int]) -> None:
    missing = float("nan")
    wells = pd.DataFrame(
        {
            "role": ["sample", "sample", "standard"],
            "exclude": ["", excluded, ""],
            "dilution": [10.0, missing, missing],
        },
        index=[2, 3, 4],
    )
    assert [problem.row for problem in elisa_rules.dilutions(wells)] == asked


def test_a_well_may_be_listed_once_for_each_analyte() -> None:
    """Beads of several analytes are in one well of a Luminex plate."""
    other = {**WELL, "analyte": "TNF-a"}
    assert list(elisa_rules.elisa_rows(numbered(WELL, other))) == []
    messages = [one.message for one in elisa_rules.elisa_rows(numbered(WELL, other, WELL))]
    assert messages == ["this well of the plate is already in row 2; list each well once."]


def test_two_plates_may_lie_in_one_file() -> None:
    wells = numbered(WELL, {**WELL, "plate": "P2", "plate_in_file": "Plate2"})
    assert list(elisa_rules.elisa_rows(wells)) == []


def test_one_plate_of_a_file_is_not_two_plates_of_the_study() -> None:
    (problem,) = elisa_rules.elisa_rows(numbered(WELL, {**WELL, "plate": "P2"}))
    assert (problem.row, problem.value) == (3, "A1")
    assert "this well of the same file is already used by plate P1; name" in problem.message


def test_one_plate_of_the_study_is_not_two_plates_of_a_file() -> None:
    (problem,) = elisa_rules.elisa_rows(
        numbered(WELL, {**WELL, "well": "A2", "plate_in_file": "Plate2"})
    )
    assert (problem.row, problem.column) == (3, "file")
    assert "the rows above have plate P1 in both.txt" in problem.message


@pytest.mark.parametrize(
    ("role", "concentration", "culture", "expected"),
    [
        (
            "standard",
            nan,
            "",
            "a standard needs its concentration, in pg/mL or in its unit's column.",
        ),
        ("standard", 0.0, "", None),
        (
            "anchor",
            nan,
            "",
            "an anchor needs its concentration, above 0, in pg/mL or in its unit's column.",
        ),
        (
            "anchor",
            0.0,
            "",
            "an anchor needs its concentration, above 0, in pg/mL or in its unit's column.",
        ),
        ("anchor", 2.5, "", None),
        (
            "spike",
            nan,
            "c",
            "a spike needs the concentration added, above 0, in pg/mL or in its unit's column.",
        ),
        (
            "spike",
            100.0,
            "",
            "a spike needs the culture to which it was added, as in cultures.csv.",
        ),
        ("spike", 100.0, "d", "this culture is not in cultures.csv. Known are: c."),
        ("spike", 100.0, "c", None),
    ],
)
def test_what_a_role_needs(
    role: str, concentration: float, culture: str, expected: str | None
) -> None:
    row = {**WELL, "role": role, "concentration_pg_ml": concentration, "culture": culture}
    table = numbered({**row, "analyte": "IL-6"})
    cultures = numbered({**CULTURE, "culture": "c"})
    problems = [
        *elisa_rules.elisa_rows(table),
        *named_cultures.references("elisa.csv", table, cultures),
    ]
    assert [problem.message for problem in problems] == ([expected] if expected else [])


def test_a_level_is_a_standard_or_an_anchor() -> None:
    level = {**WELL, "concentration_pg_ml": 2.5, "analyte": "IL-6"}
    standard, anchor = ({**level, "role": role} for role in ("standard", "anchor"))
    table = numbered(standard, {**anchor, "well": "A2"}, {**anchor, "well": "A3", "plate": "P2"})
    (problem,) = [one for one in elisa_rules.elisa_rows(table) if one.column == "role"]
    assert (problem.row, problem.value) == (3, "anchor")
    assert problem.message.startswith("this concentration is a standard in row 2; ")
