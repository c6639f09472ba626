"""A well in which few cells are inside the population's gate."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating.checks.replicate_population import CODE
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, BaseStudy, Tube, changed, tubes

STUDY = replace(
    BASE,
    experiments=1,
    events_sample=2000,
    events_control=1000,
    embedded=LIGHT,
    is_reporter=False,
    controls=("unstained", "stroma"),
)


def one(tube: Tube) -> bool:
    return tube.name == "E1-dose100-1"


def raised(
    folder: Path, listed: Sequence[Tube], study: BaseStudy = STUDY, **section: Any
) -> list[Flag]:
    written = base_study.write(folder, study, listed)
    settings = base_study.settings(compensation={"source": "embedded"}, **section)
    return [flag for flag in gate_experiment(written.files, settings).flags if flag.code == CODE]


def test_a_weak_marker_names_the_well_and_both_shares(tmp_path: Path) -> None:
    (flag,) = raised(tmp_path, changed(tubes(STUDY), one, stains=(1 / 8, 1.0, 1.0)))
    assert (flag.severity, flag.concerns.kind) == ("caution", "tube")
    assert (flag.concerns.fcs, flag.concerns.channel) == ("E1/E1-dose100-1.fcs", "B530-A")
    assert flag.value < 0.2
    assert flag.limit == 0.5
    assert "(GFP), in E1/E1-dose100-2.fcs and E1/E1-dose100-3.fcs of the same arm" in flag.sentence


def test_so_does_a_low_gain(tmp_path: Path) -> None:
    listed = changed(tubes(STUDY), one, gain=(0.12, 0.12, 0.12))
    assert [flag.concerns.fcs for flag in raised(tmp_path, listed)] == ["E1/E1-dose100-1.fcs"]


def test_of_two_wells_neither_is_said_to_be_right(tmp_path: Path) -> None:
    study = replace(STUDY, wells=2)
    (flag,) = raised(tmp_path, changed(tubes(study), one, stains=(1 / 8, 1.0, 1.0)), study)
    assert flag.limit == 0.35
    assert "cannot be said which is wrong" in flag.sentence


def test_wells_with_other_shares_of_stroma_are_not_flagged(tmp_path: Path) -> None:
    """Sound wells; a drug that takes most cells of an arm; a well with twice the stroma."""
    assert raised(tmp_path, tubes(STUDY)) == []
    assert raised(tmp_path, changed(tubes(STUDY), lambda t: t.dose == 100, stroma=0.8)) == []
    assert raised(tmp_path, changed(tubes(STUDY), one, stroma=0.5)) == []


def test_a_few_cells_or_no_marker_say_nothing(tmp_path: Path) -> None:
    few = changed(tubes(STUDY), one, stains=(1 / 8, 1.0, 1.0), events=12)
    assert raised(tmp_path, few) == []
    weak = changed(tubes(STUDY), one, stains=(1 / 8, 1.0, 1.0))
    assert raised(tmp_path, weak, populations=[]) == []
