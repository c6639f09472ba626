"""Each limit of the comparison of replicates for brighter staining, from both sides."""

from dataclasses import replace
from math import nan
from typing import Any

import pytest

from coculture.exchange.flags import Flag
from coculture.flow.gating.checks import replicate_staining
from tests.flow.gating.checks.made_up_wells import UNTREATED, MadeUp, Well

USUAL = Well()
BRIGHT = Well(positives=3.3)


def flags(made_up: MadeUp, *wells: Well, markers: bool = True) -> list[Flag]:
    experiment = made_up([*UNTREATED, *wells], markers)
    every = (one for of_file in experiment.measurements.values() for one in of_file)
    return [flag for one in every for flag in replicate_staining.flags(one, experiment)]


@pytest.mark.parametrize(
    ("change", "is_flagged"),
    [
        ({}, True),
        ({"positives": 3.24}, False),
        ({"positives": 3.26}, True),
        ({"position": 1.21}, False),
        ({"position": 0.79}, False),
        ({"position": 1.19}, True),
        ({"share": 0.19}, False),
        ({"share": 0.2}, True),
        # A gain is that of `replicate_gain`.
        ({"position": 1.21, "sd": 0.2}, False),
        ({"stains": ()}, False),
    ],
)
def test_one_well_of_three(made_up: MadeUp, change: dict[str, Any], is_flagged: bool) -> None:
    found = flags(made_up, USUAL, USUAL, replace(BRIGHT, **change))
    assert [(one.concerns.fcs, one.severity) for one in found] == (
        [("6.fcs", "caution")] if is_flagged else []
    )


def test_of_two_wells_none_is_named(made_up: MadeUp) -> None:
    brighter = replace(BRIGHT, positives=3.8)
    assert flags(made_up, USUAL, brighter) == []
    assert flags(made_up, USUAL, replace(USUAL, positives=nan), brighter) == []
    assert flags(made_up, USUAL, replace(USUAL, share=0.1), BRIGHT) == []


def test_a_well_without_live_cells_is_not_judged(made_up: MadeUp) -> None:
    assert flags(made_up, *[USUAL] * 3, replace(BRIGHT, share=0.1)) == []


def test_beside_a_dim_well_the_others_are_not_too_bright(made_up: MadeUp) -> None:
    assert flags(made_up, USUAL, USUAL, Well(positives=2.0)) == []


def test_a_mixture_has_a_note(made_up: MadeUp) -> None:
    (flag,) = flags(made_up, USUAL, USUAL, BRIGHT, markers=False)
    assert flag.severity == "note"


def test_a_gain_is_not_also_a_brighter_stain(made_up: MadeUp) -> None:
    wide = replace(USUAL, sd=0.15)
    stronger = replace(BRIGHT, position=1.25, sd=0.3)
    assert flags(made_up, wide, wide, stronger) == []
    assert len(flags(made_up, wide, wide, replace(stronger, sd=0.15))) == 1
