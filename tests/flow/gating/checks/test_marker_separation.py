"""Markers that do not separate the population, by their live cells and by their control."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating.checks import marker_separation
from coculture.flow.gating.marker_state import MarkerState
from coculture.flow.gating.measurement import Counts, Experiment, Measurement
from coculture.flow.settings import Marker, Population
from coculture.flow.tubes import Tube as FlowTube
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, MARKER, BaseStudy, Tube, changed, tubes

SMALL = replace(BASE, experiments=1, wells=2, events_sample=2000, embedded=LIGHT)
NEGATIVE = {
    "populations": [{"name": "myeloma", "markers": [{"channel": MARKER, "positive": False}]}]
}
Raised = Callable[..., list[Flag]]


@pytest.fixture
def raised(tmp_path: Path) -> Raised:
    """The flags of the check."""

    def gated(study: BaseStudy, listed: list[Tube] | None = None, **section: Any) -> list[Flag]:
        written = base_study.write(tmp_path, study, listed)
        settings = base_study.settings(**{"compensation": {"source": "embedded"}, **section})
        found = gate_experiment(written.files, settings).flags
        return [flag for flag in found if flag.code == "marker_separation"]

    return gated


def _dim(live: float) -> BaseStudy:
    dimmer = {"live": live, "early": 0.8 * live, "late": 0.5 * live, "necrotic": 0.5 * live}
    return replace(
        SMALL, **{kind: replace(getattr(SMALL, kind), marker=at) for kind, at in dimmer.items()}
    )


@pytest.mark.parametrize(("live", "severity"), [(800.0, "note"), (300.0, "caution")])
def test_live_cells_that_reach_the_gate_are_reported(
    raised: Raised, live: float, severity: str
) -> None:
    (flag,) = raised(_dim(live))
    assert (flag.severity, flag.limit, flag.unit) == (severity, 2.05, "SD")
    assert flag.value is not None
    assert (flag.value < 1) == (severity == "caution")
    assert "B530-A" in flag.sentence


def test_a_marker_as_bright_as_usual_is_not(raised: Raised) -> None:
    assert raised(SMALL) == []


def _lacking(bright: float) -> tuple[BaseStudy, list[Tube]]:
    """A population that lacks the marker, and stroma that has it."""
    study = replace(
        SMALL,
        is_reporter=False,
        **{
            kind: replace(getattr(SMALL, kind), marker=20.0)
            for kind in ("live", "early", "late", "necrotic")
        },
        stroma=replace(SMALL.stroma, marker=bright),
        dying_stroma=replace(SMALL.dying_stroma, marker=bright),
    )
    stained = changed(tubes(study), lambda tube: tube.name == "stroma", stains=(1.0, 0.0, 0.0))
    return study, stained


def test_of_a_marker_that_the_population_lacks_the_control_must_be_outside(raised: Raised) -> None:
    assert raised(*_lacking(2000), **NEGATIVE) == []
    found = raised(*_lacking(0), **NEGATIVE)
    (flag,) = [flag for flag in found if flag.unit == "share"]
    assert flag.severity == "caution"
    assert flag.value is not None
    assert flag.value > 0.9
    assert "population_negative" in flag.sentence


def test_a_control_that_failed_its_test_is_reported_once(raised: Raised) -> None:
    myeloma = Tube("E1", "myeloma", "sample", 1, 35, 0)
    listed = changed(
        tubes(SMALL), lambda tube: tube.name == "stroma", carried_share=0.2, carried_from=myeloma
    )
    assert raised(SMALL, listed) == []


@pytest.mark.parametrize(
    ("positive", "advice"),
    [
        (True, "Add an FMO or negative control for this marker"),
        (False, "Add a control that has this marker (population_negative"),
    ],
)
def test_the_advice_is_a_control_that_would_place_the_gate(
    open_tube: Callable[..., FlowTube], positive: bool, advice: str
) -> None:
    tube = open_tube({"FSC-A": [1.0], "GFP": [1.0]}, role="sample", experiment="E1")
    population = Population("cells", (Marker("GFP", positive),))
    state = MarkerState("cells", "GFP", "GFP", "", positive, 1.2, math.nan, ())
    one = Measurement(tube, population, Counts(1, 0, {}), 0.0, 0.0, 0.0)
    blocks: dict[str, dict[str, Any]] = {"cells": {"GFP": {}}}
    experiment = Experiment(
        "E1", base_study.settings(), blocks, None, None, {tube.row: [one]}, markers=[state]
    )
    (flag,) = marker_separation.flags(one, experiment)
    assert advice in flag.sentence
