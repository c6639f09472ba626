"""The spillover matrix of an experiment, from every source."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.flow import (
    FlowSettings,
    SpilloverError,
    check_files,
    gate_experiment,
    read_fcs,
)
from coculture.simulate.parameters import Cytometer
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, MARKER, Tube, changed, tubes

Settings = Callable[..., FlowSettings]


@pytest.mark.parametrize("source", ["single_stains", "embedded", "csv", "none"])
def test_every_source_of_the_spillover(
    files: pd.DataFrame, myeloma_settings: Settings, source: str, tmp_path: Path
) -> None:
    embedded = read_fcs(files["path"].iloc[-1]).spillover
    assert embedded is not None
    embedded.to_csv(tmp_path / "matrix.csv")
    compensation = {"source": source, "file": str(tmp_path / "matrix.csv")}
    gated = gate_experiment(files, myeloma_settings(compensation=compensation))
    assert gated.gates["spillover"]["source"] == source
    if source == "none":
        assert gated.spillover.empty
    else:
        true = np.array(Cytometer().spillover)
        np.testing.assert_allclose(gated.spillover.set_index("stain"), true, atol=0.025)


def test_gfp_cells_are_no_control_for_the_gfp_stain(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    stains = gate_experiment(files, myeloma_settings()).gates["spillover"]["stains"]
    assert stains["B530-A"]["unstained"] == ["flow/E1/E1-stroma-alone.fcs"]
    assert stains["R660-A"]["unstained"] == ["flow/E1/E1-unstained-control.fcs"]


def test_missing_controls_stop_with_a_reason(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    with pytest.raises(SpilloverError, match="has no single stains"):
        gate_experiment(files[files["role"] != "single_stain"], myeloma_settings())
    (problem,) = check_files(files[files["role"] != "single_stain"], myeloma_settings())
    assert (problem.column, problem.value) == ("experiment", "E1")
    assert "lacks a single stain" in problem.message


BASE_OF_ONE = replace(BASE, experiments=1, wells=1, events_sample=3000)
SINGLE_STAINS = ("single-annexin", "single-dye")
MYELOMA = Tube("E1", "myeloma", "sample", 1, 35, 0)
APOPTOTIC = Tube("E1", "apoptotic", "sample", 1, 100, 0)


@pytest.mark.parametrize(
    ("name", "carried", "channel"),
    [("stroma", MYELOMA, "B530-A"), ("unstained", APOPTOTIC, "R660-A")],
)
def test_cells_carried_over_into_a_control_change_no_coefficient(
    tmp_path: Path, name: str, carried: Tube, channel: str
) -> None:
    """A tenth of the control is stained; its 99.5th percentile is among the stained cells."""
    controls = BASE_OF_ONE.controls if name == "stroma" else ("unstained", *SINGLE_STAINS)
    study = replace(BASE_OF_ONE, controls=controls)
    listed = changed(
        tubes(study), lambda tube: tube.name == name, carried_share=0.1, carried_from=carried
    )
    section: dict[str, Any] = {} if name == "stroma" else {"populations": []}
    gated = gate_experiment(
        base_study.write(tmp_path, study, listed).files, base_study.settings(**section)
    )
    assert gated.gates["spillover"]["stains"][channel]["unstained"] == [f"E1/{name}.fcs"]
    found = gated.spillover.set_index("stain")
    true = pd.DataFrame(np.array(LIGHT), index=study.detectors, columns=study.detectors)
    np.testing.assert_allclose(found, true.loc[found.index, found.columns], atol=0.025)
    assert {flag.concerns.fcs for flag in gated.flags if flag.code == "failed_control"} == {
        f"E1/{name}.fcs"
    }


def test_a_control_that_has_the_marker_is_named_in_place_of_the_single_stain(
    tmp_path: Path,
) -> None:
    listed = changed(
        tubes(BASE_OF_ONE), lambda tube: tube.name == "stroma", stroma=0.0, percent=35.0
    )
    files = base_study.write(tmp_path, BASE_OF_ONE, listed).files
    with pytest.raises(SpilloverError, match=r"E1/stroma\.fcs \(population_negative\) should lack"):
        gate_experiment(files, base_study.settings())


def test_a_stain_of_a_marker_that_the_population_lacks_needs_other_cells(tmp_path: Path) -> None:
    """Stroma alone has such a marker: it is not asked to lack it."""
    study = replace(
        BASE_OF_ONE,
        is_reporter=False,
        **{
            kind: replace(getattr(BASE, kind), marker=0.0)
            for kind in ("live", "early", "late", "necrotic", "debris")
        },
        stroma=replace(BASE.stroma, marker=8000),
    )
    listed = changed(tubes(study), lambda tube: tube.name == "stroma", stains=(1.0, 0.0, 0.0))
    negative = [{"name": "myeloma", "markers": [{"channel": MARKER, "positive": False}]}]
    files = base_study.write(tmp_path, study, listed).files
    with pytest.raises(SpilloverError, match="has this marker with positive: false") as caught:
        gate_experiment(files, base_study.settings(populations=negative))
    assert caught.value.fcs == "E1/single-marker.fcs"
    assert "should lack" not in str(caught.value)
