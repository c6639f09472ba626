"""A marker that the population lacks, and a control of cells that have it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coculture.flow import GatedExperiment, gate_experiment
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, BaseStudy, Tube, changed, tubes

MARKER = base_study.MARKER
WORST_ERROR = 3.5


def _study(bright: float) -> BaseStudy:
    """Stroma has an antibody's marker, and the cells do not."""
    return replace(
        BASE,
        experiments=1,
        wells=1,
        events_sample=3000,
        embedded=LIGHT,
        is_reporter=False,
        controls=("unstained", "stroma"),
        live=replace(BASE.live, marker=20),
        early=replace(BASE.early, marker=30),
        late=replace(BASE.late, marker=60),
        necrotic=replace(BASE.necrotic, marker=60),
        stroma=replace(BASE.stroma, marker=bright),
        dying_stroma=replace(BASE.dying_stroma, marker=0.5 * bright),
    )


def _gated(
    folder: Path, study: BaseStudy, listed: list[Tube]
) -> tuple[GatedExperiment, "pd.Series[float]"]:
    lacking = [{"name": "myeloma", "markers": [{"channel": MARKER, "positive": False}]}]
    settings: dict[str, Any] = {"compensation": {"source": "embedded"}, "populations": lacking}
    written = base_study.write(folder, study, listed)
    gated = gate_experiment(written.files, base_study.settings(**settings))
    wells = gated.wells[gated.wells["role"] == "sample"].set_index("fcs")
    return gated, wells["percent_apoptotic"] - written.truth["percent"].reindex(wells.index)


@pytest.mark.parametrize("bright", [20_000.0, 2000.0])
def test_the_population_is_below_the_control(tmp_path: Path, bright: float) -> None:
    study = _study(bright)
    listed = changed(tubes(study), lambda tube: tube.name == "stroma", stains=(1.0, 0.0, 0.0))
    gated, errors = _gated(tmp_path, study, listed)
    assert gated.gates["populations"]["myeloma"][MARKER]["source"] == "bright_control"
    assert errors.abs().max() < WORST_ERROR


def test_a_control_for_another_marker_is_not_used(tmp_path: Path) -> None:
    """`channel` says which marker a population_negative control is for."""
    study = _study(8000)
    listed = changed(
        tubes(study),
        lambda tube: tube.name == "stroma",
        stains=(1.0, 0.0, 0.0),
        channel=base_study.DYE,
    )
    gated, _ = _gated(tmp_path, study, listed)
    assert gated.gates["populations"]["myeloma"][MARKER]["source"] != "bright_control"


def test_a_control_that_lacks_the_marker_too_is_taken_as_before(tmp_path: Path) -> None:
    study = replace(_study(8000), controls=("unstained", "stroma"))
    listed = changed(
        tubes(study), lambda tube: tube.name == "stroma", stroma=0.0, stains=(0.0, 0.0, 0.0)
    )
    gated, _ = _gated(tmp_path, study, listed)
    assert gated.gates["populations"]["myeloma"][MARKER]["source"] == "population_negative"
