"""Cells without the marker that shine into its gate: in all samples, or with a drug."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating.checks.marker_background import CODE
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, BaseStudy, Tube, changed, tubes

STUDY = replace(
    BASE,
    experiments=1,
    wells=2,
    events_sample=3000,
    events_control=1500,
    embedded=LIGHT,
    controls=("unstained", "stroma"),
)


def raised(
    folder: Path, listed: Sequence[Tube] | None = None, study: BaseStudy = STUDY
) -> list[Flag]:
    written = base_study.write(folder, study, listed)
    settings = base_study.settings(compensation={"source": "embedded"})
    return [flag for flag in gate_experiment(written.files, settings).flags if flag.code == CODE]


def test_samples_brighter_than_the_control_name_the_marker(tmp_path: Path) -> None:
    listed = changed(tubes(STUDY), lambda tube: tube.is_sample, autofluorescence=4.0)
    (flag,) = raised(tmp_path, listed)
    assert (flag.severity, flag.concerns.kind, flag.concerns.channel) == (
        "caution",
        "gate",
        "B530-A",
    )
    assert flag.value == pytest.approx(0.2, abs=0.05)
    assert "and 2 more of 3 arms" in flag.sentence
    assert "in the control without the marker at 2" in flag.sentence


def test_a_drug_that_shines_is_compared_with_the_untreated_wells(tmp_path: Path) -> None:
    listed = changed(tubes(STUDY), lambda tube: tube.dose == 100, light=(1000.0, 0.0, 0.0))
    (flag,) = raised(tmp_path, listed)
    assert "E1, dose 100: " in flag.sentence
    assert "in untreated wells at 2" in flag.sentence
    assert "The drug may fluoresce" in flag.sentence


def test_so_is_one_where_there_is_no_control(tmp_path: Path) -> None:
    study = replace(STUDY, controls=("unstained",))
    listed = changed(tubes(study), lambda tube: tube.dose > 0, light=(1000.0, 0.0, 0.0))
    (flag,) = raised(tmp_path, listed, study)
    assert "and 1 more of 3 arms" in flag.sentence


@pytest.mark.parametrize(
    "study",
    [
        STUDY,
        replace(STUDY, stroma_share=0.0),
        replace(STUDY, stroma_share=0.4, percents=(45.0, 55.0, 70.0)),
        replace(STUDY, live=replace(STUDY.live, marker=2000.0), stroma_share=0.4),
        replace(STUDY, percents=(8.0, 50.0, 98.0)),
    ],
    ids=["base", "no stroma", "primary cells", "dimmer marker", "all dead"],
)
def test_sound_wells_are_not_flagged(tmp_path: Path, study: BaseStudy) -> None:
    assert raised(tmp_path, study=study) == []


def test_dying_cells_that_lose_some_of_the_marker_are_not_taken_for_others(tmp_path: Path) -> None:
    """A peak of their own inside the gate, and stroma that is where it was."""
    late = replace(STUDY.late, marker=800.0)
    assert raised(tmp_path, study=replace(STUDY, late=late)) == []
    # Without stroma it is the lowest peak, of treated wells alone.
    assert raised(tmp_path, study=replace(STUDY, late=late, stroma_share=0.0)) == []


def test_a_little_more_light_than_the_gate_allows_for_is_none(tmp_path: Path) -> None:
    listed = changed(tubes(STUDY), lambda tube: tube.is_sample, autofluorescence=1.3)
    assert raised(tmp_path, listed) == []
