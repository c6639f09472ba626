"""A spill that samples do not show is a caution where it may move percents, else a note."""

from types import SimpleNamespace
from typing import Any

import pytest

from coculture.exchange.flags import Flag
from coculture.flow.gating.checks import unknown_spill
from coculture.flow.gating.possible_spill import PossibleEffect, PossibleSpill


def raised(change: float, is_seen: bool = True, role: str = "sample") -> list[Flag]:
    spill = PossibleSpill("B675-A", "R660-A", 0.1, 6323, is_seen)
    one: Any = SimpleNamespace(tube=SimpleNamespace(role=role))
    experiment: Any = SimpleNamespace(name="E1", possible=PossibleEffect(spill, change))
    return list(unknown_spill.flags(one, experiment))


@pytest.mark.parametrize(("change", "severity"), [(-3.5, "note"), (-3.6, "caution")])
def test_what_moves_no_percent_is_a_note(change: float, severity: str) -> None:
    (flag,) = raised(change)
    assert (flag.severity, flag.value, flag.concerns.channel) == (severity, change, "R660-A")
    assert "up to 0.1 of the signal in B675-A" in flag.sentence
    assert "6,323 dye-positive cells" in flag.sentence


def test_an_assumed_spill_is_said_to_be_one() -> None:
    (flag,) = raised(-1.0, is_seen=False)
    assert "If it were 0.1 of the signal in B675-A, percent apoptotic would" in flag.sentence


def test_one_flag_from_samples_with_cells() -> None:
    assert raised(-9.0, role="unstained") == raised(float("nan")) == []
