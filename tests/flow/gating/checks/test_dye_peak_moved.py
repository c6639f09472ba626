"""Each limit of the comparison of dye-negative peaks with the untreated wells, from both sides."""

from dataclasses import replace
from typing import Any

import pytest

from coculture.exchange.flags import Flag
from coculture.flow.gating import gates
from coculture.flow.gating.checks import dye_peak_moved
from tests.flow.gating.checks.made_up_wells import UNTREATED, MadeUp, Well

DYE = (gates.VIABILITY_DYE,)
MOVED = Well(position=1.3, own=40.0, stains=DYE)
KEPT = Well(stains=DYE)


def flags(made_up: MadeUp, *wells: Well) -> list[Flag]:
    experiment = made_up([*(replace(one, stains=DYE) for one in UNTREATED), *wells])
    every = (one for of_file in experiment.measurements.values() for one in of_file)
    return list(
        dict.fromkeys(flag for one in every for flag in dye_peak_moved.flags(one, experiment))
    )


@pytest.mark.parametrize(
    ("change", "is_flagged"),
    [
        ({}, True),
        ({"position": 1.14}, False),
        ({"position": 1.16}, True),
        ({"position": 0.7}, True),
        ({"share": 0.19}, False),
        ({"own": 46.0}, False),
        ({"own": 44.0}, True),
        ({"own": 56.0}, True),
        ({"stains": (gates.ANNEXIN,)}, False),
    ],
)
def test_all_wells_of_an_arm(made_up: MadeUp, change: dict[str, Any], is_flagged: bool) -> None:
    found = flags(made_up, *[replace(MOVED, **change)] * 3)
    expected = [("caution", "arm", "FL2-A")] if is_flagged else []
    assert [(one.severity, one.concerns.kind, one.concerns.channel) for one in found] == expected


def test_half_of_the_arm_must_have_such_cells(made_up: MadeUp) -> None:
    small = replace(MOVED, share=0.1)
    assert flags(made_up, MOVED, small, small) == []
    (flag,) = flags(made_up, MOVED, small)
    assert "(4.fcs)" in flag.sentence


def test_one_well_whose_percents_change_is_enough(made_up: MadeUp) -> None:
    (flag,) = flags(made_up, MOVED, replace(MOVED, own=50.0))
    assert flag.value == pytest.approx(3)
