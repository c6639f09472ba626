"""Controls without an experiment serve those of their day."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from coculture.flow import check_files, notices, shared_controls
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, Tube

STUDY = replace(
    BASE, experiments=3, wells=1, events_sample=60, events_control=60, controls=("unstained",)
)
SETTINGS = base_study.settings(compensation={"source": "none"})


@pytest.fixture
def files(tmp_path: Path) -> pd.DataFrame:
    """E1 and E2 are of one day, E3 of another; only E1 has a control, given to no experiment."""

    def on_day(tube: Tube) -> Tube:
        return replace(tube, keywords={"date": STUDY.day(3 if tube.number == 3 else 1)})

    tubes = [on_day(tube) for tube in base_study.tubes(STUDY) if tube.is_sample or tube.number == 1]
    files = base_study.write(tmp_path, STUDY, tubes).files
    files.index = files.index + 2
    files.loc[files["role"] == "unstained", "experiment"] = ""
    return files


def test_it_serves_the_experiments_of_its_day(files: pd.DataFrame) -> None:
    assert shared_controls(files) == {2: ("E1", "E2")}
    assert check_files(files, SETTINGS) == []
    assert notices(files, SETTINGS) == []


def test_single_stains_need_an_unstained_tube_that_serves(files: pd.DataFrame) -> None:
    problems = check_files(files, base_study.settings())
    lacking = {one.value: "an unstained control" in one.message for one in problems}
    assert lacking == {"E1": False, "E2": False, "E3": True}


def test_one_that_serves_none_is_refused(files: pd.DataFrame) -> None:
    only = files[(files["experiment"] == "E3") | (files["experiment"] == "")]
    (problem,) = check_files(only, SETTINGS)
    assert (problem.row, problem.column) == (2, "experiment")
    assert problem.message == (
        "The file was acquired on 2021-03-01, but no experiment has samples of that day, so a "
        "control without an experiment serves none. Write its experiment; for several, one row "
        "for each."
    )
    assert shared_controls(only) == {2: ()}


def test_no_file_is_opened_without_need(files: pd.DataFrame) -> None:
    assert shared_controls(files[files["experiment"] != ""].assign(path="absent.fcs")) == {}


def test_a_file_that_cannot_be_read_serves_none(files: pd.DataFrame) -> None:
    files.loc[2, "path"] = "absent.fcs"
    assert shared_controls(files) == {}


def test_controls_that_serve_none_are_not_missing_as_well(files: pd.DataFrame) -> None:
    only = files[(files["experiment"] == "E3") | (files["experiment"] == "")]
    (problem,) = check_files(only, base_study.settings())
    assert "a control without an experiment serves none" in problem.message
    fmo = base_study.settings(compensation={"source": "none"}, thresholds={"annexin": "fmo"})
    (problem,) = check_files(only, fmo)
    assert "a control without an experiment serves none" in problem.message
