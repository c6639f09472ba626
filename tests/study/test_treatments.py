"""Cultures that name their treatment, with the doses of each written once."""

from pathlib import Path

import pandas as pd

from coculture.study import load
from coculture.study.tables import Grid
from coculture.study.treatments import with_doses
from tests.study.workbooks import reconfigured, told

DRUGS = ["dex_nM", "il1ra_ng_ml", "il6_ng_ml"]


def _study(folder: Path) -> Path:
    """The small study with its doses in a table of treatments."""
    cultures = pd.read_csv(folder / "cultures.csv", dtype=str)
    treatment = cultures[DRUGS].agg("/".join, axis=1)
    treatments = cultures[DRUGS].assign(treatment=treatment).drop_duplicates()
    treatments.to_csv(folder / "treatments.csv", index=False)
    named = cultures.assign(treatment=treatment).drop(columns=DRUGS)
    named.to_csv(folder / "cultures.csv", index=False)
    return reconfigured(folder, lambda config: config["tables"].update(treatments="treatments.csv"))


def test_treatments_give_the_doses(small_study: Path) -> None:
    written = load(small_study / "config.yaml")
    pd.testing.assert_frame_equal(load(_study(small_study)).cultures, written.cultures)


def test_an_unknown_treatment_is_one_problem(small_study: Path) -> None:
    config = _study(small_study)
    path = small_study / "cultures.csv"
    path.write_text(path.read_text().replace("1000/0/0", "1000/0", 1))
    assert told(config)[0] == (
        'cultures.csv, row 3, treatment "1000/0": no such row in the table of treatments. Did you '
        "mean 1000/0/0 or 1000/0/10?"
    )
    assert len([one for one in told(config) if "row 3" in one]) == 1


def test_faults_of_the_treatments_are_theirs(small_study: Path) -> None:
    config = _study(small_study)
    path = small_study / "treatments.csv"
    text = path.read_text()
    path.write_text(text.replace("1000,0,0,", "1 uM,0,0,"))
    (said,) = told(config)
    assert said.startswith('treatments.csv, row 3, dex_nM "1 uM": is not a number')
    path.write_text(text + "0,0,0,0/0/0\n")
    assert 'treatment "0/0/0": this treatment is listed twice' in told(config)[0]
    path.write_text(text)
    cultures = small_study / "cultures.csv"
    cultures.write_text(
        cultures.read_text().replace("treatment", "dex_nM,treatment").replace("1/0", "1,1/0")
    )
    assert any(
        "the dose is given here and in the table of treatments" in one for one in told(config)
    )


def test_cells_beyond_the_headings_move_no_dose(small_study: Path) -> None:
    config = _study(small_study)
    path = small_study / "cultures.csv"
    heading, first, *rows = path.read_text().splitlines()
    path.write_text("\n".join([heading, f"{first},stray", *rows]) + "\n")
    (said,) = told(config)
    assert said.startswith("cultures.csv, row 2: has ")
    assert "put quotes around any cell that contains a comma" in said


def test_a_dose_that_is_given_twice_is_told_in_the_heading() -> None:
    cultures = Grid(["culture", "treatment", "dex_nM"], [["c1", "DEX", "10"]])
    treatments = Grid(["treatment", "dex_nM"], [["DEX", "10"]])
    same, (problem,) = with_doses(cultures, treatments, [{"column": "dex_nM"}])
    assert same == cultures
    # Row 1 is the heading.
    assert (problem.row, problem.column) == (1, "dex_nM")
