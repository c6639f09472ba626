"""A well whose own threshold says something else than that of its replicates."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating.checks import wells_compared
from coculture.flow.gating.checks.replicate_threshold import CODE
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, Tube, changed, tubes

STUDY = replace(
    BASE,
    experiments=1,
    doses=(0.0, 100.0),
    percents=(8.0, 60.0),
    events_sample=3000,
    embedded=LIGHT,
    controls=("unstained", "stroma"),
)
OTHERS = {"live_peak_moved", "replicate_gain", "replicate_staining"}
Raised = Callable[..., list[Flag]]


@pytest.fixture
def raised(tmp_path: Path) -> Raised:
    """The flags of this check, none of which names a well that another check names."""

    def gated(listed: Sequence[Tube] | None = None, **section: Any) -> list[Flag]:
        written = base_study.write(tmp_path, STUDY, listed or tubes(STUDY))
        settings = base_study.settings(compensation={"source": "embedded"}, **section)
        flags = gate_experiment(written.files, settings).flags
        found = [flag for flag in flags if flag.code == CODE]
        elsewhere = {flag.concerns.fcs for flag in flags if flag.code in OTHERS} - {""}
        assert elsewhere.isdisjoint(flag.concerns.fcs for flag in found)
        return found

    return gated


def one(tube: Tube) -> bool:
    return tube.name == "E1-dose0-3"


def test_sound_wells_are_not_flagged(raised: Raised) -> None:
    assert raised() == []


def test_a_gain_that_moves_the_percent_names_the_well_and_both_percents(raised: Raised) -> None:
    (flag,) = raised(changed(tubes(STUDY), one, gain=(1.0, 1.5, 1.0)))
    assert (flag.severity, flag.concerns.kind) == ("caution", "tube")
    assert (flag.concerns.fcs, flag.concerns.channel) == ("E1/E1-dose0-3.fcs", "R660-A")
    assert flag.value > flag.limit == 3
    assert "the voltage or gain, or the staining, differs" in flag.sentence


def test_autofluorescence_of_one_well_is_told_from_gain(raised: Raised) -> None:
    (flag,) = raised(changed(tubes(STUDY), one, light=(0.0, 55.0, 0.0)))
    assert flag.concerns.fcs == "E1/E1-dose0-3.fcs"
    assert "its autofluorescence differs" in flag.sentence


def test_the_well_is_named_that_differs_from_most_of_its_arm(raised: Raised) -> None:
    others = changed(
        tubes(STUDY),
        lambda tube: tube.dose == 0 and not one(tube),
        light=(0.0, 60.0, 0.0),
    )
    assert [flag.concerns.fcs for flag in raised(others)] == ["E1/E1-dose0-3.fcs"]


def test_a_whole_arm_is_left_to_the_other_checks(raised: Raised) -> None:
    shining = changed(tubes(STUDY), lambda tube: tube.dose > 0, light=(0.0, 80.0, 0.0))
    assert raised(shining) == []


def test_a_well_that_another_check_names_is_not_named_again(raised: Raised) -> None:
    """By its gain, its autofluorescence, or its staining."""
    for fields in (
        {"gain": (1.0, 4.0, 1.0)},
        {"light": (0.0, 300.0, 0.0)},
        {"stains": (1.0, 4.0, 1.0)},
    ):
        assert raised(changed(tubes(STUDY), one, **fields)) == []


def test_of_two_wells_nothing_is_said(raised: Raised) -> None:
    gain = changed(tubes(STUDY), one, gain=(1.0, 1.7, 1.0))
    assert raised([tube for tube in gain if tube.name != "E1-dose0-1"]) == []


def test_a_peak_that_did_not_move_is_not_to_blame(
    raised: Raised, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the well's own threshold is placed badly."""
    monkeypatch.setattr(wells_compared, "shift", lambda *_: 0.59)
    gain = changed(tubes(STUDY), one, gain=(1.0, 1.5, 1.0))
    assert raised(gain) == []
    monkeypatch.setattr(wells_compared, "shift", lambda *_: 0.61)
    assert len(raised(gain)) == 1


def test_without_a_marker_it_is_a_note(raised: Raised) -> None:
    """Although here no other cells are among them."""
    gain = changed(tubes(replace(STUDY, stroma_share=0.0)), one, gain=(1.0, 1.5, 1.0))
    (flag,) = raised(gain, populations=[])
    assert (flag.severity, flag.concerns.fcs) == ("note", "E1/E1-dose0-3.fcs")
