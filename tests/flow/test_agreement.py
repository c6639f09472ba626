"""What differs between the files of an experiment is said before the run."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coculture.exchange.problems import Problem
from coculture.flow import FlowSettings, notices
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, IDENTITY, LIGHT, Edit, Recorded, Tube

STUDY = replace(BASE, experiments=1, wells=1, events_sample=30, events_control=30, embedded=LIGHT)
USUAL = {"cytsn": "7", "p4v": "500", "p4g": "1.0"}
ODD = "E1-dose10-1"


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., list[Problem]]:
    """The notices on a study in which one sample has other keywords, or other fields."""

    def notices_on(
        keywords: Mapping[str, str],
        section: Mapping[str, object],
        edit: Edit | None = None,
        **fields: Any,
    ) -> list[Problem]:
        def with_keywords(tube: Tube) -> Tube:
            of_tube = USUAL | dict(keywords if tube.name == ODD else {})
            return replace(tube, keywords=of_tube, **(fields if tube.name == ODD else {}))

        listed = [with_keywords(tube) for tube in base_study.tubes(STUDY)]
        files = base_study.write(tmp_path, STUDY, listed, edit).files
        files.index = files.index + 2
        return notices(files, base_study.settings(**section))

    return notices_on


def test_nothing_is_said_of_files_that_agree(found: Callable[..., list[Problem]]) -> None:
    assert found({}, {}) == []


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        (
            {"date": "09-MAR-2021"},
            "the acquisition day is 2021-03-01 in 9 files, but 2021-03-09 in E1/E1-dose10-1.fcs.",
        ),
        (
            {"cyt": "Aria"},
            "the cytometer ($CYT) is Cytometer of the tests in 9 files, but Aria in "
            "E1/E1-dose10-1.fcs.",
        ),
        ({"cytsn": "8"}, "the cytometer's serial number ($CYTSN) is 7 in 9 files, but 8 in"),
        ({"p4v": "550.0"}, "the voltage ($PnV) of GFP is 500 in 9 files, but 550 in"),
        ({"p4g": "2"}, "the gain ($PnG) of GFP is 1 in 9 files, but 2 in E1/E1-dose10-1.fcs."),
        (
            {"p4r": "1024"},
            "the range of the channels ($PnR) is 262144 in 9 files, but 262144 / 1024 in ",
        ),
        (
            {"spillover": base_study.spillover_text(BASE.detectors, IDENTITY)},
            "the spillover matrix in the files is the same in 9 files, but another, or none, in "
            "E1/E1-dose10-1.fcs.",
        ),
    ],
)
def test_what_differs_in_one_file(
    found: Callable[..., list[Problem]], keywords: Mapping[str, str], message: str
) -> None:
    (problem,) = found(keywords, {})
    assert problem.message.startswith(message)
    assert (problem.row, problem.column, problem.value) == (10, "experiment", "E1")


def test_an_acquisition_past_midnight_is_no_other_day(
    found: Callable[..., list[Problem]],
) -> None:
    assert found({"date": "02-MAR-2021"}, {}) == []


def test_own_matrices_may_differ(found: Callable[..., list[Problem]]) -> None:
    own = {"spillover": base_study.spillover_text(BASE.detectors, IDENTITY)}
    assert found(own, {"compensation": {"source": "each_file"}}) == []


def test_a_sample_of_few_events(found: Callable[..., list[Problem]]) -> None:
    (problem,) = found({}, {}, events=2)
    assert problem.message == (
        "the samples have 30 events (median), but E1/E1-dose10-1.fcs only 2."
    )


def test_a_well_that_the_file_denies(found: Callable[..., list[Problem]]) -> None:
    (problem,) = found({"wellid": "C01"}, {})
    assert (problem.row, problem.column, problem.value) == (10, "well", "B1")
    assert "the file itself says C1 ($WELLID), where flow.csv has E1/E1-dose100-1.fcs" in str(
        problem
    )
    assert "(row 11 has E1/E1-dose100-1.fcs)" in problem.message


def test_another_list_of_channels(found: Callable[..., list[Problem]]) -> None:
    def wider(tube: Tube, recorded: Recorded) -> Recorded:
        if tube.name != ODD:
            return recorded
        return replace(recorded, events=recorded.events.assign(Width=1.0))

    (problem,) = found({}, {}, wider)
    assert problem.message.startswith("the list of channels is B530-A, B675-A, FSC-A")
    assert problem.message.endswith("Time, Width in E1/E1-dose10-1.fcs.")


def test_an_export_that_gives_its_largest_value_as_range_is_no_other(
    found: Callable[..., list[Problem]],
) -> None:
    assert found({"p4r": "198204"}, {}) == []


@pytest.mark.parametrize(("null", "verb"), [("viability_dye", "is"), ("annexin", "is")])
def test_a_study_without_percents_says_why(
    found: Callable[..., list[Problem]], null: str, verb: str
) -> None:
    channels = {"annexin": base_study.ANNEXIN, "viability_dye": base_study.DYE, null: None}
    (problem,) = found({}, {"channels": channels})
    assert problem.message.startswith(f"flow.channels.{null} {verb} null, so cells are counted")


def test_files_of_another_format_are_named(
    files: pd.DataFrame, myeloma_settings: Callable[..., FlowSettings], tmp_path: Path
) -> None:
    first = files.index[files["role"] == "sample"][0]
    whole = Path(files.loc[first, "path"]).read_bytes()
    other = tmp_path / "other.fcs"
    other.write_bytes(whole.replace(b"0,0", b"4,1"))
    files.loc[first, "path"] = str(other)
    found = [problem.message for problem in notices(files, myeloma_settings())]
    fcs = files.loc[first, "fcs"]
    assert any(one.endswith(f"files, but 4,1 in {fcs}.") for one in found)


def _moved_stroma(folder: Path) -> list[Problem]:
    study = replace(STUDY, experiments=2)
    files = base_study.write(folder, study).files
    is_moved = files["fcs"] == "E1/stroma.fcs"
    files.loc[is_moved, "experiment"] = "E2"
    files = pd.concat([files[~is_moved], files[is_moved]], ignore_index=True)
    files.index = files.index + 2
    found = notices(files, base_study.settings())
    return [one for one in found if "population_negative" in one.message]


def test_cells_without_the_marker_that_only_another_experiment_has(tmp_path: Path) -> None:
    (problem,) = _moved_stroma(tmp_path)
    assert (problem.row, problem.column, problem.value) == (2, "experiment", "E1")
    assert "E2 has one (E1/stroma.fcs, row 21, acquired on the day of E1)." in problem.message
    assert notices(base_study.write(tmp_path / "own", STUDY).files, base_study.settings()) == []


def test_without_days_it_is_any_of_them(tmp_path: Path) -> None:
    study = replace(STUDY, experiments=2)
    listed = [replace(tube, keywords={"date": None}) for tube in base_study.tubes(study)]
    files = base_study.write(tmp_path, study, listed).files
    files = files[files["fcs"] != "E1/stroma.fcs"]
    (problem,) = notices(files, base_study.settings())
    assert "E2 has one (E2/stroma.fcs, row" in problem.message
    assert "acquired on the day" not in problem.message
    assert notices(files, base_study.settings(populations=[])) == []
