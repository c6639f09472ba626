"""Weak stains: in an experiment beside its single stain, in a well; not where little is lost."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating.checks import replicate_staining
from coculture.flow.gating.checks.weak_stain import CODE
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, Tube, changed, tubes

STUDY = replace(
    BASE,
    experiments=1,
    doses=(0.0, 100.0),
    percents=(8.0, 60.0),
    events_sample=2500,
    embedded=LIGHT,
    controls=("single-annexin", "single-dye"),
)
Raised = Callable[[list[Tube]], list[Flag]]


@pytest.fixture
def raised(tmp_path: Path) -> Raised:
    """The flags of this check, and cautions that blame the other wells, for these tubes."""

    def gated(listed: list[Tube]) -> list[Flag]:
        written = base_study.write(tmp_path, STUDY, listed)
        settings = base_study.settings(compensation={"source": "embedded"})
        flags = gate_experiment(written.files, settings).flags
        return [flag for flag in flags if flag.code in (CODE, replicate_staining.CODE)]

    return gated


def weaker(part: float, wanted: Callable[[Tube], bool], place: int = 1) -> list[Tube]:
    stains = [1.0, 1.0, 1.0]
    stains[place] = 1 / part
    return changed(tubes(STUDY), wanted, stains=(stains[0], stains[1], stains[2]))


def is_sample(tube: Tube) -> bool:
    return tube.is_sample


def is_one(tube: Tube) -> bool:
    return tube.name == "E1-dose100-1"


def test_all_wells_are_compared_with_the_single_stain(raised: Raised) -> None:
    (flag,) = raised(weaker(20, is_sample))
    assert (flag.code, flag.severity) == (CODE, "caution")
    assert (flag.concerns.kind, flag.concerns.channel) == ("experiment", "R660-A")
    assert flag.value > flag.limit
    assert "than those of E1/single-annexin.fcs" in flag.sentence
    times = float(flag.sentence.split(" times dimmer")[0].split()[-1])
    assert times == pytest.approx(20, rel=0.15)


def test_one_well_is_named_and_its_replicates_are_not(raised: Raised) -> None:
    (flag,) = raised(weaker(20, is_one))
    assert (flag.code, flag.severity) == (CODE, "caution")
    assert (flag.concerns.kind, flag.concerns.fcs) == ("tube", "E1/E1-dose100-1.fcs")


def test_wells_are_compared_with_each_other_without_single_stains(raised: Raised) -> None:
    listed = [tube for tube in weaker(25, is_one) if tube.is_sample]
    (flag,) = raised(listed)
    assert (flag.code, flag.severity, flag.concerns.fcs) == (CODE, "caution", "E1/E1-dose100-1.fcs")
    assert "E1-dose100-2.fcs" in flag.sentence or "E1-dose0-1.fcs" in flag.sentence


def test_a_fifth_of_the_stain_is_a_note(raised: Raised) -> None:
    (flag,) = raised(weaker(5, is_sample))
    assert (flag.code, flag.severity) == (CODE, "note")
    assert 0 < flag.value < flag.limit


def test_a_weak_dye_that_loses_nothing_is_a_note(raised: Raised) -> None:
    (flag,) = raised(weaker(10, is_sample, place=2))
    assert (flag.code, flag.severity, flag.concerns.channel) == (CODE, "note", "B675-A")
    assert "too low by less than 0.1 percentage points" in flag.sentence


def test_sound_wells_and_other_cells_in_the_single_stain_raise_none(raised: Raised) -> None:
    assert raised(tubes(STUDY)) == []
    others = changed(
        tubes(STUDY),
        lambda tube: tube.role == "single_stain",
        cells="blood",
        stains=(1.0, 20.0, 0.0),
    )
    assert raised(others) == []


def test_a_drug_that_fluoresces_is_no_weak_stain(raised: Raised) -> None:
    """Live cells above the threshold are dim, and no stained cells: they did not shrink."""
    shining = changed(tubes(STUDY), lambda tube: tube.dose > 0, autofluorescence=10.0, percent=20.0)
    assert raised(shining) == []


def test_a_stain_that_is_weak_and_loses_nothing_has_no_number_like_1e_149(raised: Raised) -> None:
    (flag,) = raised(weaker(4, is_sample, place=2))
    assert flag.severity == "note"
    assert "is too low by less than 0.1 percentage points in E1" in flag.sentence
    assert 0 <= flag.value < 0.1
    assert round(flag.value, 2) == flag.value
