"""Dye-positive cells without Annexin V: in one well, in an experiment, and not in sound studies."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating import stained_cells
from coculture.flow.gating.checks import annexin_missing
from coculture.flow.gating.checks.annexin_missing import CODE
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, BaseStudy, Tube, changed, tubes

STUDY = replace(BASE, experiments=1, wells=2, events_sample=2000, embedded=LIGHT, controls=())
FORGOTTEN = {"stains": (1.0, 0.0, 1.0)}


def _raised(folder: Path, listed: list[Tube], study: BaseStudy = STUDY) -> list[Flag]:
    written = base_study.write(folder, study, listed)
    settings = base_study.settings(compensation={"source": "embedded"})
    flags = gate_experiment(written.files, settings).flags
    return [flag for flag in flags if flag.code == CODE]


def test_a_well_without_annexin_is_named(tmp_path: Path) -> None:
    name = "E1-dose100-1"
    (flag,) = _raised(tmp_path, changed(tubes(STUDY), lambda tube: tube.name == name, **FORGOTTEN))
    assert flag.severity == "caution"
    assert (flag.concerns.kind, flag.concerns.fcs) == ("tube", f"E1/{name}.fcs")
    assert flag.value < flag.limit == 12
    assert "% are dye-positive" in flag.sentence


def test_a_well_far_below_its_replicates_is_named(tmp_path: Path) -> None:
    """At a hundredth some late cells are positive still; in the other wells nearly all."""
    study, name = replace(STUDY, wells=3), "E1-dose100-1"
    listed = changed(tubes(study), lambda tube: tube.name == name, stains=(1.0, 1 / 100, 1.0))
    (flag,) = _raised(tmp_path, listed, study)
    assert flag.concerns.fcs == f"E1/{name}.fcs"
    assert 12 < flag.value < flag.limit < 50


def test_arms_may_differ(tmp_path: Path) -> None:
    """A drug that leaves three necrotic cells for each late one, in all wells of its arm."""
    necrotic = {"live": 0.6, "early": 0.2, "late": 0.05, "necrotic": 0.15}
    listed = changed(tubes(STUDY), lambda tube: tube.dose == 100, kinds=necrotic)
    assert _raised(tmp_path, listed) == []


def test_an_experiment_without_annexin_is_named_once(tmp_path: Path) -> None:
    (flag,) = _raised(tmp_path, changed(tubes(STUDY), lambda tube: tube.is_sample, **FORGOTTEN))
    assert (flag.concerns.kind, flag.concerns.experiment) == ("experiment", "E1")
    assert flag.value < flag.limit == 30
    assert "that a drug does not raise it means nothing" in flag.sentence


@pytest.mark.parametrize(
    "percents", [(8.0, 35.0, 60.0), (5.0, 4.0, 6.0), (8.0, 50.0, 99.0)], ids=str
)
def test_sound_wells_are_not(tmp_path: Path, percents: tuple[float, ...]) -> None:
    """An inert drug and an all-dead dose among them."""
    study = replace(STUDY, percents=percents)
    assert _raised(tmp_path, tubes(study), study) == []


def test_the_table_says_in_which_wells_it_was_seen(tmp_path: Path) -> None:
    name = "E1-dose100-1"
    listed = changed(tubes(STUDY), lambda tube: tube.name == name, **FORGOTTEN)
    written = base_study.write(tmp_path, STUDY, listed)
    settings = base_study.settings(compensation={"source": "embedded"})
    wells = gate_experiment(written.files, settings).wells.set_index("fcs")
    assert list(wells.index[~wells["annexin_seen"]]) == [f"E1/{name}.fcs"]
    assert wells["annexin_seen"].notna().all()


def test_an_arm_without_annexin_is_named_once(tmp_path: Path) -> None:
    """At a hundredth a fifth of the late cells are positive still, and none is bright."""
    study = replace(STUDY, wells=3)
    listed = changed(tubes(study), lambda tube: tube.dose == 100, stains=(1.0, 1 / 100, 1.0))
    (flag,) = _raised(tmp_path, listed, study)
    assert (flag.severity, flag.concerns.kind, flag.concerns.arm) == ("caution", "arm", "dose 100")
    assert flag.value < flag.limit == 15
    assert "(E1/E1-dose100-1.fcs, E1/E1-dose100-2.fcs and E1/E1-dose100-3.fcs)" in flag.sentence


@pytest.mark.parametrize(("percent", "necrotic"), [(1.0, 0.015), (1.0, 0.03), (2.0, 0.03)])
def test_healthy_cells_with_some_necrotic_ones_are_not_flagged(
    tmp_path: Path, percent: float, necrotic: float
) -> None:
    study = replace(STUDY, percents=(percent,) * 3, necrotic_share=necrotic, events_sample=4000)
    assert _raised(tmp_path, tubes(study), study) == []


def test_an_arm_in_which_hardly_any_cell_dies_is_not(tmp_path: Path) -> None:
    alive = {"live": 0.97, "early": 0.002, "late": 0.001, "necrotic": 0.027}
    study = replace(STUDY, wells=3)
    listed = changed(tubes(study), lambda tube: tube.dose == 10, kinds=alive)
    assert "arm" not in {flag.concerns.kind for flag in _raised(tmp_path, listed, study)}


def test_healthy_cells_without_annexin_are(tmp_path: Path) -> None:
    study = replace(STUDY, percents=(2.0,) * 3, necrotic_share=0.03)
    listed = changed(tubes(study), lambda tube: tube.is_sample, **FORGOTTEN)
    (flag,) = _raised(tmp_path, listed, study)
    assert flag.concerns.kind == "experiment"


def test_many_dead_cells_without_annexin_are_although_others_are_stained(tmp_path: Path) -> None:
    """A drug that kills without exposing phosphatidylserine."""
    necrotic = {"live": 0.57, "early": 0.02, "late": 0.01, "necrotic": 0.4}
    listed = changed(tubes(STUDY), lambda tube: tube.dose > 0, kinds=necrotic)
    (flag,) = _raised(tmp_path, listed)
    assert flag.concerns.kind == "experiment"


def test_dying_cells_that_lose_the_marker_are_not_taken_for_unstained_ones(tmp_path: Path) -> None:
    study = replace(
        STUDY,
        late=replace(STUDY.late, marker=100.0),
        necrotic_share=0.08,
        events_sample=4000,
        controls=("unstained", "stroma"),
    )
    written = base_study.write(tmp_path, study)
    settings = base_study.settings(compensation={"source": "embedded"})
    codes = {flag.code for flag in gate_experiment(written.files, settings).flags}
    assert "population_lost" in codes
    assert CODE not in codes


@pytest.mark.parametrize(("dead", "is_healthy"), [(4, True), (5, False)])
def test_fewer_than_five_percent_are_few(
    dead: int, is_healthy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    well: Any = SimpleNamespace(counts=SimpleNamespace(cells=100), stained={})
    monkeypatch.setattr(annexin_missing, "_dead", lambda *_: dead)
    monkeypatch.setattr(stained_cells, "is_seen", lambda _: True)
    assert annexin_missing._is_healthy([well]) == is_healthy
