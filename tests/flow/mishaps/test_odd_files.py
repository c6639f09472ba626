"""Odd FCS files give the percents of plain ones, and a note where something was decided."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from coculture.flow import FcsError, GatedExperiment, gate_experiment
from tests.flow.mishaps import base_study, odd_files
from tests.flow.mishaps.base_study import BASE, LIGHT

STUDY = replace(
    BASE, experiments=1, wells=1, events_sample=1500, events_control=1500, embedded=LIGHT
)
SETTINGS = base_study.settings(compensation={"source": "embedded"})


@pytest.fixture
def files(tmp_path: Path) -> pd.DataFrame:
    return base_study.write(tmp_path, STUDY).files


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> GatedExperiment:
    return gate_experiment(
        base_study.write(tmp_path_factory.mktemp("plain"), STUDY).files, SETTINGS
    )


@pytest.mark.parametrize(
    ("rewrite", "note"),
    [
        (odd_files.supplement, "From the supplemental TEXT segment were added: $P4S"),
        (odd_files.shifted, "the one at which time or the event counter grows steadily was used"),
        (odd_files.stale_exponents, "$PnE was ignored."),
    ],
)
def test_the_percents_are_those_of_plain_files(
    files: pd.DataFrame,
    plain: GatedExperiment,
    rewrite: Callable[[Path], None],
    note: str,
) -> None:
    for path in files["path"]:
        rewrite(Path(path))
    gated = gate_experiment(files, SETTINGS)
    pd.testing.assert_frame_equal(gated.wells, plain.wells)
    notes = [flag for flag in gated.flags if flag.code == "unusual_file"]
    assert any(note in flag.sentence for flag in notes)
    assert {flag.severity for flag in notes} == {"note"}


def test_ten_bits_are_as_good_as_they_can_be(files: pd.DataFrame, plain: GatedExperiment) -> None:
    for path in files["path"]:
        odd_files.ten_bits(Path(path))
    coarse = gate_experiment(files, SETTINGS).wells["percent_apoptotic"].astype(float)
    assert (coarse - plain.wells["percent_apoptotic"].astype(float)).abs().max() < 3.5


def test_a_plate_in_one_file(files: pd.DataFrame, plain: GatedExperiment) -> None:
    with pytest.raises(FcsError, match=r"has 3 data sets: 1 \(A1, 1,500 events\), 2 \(B1,"):
        gate_experiment(odd_files.one_file(files, chosen=False), SETTINGS)
    gated = gate_experiment(odd_files.one_file(files, chosen=True), SETTINGS)
    pd.testing.assert_frame_equal(gated.wells.drop(columns="fcs"), plain.wells.drop(columns="fcs"))


def test_two_swapped_wells_give_one_caution(tmp_path: Path) -> None:
    """The wells of both are in it, and both rows of the table have its code."""
    own = {"E1-dose0-1": "C1", "E1-dose100-1": "A1"}
    listed = [
        replace(tube, keywords={"wellid": own.get(tube.name, tube.well)})
        for tube in base_study.tubes(STUDY)
    ]
    gated = gate_experiment(base_study.write(tmp_path, STUDY, listed).files, SETTINGS)
    (flag,) = [one for one in gated.flags if one.code == "other_well"]
    assert flag.sentence.startswith(
        "E1: flow.csv has E1/E1-dose0-1.fcs in well A1, but the file itself says C1 ($WELLID), and "
        "E1/E1-dose100-1.fcs the other way round: the two may be swapped."
    )
    flagged = gated.wells["flags"].str.contains("other_well")
    assert set(gated.wells.loc[flagged, "fcs"]) == {f"E1/{name}.fcs" for name in own}
