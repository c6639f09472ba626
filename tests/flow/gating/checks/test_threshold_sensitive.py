"""How much percent apoptotic depends on the threshold, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from coculture.flow.gating.checks.threshold_sensitive import largest_change


@pytest.mark.parametrize(("just_below", "just_above"), [(2, 5), (5, 2)])
def test_sensitivity_is_the_larger_change_of_the_two_shifts(
    just_below: int, just_above: int
) -> None:
    """A tenth of a decade either way moves a threshold of 100 to 79.4 and to 125.9.

    Of 20 events those at 80 are gained by the one, those at 125 lost by the other, at most 5.
    """
    numbers = {79.0: 6, 80.0: just_below, 125.0: just_above, 126.0: 7}
    events = pd.DataFrame({"FL1-A": np.repeat(list(numbers), list(numbers.values()))})
    block = {"channels": ["FL1-A"], "threshold": 100.0, "keep": "above"}
    is_cell = np.ones(len(events), bool)
    found = largest_change(events, is_cell, block, quadrants(20, just_above + 7))
    assert found == pytest.approx(100 * 5 / 20)


@pytest.mark.parametrize(("events", "threshold"), [(0, 100.0), (5, 0.0), (5, -1.0)])
def test_no_sensitivity_without_events_or_a_positive_threshold(
    events: int, threshold: float
) -> None:
    values = pd.DataFrame({"FL1-A": np.ones(events)})
    block = {"channels": ["FL1-A"], "threshold": threshold, "keep": "above"}
    assert np.isnan(largest_change(values, np.ones(events, bool), block, quadrants(events, 0)))


def test_events_outside_the_population_do_not_count() -> None:
    events = pd.DataFrame({"FL1-A": [50.0, 80.0, 80.0, 200.0]})
    block = {"channels": ["FL1-A"], "threshold": 100.0, "keep": "above"}
    is_cell = np.array([True, True, False, True])
    assert largest_change(events, is_cell, block, quadrants(3, 1)) == pytest.approx(100 / 3)


def quadrants(cells: int, apoptotic: int) -> dict[str, int]:
    return {"viable": cells - apoptotic, "early": apoptotic, "late": 0, "necrotic": 0}
