"""A population gated on the wrong side of its marker is named, and what follows from it is not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating.checks import marker_reversed
from coculture.flow.gating.marker_state import MarkerState
from tests.flow.gating.checks.made_up_wells import MadeUp, Well
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, BaseStudy

SMALL = replace(
    BASE,
    experiments=1,
    doses=(0.0, 100.0),
    percents=(8.0, 60.0),
    wells=2,
    events_sample=1500,
    events_control=1000,
    controls=("unstained", "stroma"),
    embedded=LIGHT,
)
OF_STROMA = replace(
    SMALL,
    **{
        name: replace(getattr(SMALL, name), marker=brightness)
        for names, brightness in (
            (("live", "early", "late", "necrotic"), 0),
            (("stroma", "dying_stroma"), 8000),
        )
        for name in names
    },
)
"""The stroma makes the marker in place of the myeloma cells."""
CODES = ("marker_reversed", "marker_separation", "population_lost")
Raised = Callable[[BaseStudy, bool], list[Flag]]


@pytest.fixture
def raised(tmp_path: Path) -> Raised:
    """What is said of a study that is gated as positive in its marker, or negative."""

    def gated(study: BaseStudy, positive: bool) -> list[Flag]:
        written = base_study.write(tmp_path, study)
        markers: Sequence[object] = [{"channel": "GFP", "positive": positive}]
        settings = base_study.settings(
            compensation={"source": "embedded"},
            populations=[{"name": "myeloma", "markers": markers}],
        )
        found = gate_experiment(written.files, settings).flags
        return [flag for flag in found if flag.code in CODES or flag.severity == "caution"]

    return gated


@pytest.mark.parametrize(
    ("study", "positive", "advice"),
    [(SMALL, False, "Write positive: true"), (OF_STROMA, True, "Write positive: false")],
)
def test_the_wrong_side_is_one_caution(
    raised: Raised, study: BaseStudy, positive: bool, advice: str
) -> None:
    (flag,) = raised(study, positive)
    assert (flag.code, flag.concerns.kind, flag.concerns.channel) == (
        "marker_reversed",
        "gate",
        "B530-A",
    )
    assert advice in flag.sentence
    assert "100 % of the unstained cells of myeloma are" in flag.sentence


@pytest.mark.parametrize(
    ("study", "positive"),
    [(SMALL, True), (OF_STROMA, False), (replace(SMALL, is_reporter=False), True)],
)
def test_the_right_side_is_none(raised: Raised, study: BaseStudy, positive: bool) -> None:
    assert raised(study, positive) == []


def test_unstained_cells_that_make_the_marker_are_enough(raised: Raised) -> None:
    (flag,) = raised(replace(SMALL, controls=("unstained",)), False)
    assert flag.code == "marker_reversed"
    assert "population_negative" not in flag.sentence


def test_an_antibody_does_not_show_in_unstained_cells(raised: Raised) -> None:
    found = raised(replace(SMALL, is_reporter=False), False)
    (flag,) = [one for one in found if one.severity == "caution"]
    assert flag.code == "marker_separation"
    assert "negative in this marker, so that this control should be positive" in flag.sentence


def test_only_the_cell_line_that_is_reversed_is_named(made_up: MadeUp) -> None:
    experiment = made_up([Well(cells="A"), Well(cells="B")])
    state = MarkerState("cells", "GFP", "FL3-A", "A", False, 5.0, 0.9, (), unstained_inside=0.1)
    experiment = replace(experiment, markers=(state,))
    named = [
        [flag.value for flag in marker_reversed.flags(one, experiment)]
        for (one,) in experiment.measurements.values()
    ]
    assert named == [[0.1], []]


def test_an_antibody_without_a_control_is_not_reversed(raised: Raised) -> None:
    study = replace(SMALL, is_reporter=False, controls=("unstained",))
    assert "marker_reversed" not in {flag.code for flag in raised(study, True)}
