"""Dying cells that leave the population through the gate of its marker."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating.checks import population_lost
from coculture.flow.gating.marker_state import ArmLoss, Evidence, MarkerState
from coculture.flow.gating.measurement import Counts, Experiment, Measurement
from coculture.flow.settings import Marker, Population
from coculture.flow.tubes import Tube as FlowTube
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, BaseStudy, Tube, tubes

SMALL = replace(BASE, experiments=1, wells=2, events_sample=3000, embedded=LIGHT)
PRIMARY = replace(SMALL, percents=(45.0, 55.0, 70.0))
CODES = ("population_lost", "marker_separation")
Raised = Callable[..., dict[str, list[Flag]]]


def of_markers(study: BaseStudy, live: float, early: float, late: float) -> BaseStudy:
    """Cells with these medians of the marker; necrotic ones as late ones."""
    return replace(
        study,
        live=replace(study.live, marker=live),
        early=replace(study.early, marker=early),
        late=replace(study.late, marker=late),
        necrotic=replace(study.necrotic, marker=late),
    )


@pytest.fixture
def raised(tmp_path: Path) -> Raised:
    """The flags of the two checks, by code."""

    def gated(
        study: BaseStudy, listed: list[Tube] | None = None, **section: Any
    ) -> dict[str, list[Flag]]:
        written = base_study.write(tmp_path, study, listed)
        settings = base_study.settings(**{"compensation": {"source": "embedded"}, **section})
        found = gate_experiment(written.files, settings).flags
        return {code: [flag for flag in found if flag.code == code] for code in CODES}

    return gated


def test_a_bright_marker_raises_nothing(raised: Raised) -> None:
    for study in (SMALL, PRIMARY, of_markers(SMALL, 3000, 2400, 1500)):
        assert raised(study) == {code: [] for code in CODES}


def test_a_dim_marker_is_named_with_the_share_and_the_percent(raised: Raised) -> None:
    found = raised(of_markers(SMALL, 450, 360, 225))
    (flag,) = found["population_lost"]
    assert (flag.severity, flag.concerns.kind) == ("caution", "gate")
    assert (flag.concerns.experiment, flag.concerns.channel) == ("E1", "B530-A")
    assert flag.value == pytest.approx(0.45, abs=0.12)
    assert "cuts off the dying cells" in flag.sentence
    assert "FMO" in flag.sentence
    (separation,) = found["marker_separation"]
    assert separation.severity == "caution"
    assert separation.value is not None
    assert separation.value < 1


def test_where_live_cells_are_outside_too_it_is_not_the_stroma_that_dies(raised: Raised) -> None:
    study = of_markers(replace(SMALL, events_sample=2000), 300, 240, 150)
    found = raised(study)["population_lost"]
    assert [flag.severity for flag in found] == ["caution"]


@pytest.mark.parametrize(
    ("early", "late", "share"), [(6000, 800, 0.42), (3200, 240, 0.42), (800, 0, 0.99)]
)
def test_a_marker_that_dying_cells_shed_is_found_outside_its_gate(
    raised: Raised, early: float, late: float, share: float
) -> None:
    (flag,) = raised(of_markers(SMALL, 8000, early, late))["population_lost"]
    assert flag.severity == "caution"
    assert flag.value == pytest.approx(share, abs=0.06)
    assert "dose 100" in flag.sentence
    assert "stroma" in flag.sentence


def test_of_primary_cells_of_which_many_die_in_every_arm_it_is_said_to_be_uncertain(
    raised: Raised,
) -> None:
    (flag,) = raised(of_markers(PRIMARY, 8000, 6000, 800))["population_lost"]
    assert flag.severity == "caution"
    assert "may lie outside" in flag.sentence


def test_a_stained_control_tells_lost_cells_from_dying_stroma_in_every_arm(raised: Raised) -> None:
    study = of_markers(replace(SMALL, percents=(45.0, 45.0, 45.0)), 8000, 6000, 800)
    listed = [
        replace(tube, stains=(1.0, 1.0, 1.0)) if tube.name == "stroma" else tube
        for tube in tubes(study)
    ]
    (flag,) = raised(study, listed)["population_lost"]
    assert "in the control without the marker" in flag.sentence
    assert flag.value == pytest.approx(0.44, abs=0.06)


def test_stroma_that_the_drug_kills_is_a_note(raised: Raised) -> None:
    dying = {0.0: 0.1, 10.0: 0.3, 100.0: 0.6}
    (flag,) = raised(SMALL, [_with_stroma(tube, dying) for tube in tubes(SMALL)])["population_lost"]
    assert flag.severity == "note"
    assert "more likely that the other cells (stroma) died" in flag.sentence


def _with_stroma(tube: Tube, dying: Mapping[float, float]) -> Tube:
    """The tube with this share of its stroma dying at its dose."""
    if not tube.is_sample:
        return tube
    apoptotic, share = tube.percent / 100, SMALL.stroma_share
    kinds = {
        "live": (1 - share) * (1 - apoptotic),
        "early": (1 - share) * apoptotic * 0.55,
        "late": (1 - share) * apoptotic * 0.45,
        "stroma": share * (1 - dying[tube.dose]),
        "dying_stroma": share * dying[tube.dose],
    }
    return replace(tube, kinds=kinds)


def test_of_two_cell_lines_the_dim_one_is_named(raised: Raised) -> None:
    listed = [
        replace(
            tube,
            cells=f"line {line}",
            name=f"{tube.name}-{line}",
            culture=f"{tube.culture}-{line}",
            stains=(0.1 if line == "B" else 1.0, 1.0, 1.0),
        )
        if tube.is_sample
        else tube
        for tube in tubes(SMALL)
        for line in ("AB" if tube.is_sample else "A")
    ]
    (flag,) = raised(SMALL, listed)["population_lost"]
    assert "of line B" in flag.sentence


def test_without_markers_there_is_nothing_to_lose(raised: Raised) -> None:
    assert raised(of_markers(SMALL, 450, 360, 225), populations=[]) == {code: [] for code in CODES}


def _loss(evidence: Evidence, points: float, *, of_others: bool = False) -> ArmLoss:
    return ArmLoss(
        arm=f"{evidence} {points:g}",
        evidence=evidence,
        lost=0.3,
        outside_percent=50.0,
        expected_percent=10.0,
        expected_of_control=False,
        percent=40.0,
        percent_with=40.0 + points,
        looks_like_other_cells=of_others,
    )


def _flag(
    open_tube: Callable[..., FlowTube], losses: list[ArmLoss], *, positive: bool = True
) -> Flag:
    tube = open_tube({"FSC-A": [1.0], "GFP": [1.0]}, role="sample", experiment="E1")
    population = Population("cells", (Marker("GFP", positive),))
    state = MarkerState("cells", "GFP", "GFP", "", positive, 5.0, math.nan, tuple(losses))
    one = Measurement(tube, population, Counts(1, 0, {}), 0.0, 0.0, 0.0)
    experiment = Experiment(
        "E1", base_study.settings(), {}, None, None, {tube.row: [one]}, markers=[state]
    )
    (flag,) = population_lost.flags(one, experiment)
    return flag


@pytest.mark.parametrize("evidence", ["overlap", "excess"])
def test_the_control_of_a_marker_that_the_population_lacks_has_it(
    open_tube: Callable[..., FlowTube], evidence: Evidence
) -> None:
    losses = [replace(_loss(evidence, 9), expected_of_control=True)]
    having, lacking = (_flag(open_tube, losses, positive=sign) for sign in (True, False))
    assert "Add an FMO or negative control" in having.sentence
    assert "Add a control that has this marker (population_negative" in lacking.sentence
    assert "dimmer" not in lacking.sentence
    assert "lose this marker" not in lacking.sentence
    if evidence == "excess":
        assert "% in the control without the marker" in having.sentence
        assert "% in the control that has the marker" in lacking.sentence


@pytest.mark.parametrize(
    ("losses", "severity", "named"),
    [
        ([_loss("excess", 4), _loss("excess", 9, of_others=True)], "note", "excess 9"),
        ([_loss("excess", 4, of_others=True), _loss("excess", 9)], "caution", "excess 9"),
        ([_loss("overlap", 6), _loss("excess", 9, of_others=True)], "caution", "overlap 6"),
    ],
)
def test_the_arm_with_the_largest_excess_tells_whether_other_cells_died(
    open_tube: Callable[..., FlowTube], losses: list[ArmLoss], severity: str, named: str
) -> None:
    flag = _flag(open_tube, losses)
    assert flag.severity == severity
    assert flag.sentence.startswith(f"E1, {named}")


def test_of_large_files_a_part_is_enough(raised: Raised) -> None:
    large = replace(of_markers(SMALL, 8000, 6000, 800), wells=1, events_sample=25_000)
    (flag,) = raised(large)["population_lost"]
    assert flag.value == pytest.approx(0.42, abs=0.03)
