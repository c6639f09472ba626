"""Apoptotic cells without the dye: in an experiment, in one well, and not in sound studies."""

from dataclasses import replace
from pathlib import Path

import pytest

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating.checks.dye_missing import CODE
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, BaseStudy, Tube, changed, tubes

STUDY = replace(BASE, experiments=1, wells=2, events_sample=2000, embedded=LIGHT, controls=())
FORGOTTEN = {"stains": (1.0, 1.0, 0.0)}


def _raised(folder: Path, listed: list[Tube], study: BaseStudy = STUDY) -> list[Flag]:
    written = base_study.write(folder, study, listed)
    settings = base_study.settings(compensation={"source": "embedded"})
    flags = gate_experiment(written.files, settings).flags
    return [flag for flag in flags if flag.code == CODE]


def test_an_experiment_without_dye_is_named_once(tmp_path: Path) -> None:
    (flag,) = _raised(tmp_path, changed(tubes(STUDY), lambda tube: tube.is_sample, **FORGOTTEN))
    assert (flag.severity, flag.concerns.kind, flag.concerns.channel) == (
        "caution",
        "experiment",
        "B675-A",
    )
    assert flag.value < flag.limit == 3
    assert "percent apoptotic (early + late) is not affected" in flag.sentence


def test_a_well_without_dye_is_named_with_its_replicates(tmp_path: Path) -> None:
    name = "E1-dose100-1"
    (flag,) = _raised(tmp_path, changed(tubes(STUDY), lambda tube: tube.name == name, **FORGOTTEN))
    assert (flag.concerns.kind, flag.concerns.fcs) == ("tube", f"E1/{name}.fcs")
    assert "E1-dose100-2.fcs" in flag.sentence
    assert "E1-dose10-" not in flag.sentence


@pytest.mark.parametrize(
    "study",
    [
        replace(STUDY, percents=(5.0, 4.0, 6.0)),
        replace(STUDY, percents=(8.0, 50.0, 99.0)),
        replace(STUDY, late_share=0.08),
    ],
    ids=["inert", "all dead", "few late cells"],
)
def test_sound_wells_are_not(tmp_path: Path, study: BaseStudy) -> None:
    assert _raised(tmp_path, tubes(study), study) == []


def test_a_drug_after_which_all_cells_are_early_is_not(tmp_path: Path) -> None:
    """All wells of an arm without dye-positive cells, beside others that have them."""
    early = {"live": 0.5, "early": 0.5}
    assert (
        _raised(tmp_path, changed(tubes(STUDY), lambda tube: tube.dose == 100, kinds=early)) == []
    )
