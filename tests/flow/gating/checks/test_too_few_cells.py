"""A well with a handful of cells gives no percent, and its arm says so."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coculture.flow import GatedExperiment, gate_experiment
from coculture.flow.gating.checks import too_few_cells
from tests.flow.gating.checks.made_up_wells import UNTREATED, MadeUp, Well
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, Recorded, Tube, tubes

SMALL = replace(
    BASE,
    experiments=1,
    doses=(0.0, 100.0),
    percents=(8.0, 60.0),
    events_sample=1500,
    events_control=500,
    controls=("unstained", "stroma"),
    embedded=LIGHT,
)
WELL = "E1/E1-dose100-1.fcs"
Gated = Callable[..., GatedExperiment]


@pytest.fixture
def gated(tmp_path: Path) -> Gated:
    """The experiment with a well of `left` events."""

    def make(left: int, scale: float = 1, **section: int) -> GatedExperiment:
        def cut(tube: Tube, recorded: Recorded) -> Recorded:
            few = recorded.events.iloc[:left] * scale
            return replace(recorded, events=few) if tube.fcs == WELL else recorded

        keywords = {} if scale == 1 else {"p4r": "1024"}
        listed = [replace(t, keywords=keywords if t.fcs == WELL else {}) for t in tubes(SMALL)]
        written = base_study.write(tmp_path, SMALL, listed, cut)
        settings = base_study.settings(compensation={"source": "embedded"}, **section)
        return gate_experiment(written.files, settings)

    return make


def row(gated: GatedExperiment) -> dict[str, Any]:
    (found,) = gated.wells[gated.wells["fcs"] == WELL].to_dict("records")
    return {str(name): value for name, value in found.items()}


def test_well_of_few_cells_keeps_its_counts_but_has_no_percent(gated: Gated) -> None:
    found = gated(30)
    percents = [value for name, value in row(found).items() if name.startswith("percent_")]
    assert len(percents) > 4
    assert all(pd.isna(value) for value in percents)
    assert 0 < row(found)["events_population"] < 30
    assert row(found)["flags"] == "too_few_cells; wells_without_percent"
    assert found.wells.set_index("fcs")["percent_apoptotic"].notna().sum() > 4


def test_arm_says_how_many_wells_lack_a_percent(gated: Gated) -> None:
    (flag,) = [flag for flag in gated(30).flags if flag.code == "wells_without_percent"]
    assert (flag.concerns.kind, flag.concerns.arm, flag.value) == ("arm", "dose 100", 1)
    assert "1 of 3 wells gives no percent apoptotic" in flag.sentence
    assert WELL in flag.sentence


def test_least_number_is_that_of_the_config(gated: Gated) -> None:
    found = gated(30, min_cells=0)
    assert row(found)["percent_apoptotic"] > 0
    assert row(found)["flags"] == ""
    assert "few_events" in {flag.code for flag in found.flags}


def test_few_events_and_many_that_no_gate_keeps_are_told_apart(gated: Gated) -> None:
    def sentence(found: GatedExperiment) -> str:
        return next(flag.sentence for flag in found.flags if flag.code == "too_few_cells")

    assert sentence(gated(30)).endswith("Record more events, or exclude the file with a reason.")
    other = sentence(gated(1500, scale=1 / 256))
    assert "Record more" not in other
    assert "Of its 1,500 events most are lost at the gate that removes debris" in other
    assert "the range of B530-A (1024 and 262144), so the gates of the experiment do not" in other


@pytest.mark.parametrize(
    ("well", "is_flagged"),
    [
        (Well(count=50), False),
        (Well(count=49), True),
        (Well(count=10, has_quadrants=False), False),
        (Well(count=10, role="unstained"), False),
    ],
)
def test_which_wells_lack_a_percent(made_up: MadeUp, well: Well, is_flagged: bool) -> None:
    experiment = made_up([*UNTREATED, Well(count=20), well])
    (one,) = experiment.measurements[5]
    found = [flag.code for flag in too_few_cells.flags(one, experiment)]
    assert found == (["too_few_cells", "wells_without_percent"] if is_flagged else [])


def test_usual_count_is_that_of_untreated_wells(made_up: MadeUp) -> None:
    experiment = made_up([*UNTREATED, *[Well(count=20)] * 4])
    (one,) = experiment.measurements[5]
    *_, of_arm = too_few_cells.flags(one, experiment)
    assert "untreated wells have 1,000)" in of_arm.sentence
    assert "4 of 4 wells give no percent" in of_arm.sentence


def test_where_untreated_wells_are_lost_too_it_is_not_the_drug(tmp_path: Path) -> None:
    """The population is said to lack the marker that it has."""
    study = replace(SMALL, stroma_share=0.01)
    written = base_study.write(tmp_path, study)
    wrong = [{"name": "myeloma", "markers": [{"channel": base_study.MARKER, "positive": False}]}]
    settings = base_study.settings(compensation={"source": "embedded"}, populations=wrong)
    flags = gate_experiment(written.files, settings).flags
    found = [flag.sentence for flag in flags if flag.code == too_few_cells.CODE]
    assert found
    assert all("whether each is positive" in sentence for sentence in found)
    assert not any("drug may have destroyed" in sentence for sentence in found)
