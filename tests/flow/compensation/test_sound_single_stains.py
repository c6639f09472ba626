"""The spill that single stains give is the true one, however the cells of the tubes differ."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.flow import gate_experiment
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, BaseStudy, Tube, changed, spill, tubes

ONE = replace(BASE, experiments=1, wells=1, events_sample=1000)
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
