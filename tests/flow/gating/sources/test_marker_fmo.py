"""FMO controls of markers: which threshold they set, and when they are not used."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coculture.flow import GatedExperiment, gate_experiment
from coculture.flow.gating.sources import marker_fmo
from coculture.flow.gating.sources.threshold import Request
from tests.flow.gating.sources.conftest import Pooled
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, MARKER, BaseStudy, Tube, tubes

CHANNEL = "FL1-A"
ONE = replace(
    BASE,
    experiments=1,
    wells=1,
    events_sample=3000,
    is_reporter=False,
    embedded=LIGHT,
    controls=("unstained", "fmo-annexin", "fmo-dye", "fmo-marker"),
)
EMBEDDED = {"compensation": {"source": "embedded"}}


def _listed(study: BaseStudy, **fields: Any) -> list[Tube]:
    """The tubes with an antibody in place of the reporter; fields of the marker's FMO replaced."""
    return [
        replace(tube, **fields)
        if tube.name == "fmo-marker"
        else replace(tube, stains=(1.0, *tube.stains[1:]))
        if tube.is_sample or tube.name in ("fmo-annexin", "fmo-dye")
        else tube
        for tube in tubes(study)
    ]


def _gated(
    folder: Path, study: BaseStudy, listed: list[Tube], **section: Any
) -> tuple[GatedExperiment, float]:
    """The gated experiment and the largest error of percent apoptotic."""
    written = base_study.write(folder, study, listed)
    gated = gate_experiment(written.files, base_study.settings(**{**EMBEDDED, **section}))
    wells = gated.wells[gated.wells["role"] == "sample"].set_index("fcs")
    errors = wells["percent_apoptotic"] - written.truth["percent"].reindex(wells.index)
    return gated, float(errors.abs().max())


def _block(gated: GatedExperiment, marker: str = MARKER) -> dict[str, Any]:
    (blocks,) = gated.gates["populations"].values()
    return dict(blocks[marker])


def test_the_fmo_control_of_the_marker_sets_its_threshold(tmp_path: Path) -> None:
    gated, error = _gated(tmp_path, ONE, _listed(ONE))
    assert _block(gated)["source"] == "marker_fmo"
    assert _block(gated)["controls"] == ["E1/fmo-marker.fcs"]
    assert error < 2
    assert {flag.code for flag in gated.flags if flag.severity != "note"} == set()


def test_cells_without_the_marker_come_first(tmp_path: Path) -> None:
    study = replace(ONE, controls=(*ONE.controls, "stroma"))
    gated, _ = _gated(tmp_path, study, _listed(study))
    assert _block(gated)["source"] == "population_negative"


def test_of_a_marker_that_the_population_lacks_it_shows_the_dim_side(tmp_path: Path) -> None:
    lacking = {
        kind: replace(getattr(ONE, kind), marker=0.0)
        for kind in ("live", "early", "late", "necrotic")
    }
    study = replace(
        ONE,
        **lacking,
        stroma=replace(ONE.stroma, marker=6000.0),
        dying_stroma=replace(ONE.dying_stroma, marker=3000.0),
    )
    negative = [{"name": "myeloma", "markers": [{"channel": MARKER, "positive": False}]}]
    gated, error = _gated(tmp_path, study, _listed(study), populations=negative)
    assert (_block(gated)["source"], _block(gated)["keep"]) == ("marker_fmo", "below")
    assert error < 2


@pytest.mark.parametrize(
    ("fields", "looks_like", "source"),
    [
        ({"stains": (1.0, 1.0, 1.0)}, "full_stain", "pooled"),
        ({"stains": (1.0, 0.0, 1.0)}, "swapped", "pooled"),
        (
            {"carried_share": 0.03, "carried_from": Tube("E1", "m", "sample", 1, 35, 0)},
            "carry_over",
            "marker_fmo",
        ),
    ],
)
def test_it_is_tested_before_it_is_trusted(
    tmp_path: Path, fields: dict[str, Any], looks_like: str, source: str
) -> None:
    gated, error = _gated(tmp_path, ONE, _listed(ONE, **fields))
    assert _block(gated)["source"] == source
    (failed,) = _block(gated)["failed_controls"]
    assert (failed["fcs"], failed["looks_like"]) == ("E1/fmo-marker.fcs", looks_like)
    assert failed["partner"] == ("E1/fmo-annexin.fcs" if looks_like == "swapped" else "")
    assert error < 2
    assert "failed_control" in {flag.code for flag in gated.flags}


def test_an_fmo_control_of_annexin_can_be_swapped_with_it(tmp_path: Path) -> None:
    listed = [
        replace(tube, stains=(0.0, 1.0, 1.0)) if tube.name == "fmo-annexin" else tube
        for tube in _listed(ONE, stains=(1.0, 0.0, 1.0))
    ]
    gated, _ = _gated(tmp_path, ONE, listed)
    (failed,) = _block(gated, "annexin")["failed_controls"]
    assert failed["partner"] == "E1/fmo-marker.fcs"


def test_where_spill_is_not_corrected_it_sets_nothing(tmp_path: Path) -> None:
    study = replace(ONE, embedded=None)
    gated, _ = _gated(tmp_path, study, _listed(study), compensation={"source": "none"})
    assert _block(gated)["source"] == "pooled"
    (note,) = [flag for flag in gated.flags if flag.concerns.fcs == "E1/fmo-marker.fcs"]
    assert (note.code, note.severity) == ("fmo_not_used", "note")
    assert MARKER in note.sentence


def test_only_the_control_of_this_marker_counts(pooled: Pooled) -> None:
    rng = np.random.default_rng(1)
    own = pooled("fmo", "own.fcs", CHANNEL, rng.normal(100, 10, 500), CHANNEL)
    other = pooled("fmo", "other.fcs", CHANNEL, rng.normal(9000, 10, 500), "FL2-A")
    request = Request("CD138", CHANNEL, own.tube.panel, [own, other], [own, other], is_marker=True)
    found = marker_fmo.find(request)
    assert found is not None
    assert found.value == pytest.approx(float(np.percentile(own.values(CHANNEL), 99.5)))
    assert marker_fmo.find(replace(request, is_compensated=False)) is None
    assert marker_fmo.find(replace(request, channel="FL3-A")) is None
