"""Which arm a control is of, checked on rows made by hand."""

import pytest

from coculture.study import arms_of_cultures
from tests.study.table_validation.made_up_rows import CULTURE, FACTORS, FILE, numbered


@pytest.mark.parametrize(
    ("role", "culture", "arm"),
    [
        ("unstained", "treated", "control DEX"),
        ("unstained", "untreated", ""),
        ("unstained", "unknown", ""),
        ("unstained", "of another", ""),
        ("sample", "treated", ""),
    ],
)
def test_which_unstained_control_is_of_treated_cells(role: str, culture: str, arm: str) -> None:
    cultures = numbered(
        CULTURE | {"culture": "treated"},
        CULTURE | {"culture": "untreated", "dex_nM": 0.0},
        CULTURE | {"culture": "of another", "experiment": "E2"},
    )
    files = numbered(FILE | {"role": role, "culture": culture})
    cells = {"reference": "control", "labels": {}}
    assert list(arms_of_cultures.treated_controls(files, cultures, FACTORS, cells)) == [arm]
