"""Single stains on compensation beads: their negatives are beads."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coculture.flow import GatedExperiment, SpilloverError, check_files, gate_experiment
from coculture.flow.compensation.spillover import spillover_matrix
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, HEAVY, Tube, tubes

ALONE = {
    "single-marker": (1.0, 0.0, 0.0),
    "single-annexin": (0.0, 1.0, 0.0),
    "single-dye": (0.0, 0.0, 1.0),
}
BOTH = {"bead": 0.5, "blank_bead": 0.5}
STUDY = replace(BASE, experiments=1, wells=1, spillover=HEAVY, events_control=1000)
Gate = Callable[[Sequence[Tube]], GatedExperiment]


def stained(cells: str, kinds: dict[str, float]) -> list[Tube]:
    return [
        replace(tube, kinds=kinds, cells=cells, stains=ALONE[tube.name])
        if tube.name in ALONE
        else tube
        for tube in tubes(STUDY)
    ]


def blank() -> Tube:
    (unstained,) = (tube for tube in tubes(STUDY) if tube.name == "unstained")
    return replace(
        unstained, name="blank", cells="beads", kinds={"blank_bead": 1.0}, stains=(0.0, 0.0, 0.0)
    )


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    def gated(listed: Sequence[Tube]) -> GatedExperiment:
        written = base_study.write(tmp_path, STUDY, listed)
        assert check_files(written.files, base_study.settings()) == []
        return gate_experiment(written.files, base_study.settings())

    return gated


def assert_right(result: GatedExperiment) -> None:
    matrix = spillover_matrix(result.spillover)
    assert matrix is not None
    assert matrix.to_numpy() == pytest.approx(np.array(HEAVY), abs=0.015)


@pytest.mark.parametrize("cells", ["beads", "Beads", "myeloma", ""])
def test_negative_beads_in_the_same_tube_are_the_negative_control(gate: Gate, cells: str) -> None:
    result = gate(stained(cells, BOTH))
    assert_right(result)
    noted = [flag for flag in result.flags if flag.code == "unlabelled_beads"]
    named = cells.casefold() == "beads"
    assert [flag.severity for flag in noted] == [] if named else ["note"] * 3
    stains = result.gates["spillover"]["stains"]
    assert stains["B675-A"]["unstained"] == ["E1/single-dye.fcs"]


def test_blank_beads_are_the_negative_control(gate: Gate) -> None:
    result = gate([*stained("beads", {"bead": 1.0}), blank()])
    assert_right(result)
    stains = result.gates["spillover"]["stains"]
    assert stains["B675-A"]["unstained"] == ["E1/blank.fcs"]
    wells = result.wells.set_index("fcs")
    assert wells.loc[["E1/blank.fcs", "E1/single-dye.fcs"], "percent_apoptotic"].isna().all()


def test_stains_on_beads_need_no_unstained_cells(gate: Gate) -> None:
    assert_right(gate([tube for tube in stained("beads", BOTH) if tube.name != "unstained"]))


def test_unstained_cells_are_no_control_of_beads(tmp_path: Path) -> None:
    written = base_study.write(tmp_path, STUDY, stained("beads", {"bead": 1.0}))
    (problem,) = check_files(written.files, base_study.settings())
    assert (problem.column, problem.value) == ("fcs", "E1/single-marker.fcs")
    with pytest.raises(SpilloverError, match="has no negative beads") as caught:
        gate_experiment(written.files, base_study.settings())
    assert problem.message == str(caught.value)


def test_beads_set_no_gate(gate: Gate) -> None:
    cells_alone = {"cells", "singlets", "annexin", "viability_dye"}
    with_blank = gate([*stained("beads", BOTH), blank()]).gates["populations"]["myeloma"]
    without = gate(stained("beads", BOTH)).gates["populations"]["myeloma"]
    used = {name: with_blank[name]["controls"] for name in cells_alone}
    assert used == {name: without[name]["controls"] for name in cells_alone}
    assert not any("blank" in fcs for files in used.values() for fcs in files)


def test_single_stains_of_cells_are_not_taken_for_beads(gate: Gate) -> None:
    result = gate(tubes(STUDY))
    assert not [flag for flag in result.flags if flag.code == "unlabelled_beads"]
    stains = result.gates["spillover"]["stains"]
    assert stains["B675-A"]["unstained"] == ["E1/unstained.fcs"]
