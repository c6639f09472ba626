"""Each limit of the comparison of live peaks with the untreated wells, from both sides."""

from dataclasses import replace
from typing import Any

import pytest

from coculture.exchange.flags import Flag
from coculture.flow.gating.checks import live_peak_moved
from tests.flow.gating.checks.made_up_wells import UNTREATED, MadeUp, Well

MOVED = Well(position=1.15, own=40.0)
KEPT = Well()


def flags(made_up: MadeUp, *wells: Well, **section: object) -> list[Flag]:
    experiment = made_up([*UNTREATED, *wells], **section)
    every = (one for of_file in experiment.measurements.values() for one in of_file)
    return list(
        dict.fromkeys(flag for one in every for flag in live_peak_moved.flags(one, experiment))
    )


@pytest.mark.parametrize(
    ("change", "severity"),
    [
        ({}, "caution"),
        ({"own": 45.5}, None),
        ({"own": 44.5}, "caution"),
        ({"own": 60.0}, "caution"),
        ({"position": 1.09}, None),
        ({"position": 1.12}, "caution"),
        ({"position": 0.85}, "caution"),
        ({"size": 106.0}, "caution"),
        ({"size": 94.0}, "caution"),
        ({"size": 109.0}, "caution"),
        ({"size": 91.0}, "caution"),
        ({"size": 91.0, "position": 2.6, "sd": 0.135}, "note"),
        ({"size": 91.0, "position": 2.6, "sd": 0.125}, "caution"),
        # A small well is named if most of its replicates are as it is.
        ({"count": 100}, "caution"),
    ],
)
def test_all_wells_of_an_arm(made_up: MadeUp, change: dict[str, Any], severity: str | None) -> None:
    found = flags(made_up, *[replace(MOVED, **change)] * 3)
    assert [flag.severity for flag in found] == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("change", "is_flagged"),
    [
        ({"own": 39.0}, True),
        ({"own": 41.0}, False),
        ({"own": 61.0}, True),
        ({"own": 30.0, "count": 500}, True),
        ({"own": 30.0, "count": 499}, False),
        # Another gain of one well is that of `replicate_gain`.
        ({"own": 30.0, "position": 1.3, "sd": 0.2, "positives": 3.3}, False),
    ],
)
def test_one_well_of_three(made_up: MadeUp, change: dict[str, Any], is_flagged: bool) -> None:
    found = flags(made_up, KEPT, KEPT, replace(MOVED, **change))
    assert [flag.severity for flag in found] == (["caution"] if is_flagged else [])
    assert all("(6.fcs)" in flag.sentence for flag in found)


def test_half_of_an_arm_is_enough(made_up: MadeUp) -> None:
    (flag,) = flags(made_up, KEPT, replace(MOVED, count=100))
    assert (flag.severity, flag.value, flag.limit) == ("caution", 10, 5)
    (flag,) = flags(made_up, KEPT, replace(MOVED, size=80.0))
    assert "cannot be told apart" in flag.sentence
    assert flags(made_up, KEPT, KEPT, replace(MOVED, size=80.0)) == []


def test_a_narrow_peak_among_the_stained_cells_is_said_to_be_so(made_up: MadeUp) -> None:
    shrunken = replace(MOVED, size=80.0, position=2.6)
    (lifted,) = flags(made_up, *[shrunken] * 3)
    (dead,) = flags(made_up, *[replace(shrunken, sd=0.25)] * 3)
    assert "as narrow as that of live cells" in lifted.sentence
    assert "cannot be told apart" in dead.sentence


def test_untreated_wells_of_another_size_are_no_drug(made_up: MadeUp) -> None:
    other = replace(MOVED, arm="untreated, 72 h", untreated=True, size=80.0)
    assert flags(made_up, *[other] * 2) == []
    (flag,) = flags(made_up, *[replace(other, untreated=False)] * 2)
    assert "cannot be told apart" in flag.sentence


def test_words_fit_the_scope(made_up: MadeUp) -> None:
    (shared,) = flags(made_up, *[MOVED] * 3)
    (own,) = flags(made_up, *[MOVED] * 3, thresholds={"scope": "well"})
    assert "at the threshold that all wells share" in shared.sentence
    assert "or use thresholds of each well" in shared.sentence
    assert "at the threshold that was used, 40 % at the wells' own" in own.sentence
    assert "scope: well" not in own.sentence
