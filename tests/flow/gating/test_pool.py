"""The tubes that gates are set on."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from coculture.flow.gating import gates
from coculture.flow.gating.pool import PooledTube, gated, number_of_events, pool, thinned, values
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


ABOVE: gates.Block = {"channels": ["FSC-A"], "threshold": 10.0, "keep": "above"}
BELOW: gates.Block = {"channels": ["FL1-A"], "threshold": 5.0, "keep": "below"}


def test_gates_apply_one_after_the_other_and_leave_the_tubes_before_them_alone(
    open_tube: Callable[..., Tube],
) -> None:
    """Whether or not values were looked up between two gates."""
    sizes, stains = np.array([5.0, 10.0, 20.0, 30.0]), np.array([1.0, 2.0, 9.0, 4.0])
    tubes = [
        PooledTube(
            open_tube({"FSC-A": [1.0]}, fcs=name),
            pd.DataFrame({"FSC-A": sizes, "FL1-A": stains + more}),
        )
        for name, more in (("a.fcs", 0.0), ("b.fcs", 2.0))
    ]
    large = gated(tubes, {"cells": ABOVE})
    assert values(large, "FL1-A").tolist() == [2, 9, 4, 4, 11, 6]
    dim = gated(large, {"dim": BELOW})
    assert [one.values("FSC-A").tolist() for one in dim] == [[10, 30], [10]]
    assert values(dim, "FL1-A").tolist() == [2, 4, 4]
    assert [number_of_events(some) for some in (tubes, large, dim)] == [8, 6, 3]
    assert values(tubes, "FL1-A").tolist() == [1, 2, 9, 4, 3, 4, 11, 6]
    assert number_of_events(gated(tubes, {})) == 8
    not_looked_up = gated(tubes, {"cells": ABOVE})
    assert number_of_events(gated(not_looked_up, {"dim": BELOW})) == 3
    assert number_of_events(not_looked_up) == 6


def test_tubes_are_thinned_evenly_among_the_events_that_are_kept(
    open_tube: Callable[..., Tube],
) -> None:
    tubes = [
        PooledTube(open_tube({"FSC-A": [1.0]}), pd.DataFrame({"FSC-A": np.arange(start, 60.0)}))
        for start in (0, 30)
    ]
    large = gated(tubes, {"cells": ABOVE})
    assert values(thinned(large, 40), "FSC-A").tolist() == [*range(10, 60, 2), *range(30, 60, 2)]
    assert values(thinned(tubes, 45), "FSC-A").tolist() == [*range(0, 60, 2), *range(30, 60, 2)]
    assert number_of_events(thinned(large, 80)) == 80


def test_a_single_stain_of_another_day_sets_no_gate(open_tube: Callable[..., Tube]) -> None:
    roles = {"a": "sample", "b": "sample", "stain": "single_stain", "late": "single_stain"}
    tubes = [
        open_tube(
            {"FSC-A": [1.0]},
            fcs=name,
            role=role,
            keywords={"$DATE": "08-MAR-2024" if name == "late" else "01-MAR-2024"},
        )
        for name, role in roles.items()
    ]
    assert {one.tube.fcs for one in pool(tubes, None)} == {"a", "b", "stain"}
