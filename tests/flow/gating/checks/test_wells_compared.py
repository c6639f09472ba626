"""Wells that differ from the others of their experiment are flagged, and no sound well is."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating import gates
from coculture.flow.gating.checks import wells_compared
from tests.flow.gating.checks.made_up_wells import UNTREATED, MadeUp, Well
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, Edit, Tube, changed, tubes

SMALL = replace(
    BASE,
    experiments=1,
    doses=(0.0, 100.0),
    percents=(8.0, 60.0),
    events_sample=2000,
    events_control=1000,
    controls=("unstained", "stroma"),
    embedded=LIGHT,
)
CODES = ("live_peak_moved", "dye_peak_moved", "replicate_gain", "replicate_staining")
Raised = Callable[..., list[Flag]]


@pytest.fixture
def raised(tmp_path: Path) -> Raised:
    """The flags of the codes of this file for a study with these tubes."""

    def gated(
        listed: Sequence[Tube] | None = None, edit: Edit | None = None, **section: Any
    ) -> list[Flag]:
        written = base_study.write(tmp_path, SMALL, listed or tubes(SMALL), edit)
        settings = base_study.settings(compensation={"source": "embedded"}, **section)
        return [f for f in gate_experiment(written.files, settings).flags if f.code in CODES]

    return gated


def at_top(tube: Tube) -> bool:
    return tube.dose == 100


def third(tube: Tube) -> bool:
    return tube.replicate == 3 and at_top(tube)


def test_sound_wells_are_not_flagged(raised: Raised) -> None:
    assert raised() == []


@pytest.mark.parametrize("light", [300.0, 900.0])
def test_fluorescent_drug_in_annexin_names_arm_channel_and_both_percents(
    raised: Raised, light: float
) -> None:
    (flag,) = raised(changed(tubes(SMALL), at_top, light=(0.0, light, 0.0)))
    assert (flag.code, flag.severity) == ("live_peak_moved", "caution")
    assert (flag.concerns.arm, flag.concerns.channel) == ("dose 100", "R660-A")
    assert "E1-dose100-2.fcs" in flag.sentence
    assert flag.value > 30


def test_other_voltage_is_named(raised: Raised) -> None:
    moved = changed(tubes(SMALL), at_top, light=(0.0, 300.0, 0.0), keywords={"p5v": "620"})
    listed = changed(moved, lambda tube: not at_top(tube), keywords={"p5v": "500"})
    assert "the voltage of R660-A (620 and 500)" in raised(listed)[0].sentence


def test_light_in_an_empty_channel_is_named(raised: Raised) -> None:
    def with_empty(tube: Tube, recorded: base_study.Recorded) -> base_study.Recorded:
        events = recorded.events.copy()
        events["V450-A"] = 200.0 if at_top(tube) else 50.0
        return replace(recorded, events=events)

    listed = changed(tubes(SMALL), at_top, light=(0.0, 300.0, 0.0))
    (flag,) = raised(listed, with_empty)
    assert "the median in V450-A, which has no stain of this study (200 and 50)" in flag.sentence


def test_moved_cells_of_other_size_below_the_stained_ones_may_be_live(raised: Raised) -> None:
    def shrink(tube: Tube, recorded: base_study.Recorded) -> base_study.Recorded:
        events = recorded.events.copy()
        events[["FSC-A", "FSC-H"]] *= 0.8 if at_top(tube) else 1.0
        return replace(recorded, events=events)

    (flag,) = raised(changed(tubes(SMALL), at_top, light=(0.0, 300.0, 0.0)), shrink)
    assert (flag.code, flag.severity) == ("live_peak_moved", "caution")
    assert (flag.concerns.kind, flag.concerns.arm) == ("arm", "dose 100")
    assert "cannot be told apart" in flag.sentence


def test_the_peak_of_an_arm_that_is_dead_is_a_note(raised: Raised) -> None:
    dead = {"live": 0.002, "early": 0.55, "late": 0.44, "necrotic": 0.008}
    found = raised(changed(tubes(SMALL), at_top, kinds=dead))
    assert [(flag.code, flag.severity) for flag in found] == [("live_peak_moved", "note")]


def test_fluorescent_drug_in_the_dye_is_flagged(raised: Raised) -> None:
    (flag,) = raised(changed(tubes(SMALL), at_top, light=(0.0, 0.0, 300.0)))
    assert (flag.code, flag.concerns.channel) == ("dye_peak_moved", "B675-A")


def test_gain_of_one_well_is_told_from_autofluorescence(raised: Raised) -> None:
    (flag,) = raised(changed(tubes(SMALL), third, gain=(1.0, 4.0, 1.0)))
    assert (flag.code, flag.concerns.fcs) == ("replicate_gain", "E1/E1-dose100-3.fcs")
    (flag,) = raised(changed(tubes(SMALL), third, light=(0.0, 300.0, 0.0)))
    assert (flag.code, flag.concerns.arm) == ("live_peak_moved", "dose 100")
    assert "E1-dose100-3.fcs" in flag.sentence
    assert "E1-dose100-2.fcs" not in flag.sentence


def test_brighter_staining_of_one_well_is_told_from_gain(raised: Raised) -> None:
    (flag,) = raised(changed(tubes(SMALL), third, stains=(1.0, 2.5, 1.0)))
    assert (flag.code, flag.concerns.fcs) == ("replicate_staining", "E1/E1-dose100-3.fcs")


def test_the_other_cytometer_is_named_and_the_advice_fits_the_scope(raised: Raised) -> None:
    canto = changed(tubes(SMALL), at_top, light=(0.0, 900.0, 0.0), keywords={"cyt": "Canto"})
    (flag,) = raised(canto)
    assert "The files differ in the cytometer (Canto and Cytometer of the tests)." in flag.sentence
    assert "or use thresholds of each well" in flag.sentence
    assert "at the threshold that all wells share" in flag.sentence


def _reference(made_up: MadeUp, *wells: Well) -> list[str]:
    """The wells with which the last one is compared."""
    experiment = made_up(wells)
    last = experiment.measurements[len(wells)][0]
    return [one.fcs for one in wells_compared.reference(experiment, last, gates.ANNEXIN)]


def test_wells_are_compared_with_untreated_ones_of_their_cells(made_up: MadeUp) -> None:
    of_a, of_b = UNTREATED[0], replace(UNTREATED[0], cells="B")
    assert _reference(made_up, of_a, of_b, Well()) == ["1.fcs"]
    assert _reference(made_up, of_a, of_b, Well(cells="C")) == ["1.fcs", "2.fcs"]
    assert _reference(made_up, Well(), Well()) == ["1.fcs", "2.fcs"]
    assert _reference(made_up, replace(of_a, stains=()), Well()) == ["2.fcs"]


def test_replicates_are_of_one_arm_and_of_the_same_cells(made_up: MadeUp) -> None:
    def replicates(*wells: Well) -> list[str]:
        experiment = made_up(wells)
        last = experiment.measurements[len(wells)][0]
        return [one.fcs for one in wells_compared.wells(experiment, "cells", gates.ANNEXIN, last)]

    assert replicates(Well(), Well("low"), Well(cells="B"), Well()) == ["1.fcs", "4.fcs"]
    assert replicates(Well(""), Well("")) == ["2.fcs"]


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ({}, {}, "The files show no other setting."),
        ({"$DATE": "02-MAR-2024"}, {"$DATE": "02-MAR-24"}, "The files show no other setting."),
        (
            {"$DATE": "02-MAR-2024"},
            {"$DATE": "01-MAR-2024"},
            "The files differ in the date (2024-03-02 and 2024-03-01).",
        ),
        ({"$P2G": "2"}, {"$P2G": "1"}, "The files differ in the gain of FL1-A (2 and 1)."),
        (
            {"$P2V": "500", "$P3V": "500"},
            {},
            "The files differ in the voltage of FL1-A and FL2-A (500 and none).",
        ),
        ({"$CYT": "B"}, {"$CYT": "A"}, "The files differ in the cytometer (B and A)."),
        ({"$DATATYPE": "I"}, {}, "The files differ in the number format (I and F)."),
        ({"$P2R": "1024"}, {}, "The files differ in the range of FL1-A (1024 and 262144)."),
        ({"$P2R": "198204.5"}, {}, "The files show no other setting."),
        ({"$P2E": "4,1"}, {}, "The files differ in the amplification of FL1-A (4,1 and 0,0)."),
    ],
)
def test_what_the_files_say_of_a_difference(
    made_up: MadeUp, one: dict[str, str], other: dict[str, str], said: str
) -> None:
    assert _differences(made_up, Well(keywords=one), Well(keywords=other)) == said


@pytest.mark.parametrize(
    ("here", "there", "is_named"),
    [(120.0, 100.0, False), (200.0, 100.0, True), (50.0, 100.0, True)],
)
def test_autofluorescence_shows_in_a_channel_without_a_stain(
    made_up: MadeUp, here: float, there: float, is_named: bool
) -> None:
    said = _differences(made_up, Well(empty=here), Well(empty=there))
    named = f"the median in FL9-A, which has no stain of this study ({here:g} and {there:g})"
    assert (named in said) == is_named
    assert ("no other setting" in said) != is_named


def _differences(made_up: MadeUp, *wells: Well) -> str:
    experiment = made_up(wells)
    one, other = wells_compared.wells(experiment, "cells", gates.ANNEXIN)
    return wells_compared.differences([one], [other])
