"""Spill that is left is a caution where it moves percents, else a note."""

from types import SimpleNamespace
from typing import Any

import pytest

from coculture.flow.compensation.remaining_spill import RemainingSpill
from coculture.flow.gating.checks import remaining_spill
from coculture.flow.gating.spill_effect import SpillEffect

SPILL = RemainingSpill("R660-A", "B675-A", 0.05, 0.02, 2310)


@pytest.mark.parametrize(
    ("apoptotic", "viable", "late", "severity"),
    [
        (1.0, -1.0, -10.0, "note"),
        (-1.1, 0.0, 0.0, "caution"),
        (0.0, 1.1, 0.0, "caution"),
        (0.0, 0.0, -10.1, "caution"),
        (float("nan"), float("nan"), float("nan"), "note"),
    ],
)
def test_what_moves_no_percent_is_a_note(
    apoptotic: float, viable: float, late: float, severity: str
) -> None:
    changes = {"apoptotic": apoptotic, "viable": viable, "late": late}
    effect = SpillEffect((SPILL,), changes, is_uncompensated=False)
    one: Any = SimpleNamespace(tube=SimpleNamespace(role="sample"))
    experiment: Any = SimpleNamespace(name="E1", remaining=(effect,), compensation=None)
    (flag,) = remaining_spill.flags(one, experiment)
    assert flag.severity == severity
    assert (flag.value, flag.limit, flag.concerns.channel) == (0.05, 0.02, "B675-A")
    assert "0.05 of R660-A in B675-A (limit 0.02" in flag.sentence
