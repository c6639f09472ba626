"""Concentrations in the unit of their column."""

from math import nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.study import StudyError, load
from coculture.study.concentration_columns import UNITS, in_pg_ml, problems

LEVELS = (600.0, 300.0, 150.0, 75.0, 37.5, 18.75, 9.375, 0.0)


def table(
    plates: dict[str, float], controls: tuple[float, ...] = (), column: str = "concentration_pg_ml"
) -> pd.DataFrame:
    """Standards of each plate, multiplied by its factor, and its controls."""
    rows = [
        {"plate": plate, "role": role, "dilution": nan, column: level}
        for plate, factor in plates.items()
        for role, level in [
            *(("standard", factor * level) for level in LEVELS),
            *(("control", level) for level in controls),
        ]
    ]
    frame = pd.DataFrame(rows, index=range(2, 2 + len(rows))).assign(analyte="IL-6")
    return frame.reindex(columns=["plate", "role", "analyte", "dilution", *UNITS])


def test_every_concentration_is_in_pg_ml() -> None:
    rows = pd.concat([table({"P1": 1.0}), table({"P2": 0.001}, column="concentration_ng_ml")])
    rows = pd.concat([rows, table({"P3": 0.1}, column="concentration_u_ml")], ignore_index=True)
    converted = in_pg_ml(rows, {"IL-6": 10.0})
    np.testing.assert_allclose(converted["concentration_pg_ml"], np.tile(LEVELS, 3))
    assert [column for column in UNITS if column in converted] == ["concentration_pg_ml"]
    assert list(problems(rows, {"IL-6": 10.0})) == []


def test_activity_needs_a_factor() -> None:
    found = list(problems(table({"P1": 1.0}, column="concentration_u_ml"), {"IL-8": 10.0}))
    assert {(one.column, one.message.split(".")[0]) for one in found} == {
        ("concentration_u_ml", "how many pg are 1 U of IL-6 is not known")
    }
    assert [one.row for one in found] == list(range(2, 10))


def test_a_row_has_one_concentration() -> None:
    rows = table({"P1": 1.0})
    rows.loc[3, "concentration_ng_ml"] = 0.3
    (problem,) = problems(rows, {})
    assert (problem.row, problem.column) == (3, "concentration_ng_ml")


@pytest.mark.parametrize(("factor", "words"), [(1e-3, "1,000 times below"), (1e3, "1,000 times")])
def test_a_plate_in_another_unit_than_the_others_is_refused(factor: float, words: str) -> None:
    (problem,) = problems(table({"P1": factor, "P2": 1.0, "P3": 1.0}), {})
    assert (problem.row, problem.column) == (2, "concentration_pg_ml")
    assert f"plate P1 are {words} those of plate P2. If one of the two is not" in problem.message


@pytest.mark.parametrize("factor", [1.0, 0.5, 2.0, 1 / 60, 100.0, 500.0])
def test_another_kit_is_no_other_unit(factor: float) -> None:
    assert list(problems(table({"P1": 1.0, "P2": factor}), {})) == []


def test_a_level_that_one_plate_lacks_does_not_hide_it() -> None:
    rows = table({"P1": 1.0, "P2": 0.001})
    assert len(list(problems(rows.drop(index=11), {}))) == 1


@pytest.mark.parametrize(
    ("standards", "controls", "count"),
    [
        (1.0, (40.0, 250.0), 0),
        (1.0, (40.0, 900.0), 0),
        (1.0, (900.0, 1200.0), 0),
        (1.0, (0.04, 0.25), 1),
        (0.001, (40.0, 250.0), 1),
        (1.0, (), 0),
    ],
)
def test_controls_in_another_unit_than_the_standards_are_refused(
    standards: float, controls: tuple[float, ...], count: int
) -> None:
    found = list(problems(table({"P1": standards}, controls), {}))
    assert len(found) == count
    if found:
        assert "the controls of plate P1 lie between its standards only if" in found[0].message


@pytest.mark.parametrize("control", [0.5, 500.0])
def test_a_control_at_the_end_of_its_standards_lies_between_them(control: float) -> None:
    # A thousandth of 500 and the thousandfold of 0.5 lie between these standards, too.
    levels = (500.0, 50.0, 5.0, 0.5)
    rows = table({"P1": 1.0}, (control,))
    standards = rows[rows["role"] == "standard"].head(len(levels))
    wide = pd.concat(
        [standards.assign(concentration_pg_ml=levels), rows[rows["role"] == "control"]]
    )
    assert list(problems(wide, {})) == []


def test_a_diluted_control_counts_as_in_the_well() -> None:
    rows = table({"P1": 1.0}, (40_000.0,))
    assert len(list(problems(rows, {}))) == 1
    assert list(problems(rows.assign(dilution=100.0), {})) == []


def test_a_study_in_ng_ml_is_the_study_in_pg_ml(small_study: Path) -> None:
    """The column's name is all that has to change."""
    expected = load(small_study / "config.yaml").elisa
    path = small_study / "elisa.csv"
    written = pd.read_csv(path)
    written["concentration_pg_ml"] /= 1000
    written.rename(columns={"concentration_pg_ml": "concentration_ng_ml"}).to_csv(path, index=False)
    pd.testing.assert_frame_equal(load(small_study / "config.yaml").elisa, expected)


def test_an_unreadable_concentration_is_reported_once(small_study: Path) -> None:
    path = small_study / "elisa.csv"
    written = pd.read_csv(path, dtype=str, keep_default_na=False)
    written.loc[0, "concentration_pg_ml"] = "many"
    written.rename(columns={"concentration_pg_ml": "concentration_ng_ml"}).to_csv(path, index=False)
    with pytest.raises(StudyError) as raised:
        load(small_study / "config.yaml")
    (problem,) = raised.value.problems
    assert (problem.row, problem.column) == (2, "concentration_ng_ml")
