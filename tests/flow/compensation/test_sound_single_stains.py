"""The spill that single stains give is the true one, however the cells of the tubes differ."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.flow import gate_experiment
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, BaseStudy, Tube, changed, spill, tubes

ONE = replace(BASE, experiments=1, wells=1, events_sample=1000)
ANTIBODY = replace(ONE, is_reporter=False)
"""Each single stain has only its own stain: the marker is no reporter."""
FEW = 0.02
"""How far an estimate from 3,000 events may be from the truth."""


def _matrix(folder: Path, study: BaseStudy, listed: list[Tube]) -> pd.DataFrame:
    written = base_study.write(folder, study, listed)
    return gate_experiment(written.files, base_study.settings()).spillover.set_index("stain")


def test_live_cells_that_bind_annexin_do_not_count(tmp_path: Path) -> None:
    """They are brighter than the unstained cells, but other channels differ for other reasons."""
    spilled = spill(0.05, 0.02, 0.1)
    live = replace(BASE.live, annexin=250)
    study = replace(ONE, live=live, single_stain_percent=25, spillover=spilled)
    brighter = (1.15, 1.0, 0.0)
    listed = changed(tubes(study), lambda tube: tube.name == "single-annexin", stains=brighter)
    matrix = _matrix(tmp_path, study, listed)
    assert matrix.to_numpy() == pytest.approx(np.array(spilled), abs=FEW)


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_a_reporter_that_differs_between_tubes_is_no_spill(tmp_path: Path, share: float) -> None:
    """Unstained cells with stroma among them have less of the reporter than stained ones."""
    listed = changed(tubes(ONE), lambda tube: tube.name == "unstained", stroma=share)
    matrix = _matrix(tmp_path, ONE, listed)
    assert matrix["B530-A"].to_numpy() == pytest.approx([1, 0, 0], abs=FEW)


OTHER_CELLS: dict[str, tuple[BaseStudy, str, dict[str, Any]]] = {
    "unstained without the reporter": (ONE, "unstained", {"stains": (0.0, 0.0, 0.0)}),
    "a tenth of the reporter": (ONE, "unstained", {"stains": (0.1, 0.0, 0.0)}),
    "unstained is stroma": (ONE, "unstained", {"stroma": 1.0, "cells": ""}),
    "unstained is debris": (ONE, "unstained", {"kinds": {"debris": 1.0}}),
    "marker in the Annexin tube": (ANTIBODY, "single-annexin", {"stains": (1.0, 1.0, 0.0)}),
    "marker in the dye tube": (ANTIBODY, "single-dye", {"stains": (1.0, 0.0, 1.0)}),
}


@pytest.mark.parametrize("case", OTHER_CELLS)
def test_a_marker_that_the_unstained_tube_lacks_is_no_spill(tmp_path: Path, case: str) -> None:
    study, name, fields = OTHER_CELLS[case]
    matrix = _matrix(tmp_path, study, changed(tubes(study), lambda one: one.name == name, **fields))
    assert matrix["B530-A"].to_numpy() == pytest.approx([1, 0, 0], abs=FEW)


def test_spill_into_a_marker_is_found(tmp_path: Path) -> None:
    spilled = ((1.0, 0.0, 0.0), (0.1, 1.0, 0.0), (0.2, 0.0, 1.0))
    study = replace(ANTIBODY, spillover=spilled)
    matrix = _matrix(tmp_path, study, tubes(study))
    assert matrix.to_numpy() == pytest.approx(np.array(spilled), abs=FEW)


def test_another_stain_in_the_tube_is_left_out(tmp_path: Path) -> None:
    """The dye's tube is fully stained: Annexin V then is 0.8 of the dye where 0.1 spills."""
    listed = changed(tubes(ONE), lambda one: one.name == "single-dye", stains=(1.0, 1.0, 1.0))
    result = gate_experiment(base_study.write(tmp_path, ONE, listed).files, base_study.settings())
    matrix = result.spillover.set_index("stain")
    assert matrix["R660-A"].to_numpy() == pytest.approx([0, 1, 0.1], abs=0.2)
    stains = result.gates["spillover"]["stains"]
    assert stains["B675-A"]["within_tube"] == ["R660-A"]
    assert not any("within_tube" in stains[name] for name in ("B530-A", "R660-A"))
