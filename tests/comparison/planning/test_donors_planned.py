"""Planning a study in which donors are tested: their number, each with several experiments."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import Design
from coculture.comparison.design.donors_inside_experiments import by_donor
from coculture.comparison.planning import assumptions_of, need_table, needs, power, sentences
from tests.comparison.conftest import STUDY

JoinedStudy = Callable[..., pd.DataFrame]
EIGHT = replace(STUDY, design=replace(STUDY.design, experiments=8, wells=2))


def _of_donors(cultures: pd.DataFrame, experiments: int) -> pd.DataFrame:
    """The study with so many experiments of each donor."""
    number = cultures["experiment"].str.extract(r"(\d+)")[0].astype(int) - 1
    return cultures.assign(donor="D" + (number // experiments).map(str))


def _powers(cultures: pd.DataFrame, settings: ComparisonSettings) -> pd.DataFrame:
    design, given = Design.of(cultures, settings), assumptions_of(cultures, settings)
    found = power(given, design, settings, (4,), (2,), 1_000, 1, lambda _: None)
    return found.set_index("id")


def test_four_donors_of_two_experiments(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    plain = joined_study(parameters=EIGHT)
    cultures = _of_donors(plain, 2)
    given = assumptions_of(cultures, settings)["IL-6"]
    assert (given.unit, given.experiments_of_unit) == ("donors", 2)
    # The residual of a donor's mean is half as large as that of an experiment.
    own = assumptions_of(plain, settings)["IL-6"]
    assert given.sd_arm == pytest.approx(own.sd_arm / np.sqrt(2), rel=0.35)
    assert given.sd_well == own.sd_well
    found, before = _powers(cultures, settings), _powers(plain, settings)
    assert set(found["tested"]) == {"donors"}
    assert set(before["tested"]) == {"experiments"}
    assert float(found["power"].to_dict()["3a"]) > float(before["power"].to_dict()["3a"])
    design = Design.of(cultures, settings)
    needed = needs(cultures, design, settings, assumptions_of(cultures, settings))
    table = need_table(needed).set_index("id")
    assert (table["n"].to_dict()["3a"], table["tested"].to_dict()["3a"]) == (4, "donors")
    said = sentences(needed)[0]
    assert said.startswith("1a: 3 donors, each donor with as many experiments as in this study (")
    assert "effect and SD found in 4 donors" in said


def test_one_experiment_of_each_donor_needs_as_many_as_without_donors(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    plain = joined_study()
    cultures = _of_donors(plain, 1)
    columns = ["id", "least", "most", "n"]
    tables = [
        need_table(needs(each, Design.of(each, settings), settings, assumptions_of(each, settings)))
        for each in (plain, cultures)
    ]
    assert tables[0][columns].equals(tables[1][columns])


def test_fewer_donors_are_named(joined_study: JoinedStudy, settings: ComparisonSettings) -> None:
    cultures = _of_donors(joined_study(), 2)
    given = assumptions_of(cultures, settings)
    assert given["IL-6"].unit == "experiments"
    needed = needs(cultures, Design.of(cultures, settings), settings, given)
    assert "found in 4 experiments (for these 2 donors)" in sentences(needed)[0]


def test_donors_that_share_experiments_are_planned_as_donors(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """Four donors, each on two of four days: the days are a part of the scatter."""
    plain = joined_study(parameters=EIGHT)
    number = plain["experiment"].str.extract(r"(\d+)")[0].astype(int) - 1
    donor = "D" + (number % 4).map(str)
    day = "E" + ((number + number // 4) % 4).map(str)
    cultures = plain.assign(experiment=day, donor=donor)
    parts = by_donor(cultures)
    assert set(parts["shared_experiment"]) == {"E0", "E1", "E2", "E3"}
    assert parts["experiment"].nunique() == 8
    given = assumptions_of(parts, settings)
    assert (given["IL-6"].unit, given["IL-6"].experiments_of_unit) == ("donors", 2)
    table, apart = (
        need_table(needs(each, Design.of(each, settings), settings, given)).set_index("id")
        for each in (parts, parts.drop(columns="shared_experiment"))
    )
    assert (table["n"].to_dict()["1a"], table["tested"].to_dict()["1a"]) == (4, "donors")
    most, most_apart = (each["most"].fillna(99) for each in (table, apart))
    assert (most >= most_apart).all()
    assert (most > most_apart).any()
