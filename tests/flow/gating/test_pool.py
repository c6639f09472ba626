"""The tubes that gates are set on."""

from collections.abc import Callable

from coculture.flow.gating.pool import pool
from coculture.flow.tubes import Tube


def test_an_empty_tube_sets_no_gate(open_tube: Callable[..., Tube]) -> None:
    tubes = [
        open_tube({"FSC-A": [1.0] * events}, fcs=f"{role}-{events}.fcs", role=role)
        for role in ("unstained", "sample")
        for events in (0, 1, 3)
    ]
    pooled = {entry.tube.fcs: len(entry.events) for entry in pool(tubes, None)}
    assert pooled == {
        "unstained-1.fcs": 1,
        "unstained-3.fcs": 3,
        "sample-1.fcs": 1,
        "sample-3.fcs": 3,
    }
