"""Controls are tested against the stained cells, whatever threshold they would set themselves."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coculture.flow import GatedExperiment, ThresholdError, gate_experiment
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, BaseStudy, Tube, changed, tubes

ONE = replace(BASE, experiments=1, wells=1, events_sample=3000, embedded=LIGHT)
EMBEDDED = {"compensation": {"source": "embedded"}}
STAINED = Tube("E1", "apoptotic", "sample", 1, 100, 0)
MYELOMA = Tube("E1", "myeloma", "sample", 1, 35, 0)
WORST_ERROR = 3.5


def _gated(
    folder: Path, listed: list[Tube], study: BaseStudy = ONE, **section: Any
) -> tuple[GatedExperiment, "pd.Series[float]"]:
    """The gated experiment, and the error of percent apoptotic of each sample."""
    written = base_study.write(folder, study, listed)
    gated = gate_experiment(written.files, base_study.settings(**{**EMBEDDED, **section}))
    wells = gated.wells[gated.wells["role"] == "sample"].set_index("fcs")
    return gated, wells["percent_apoptotic"] - written.truth["percent"].reindex(wells.index)


def _failed(gated: GatedExperiment) -> dict[tuple[str, str], str]:
    """Tube and gate -> what the tube looks like, of every control that failed."""
    (blocks,) = gated.gates["populations"].values()
    return {
        (Path(one["fcs"]).stem, gate): one["looks_like"]
        for gate, block in blocks.items()
        for one in block.get("failed_controls", ())
    }


def _with(name: str, **fields: Any) -> list[Tube]:
    return changed(tubes(ONE), lambda tube: tube.name == name, **fields)


@pytest.mark.parametrize(
    ("name", "share", "carried", "failed"),
    [
        ("unstained", 0.02, STAINED, {"annexin", "viability_dye"}),
        ("unstained", 0.2, STAINED, {"annexin", "viability_dye"}),
        ("fmo-annexin", 0.02, STAINED, {"annexin"}),
        ("stroma", 0.03, MYELOMA, {base_study.MARKER}),
    ],
)
def test_a_contaminated_control_is_named_and_changes_nothing(
    tmp_path: Path, name: str, share: float, carried: Tube, failed: set[str]
) -> None:
    listed = _with(name, carried_share=share, carried_from=carried)
    gated, errors = _gated(tmp_path, listed)
    assert set(_failed(gated)) == {(name, gate) for gate in failed}
    assert errors.abs().max() < WORST_ERROR
    raised = [flag for flag in gated.flags if flag.severity != "note"]
    assert {flag.code for flag in raised} == {"failed_control"}
    assert {flag.concerns.fcs for flag in raised} == {f"E1/{name}.fcs"}
    assert len(raised) == len(failed)


@pytest.mark.parametrize("asked", [{}, {"thresholds": {"annexin": "fmo", "viability_dye": "fmo"}}])
def test_swapped_tubes_name_each_other(tmp_path: Path, asked: dict[str, Any]) -> None:
    stains = {"fmo-annexin": (1.0, 1.0, 0.0), "fmo-dye": (1.0, 0.0, 1.0)}
    listed = [replace(tube, stains=stains.get(tube.name, tube.stains)) for tube in tubes(ONE)]
    gated, errors = _gated(tmp_path, listed, **asked)
    assert _failed(gated) == {
        ("fmo-annexin", "annexin"): "swapped",
        ("fmo-dye", "viability_dye"): "swapped",
    }
    assert errors.abs().max() < WORST_ERROR
    sentences = {flag.concerns.fcs: flag.sentence for flag in gated.flags}
    assert "swapped with E1/fmo-dye.fcs" in sentences["E1/fmo-annexin.fcs"]
    assert "swapped with E1/fmo-annexin.fcs" in sentences["E1/fmo-dye.fcs"]


def test_a_tube_with_every_stain_is_no_control(tmp_path: Path) -> None:
    gated, errors = _gated(tmp_path, _with("fmo-annexin", stains=(1.0, 1.0, 1.0)))
    assert _failed(gated) == {("fmo-annexin", "annexin"): "full_stain"}
    assert errors.abs().max() < WORST_ERROR
    block = next(iter(gated.gates["populations"].values()))["annexin"]
    assert "E1/fmo-annexin.fcs" not in block["controls"]


def test_a_stained_control_that_was_asked_for_is_replaced_by_the_next_source(
    tmp_path: Path,
) -> None:
    listed = _with("unstained", stains=(1.0, 1.0, 1.0), percent=60)
    asked: dict[str, Any] = {"thresholds": {"annexin": "unstained"}}
    gated, errors = _gated(tmp_path, listed, **asked)
    assert _failed(gated)["unstained", "annexin"] == "full_stain"
    block = next(iter(gated.gates["populations"].values()))["annexin"]
    assert block["source"] == "live_peak"
    assert errors.abs().max() < WORST_ERROR


def test_clean_controls_pass(tmp_path: Path) -> None:
    gated, _ = _gated(tmp_path, tubes(ONE))
    assert _failed(gated) == {}
    assert all("failed_controls" not in one for one in _blocks(gated))


def _blocks(gated: GatedExperiment) -> list[dict[str, Any]]:
    return [block for of_one in gated.gates["populations"].values() for block in of_one.values()]


def test_where_nothing_is_dead_nothing_can_be_said(tmp_path: Path) -> None:
    """Without positive cells, a swapped control is as negative as a right one."""
    alive = replace(ONE, percents=(0.0, 0.0, 0.0), necrotic_share=0.0, stroma_dying=0.0)
    alive = replace(alive, controls=("unstained", "stroma", "fmo-annexin", "fmo-dye"))
    gated, _ = _gated(tmp_path, tubes(alive), alive)
    assert _failed(gated) == {}


def test_only_a_failed_control_of_the_source_asked_for_brings_another(tmp_path: Path) -> None:
    study = replace(ONE, controls=("unstained", "stroma"))
    listed = changed(
        tubes(study), lambda tube: tube.name == "unstained", carried_share=0.5, carried_from=STAINED
    )
    with pytest.raises(ThresholdError, match="lacks what 'fmo'"):
        _gated(tmp_path, listed, study, thresholds={"annexin": "fmo"})
