"""What cultures.csv may and may not say, checked on rows made by hand."""

import pytest

from coculture.study import arms_of_cultures
from coculture.study.table_validation import culture_rules
from tests.study.table_validation.made_up_rows import CULTURE, FACTORS, numbered


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("experiment", "E2"),
        ("donor", "D2"),
        ("cells", "il1b"),
        ("stroma", ""),
        ("medium", "IMDM"),
        ("hours", 72.0),
        ("replicate", 2.0),
        ("dex_nM", 500.0),
        ("il6_ng_ml", 10.0),
    ],
)
def test_cultures_that_differ_in_one_thing_are_not_the_same_replicate(
    column: str, other: object
) -> None:
    cultures = numbered(CULTURE, {**CULTURE, column: other})
    assert list(culture_rules.doubled_replicates(cultures, FACTORS)) == []


def test_cultures_that_differ_in_nothing_are_the_same_replicate() -> None:
    other = {**CULTURE, "stroma": ""}
    (problem,) = culture_rules.doubled_replicates(numbered(CULTURE, other, CULTURE), FACTORS)
    assert (problem.row, problem.column, problem.value) == (4, "replicate", "1")
    assert "the culture in row 2 is the same replicate" in problem.message


def test_only_a_culture_that_got_none_of_the_factors_is_untreated() -> None:
    doses = [(0.0, 0.0), (1000.0, 0.0), (0.0, 10.0), (1000.0, 10.0)]
    cultures = numbered(*({**CULTURE, "dex_nM": dex, "il6_ng_ml": il6} for dex, il6 in doses))
    assert arms_of_cultures.is_untreated(cultures, FACTORS).tolist() == [True, False, False, False]
    assert list(culture_rules.untreated_arms(cultures, FACTORS)) == []
    (problem,) = culture_rules.untreated_arms(cultures.loc[3:], FACTORS)
    assert (problem.row, problem.value) == (3, "E1")
