"""Each limit of the comparison of replicates for another gain, from both sides."""

from dataclasses import replace
from math import nan
from typing import Any

import pytest

from coculture.exchange.flags import Flag
from coculture.flow.gating import gates
from coculture.flow.gating.checks import replicate_gain
from tests.flow.gating.checks.made_up_wells import UNTREATED, MadeUp, Well

USUAL = Well()
STRONGER = Well(position=1.3, sd=0.2, positives=3.3, own=20.0)


def flags(made_up: MadeUp, *wells: Well, markers: bool = True) -> list[Flag]:
    experiment = made_up([*UNTREATED, *wells], markers)
    every = (one for of_file in experiment.measurements.values() for one in of_file)
    return [flag for one in every for flag in replicate_gain.flags(one, experiment)]


@pytest.mark.parametrize(
    ("change", "is_flagged"),
    [
        ({}, True),
        ({"position": 1.19}, False),
        ({"position": 1.21}, True),
        ({"sd": 0.15}, False),
        ({"sd": 0.16}, True),
        # Autofluorescence does not move the stained cells.
        ({"positives": 3.19}, False),
        ({"positives": 3.21}, True),
        ({"positives": nan}, True),
        # Another kind of cell.
        ({"size": 108.0}, False),
        ({"size": 92.0}, False),
        ({"size": 106.0}, True),
        ({"share": 0.19}, False),
        ({"share": 0.2}, True),
        ({"stains": (gates.VIABILITY_DYE,)}, False),
    ],
)
def test_one_well_of_three(made_up: MadeUp, change: dict[str, Any], is_flagged: bool) -> None:
    found = flags(made_up, USUAL, USUAL, replace(STRONGER, **change))
    expected = [("6.fcs", "FL1-A", "caution")] if is_flagged else []
    assert [(one.concerns.fcs, one.concerns.channel, one.severity) for one in found] == expected
    assert all("Of two wells" not in one.sentence for one in found)


def test_a_gain_of_the_dye(made_up: MadeUp) -> None:
    dye = (gates.VIABILITY_DYE,)
    wells = [replace(one, stains=dye) for one in (USUAL, USUAL, STRONGER)]
    (flag,) = flags(made_up, *wells)
    assert (flag.concerns.channel, flag.concerns.fcs) == ("FL2-A", "6.fcs")


def test_two_wells_are_compared_with_each_other(made_up: MadeUp) -> None:
    (flag,) = flags(made_up, USUAL, STRONGER)
    assert flag.concerns.fcs == "5.fcs"
    assert flag.value == pytest.approx(0.3)
    assert "Of two wells it cannot be said which is wrong." in flag.sentence
    assert flags(made_up, STRONGER) == []


def test_a_well_without_live_cells_is_no_replicate(made_up: MadeUp) -> None:
    small = replace(STRONGER, share=0.1)
    (flag,) = flags(made_up, USUAL, STRONGER, small, small)
    assert flag.concerns.fcs == "5.fcs"


@pytest.mark.parametrize(("own", "severity"), [(31.0, "note"), (29.0, "caution")])
def test_a_mixture_needs_a_larger_change(made_up: MadeUp, own: float, severity: str) -> None:
    (flag,) = flags(made_up, USUAL, USUAL, replace(STRONGER, own=own), markers=False)
    assert flag.severity == severity
    (flag,) = flags(made_up, USUAL, USUAL, replace(STRONGER, own=own))
    assert flag.severity == "caution"


def test_wells_without_spread_are_not_compared(made_up: MadeUp) -> None:
    assert flags(made_up, *[replace(USUAL, sd=0.0)] * 2, STRONGER) == []
