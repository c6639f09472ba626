"""How much percent apoptotic depends on the threshold, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from coculture.exchange.outcomes import outcomes_of
from coculture.flow.gating.checks.threshold_sensitive import largest_change
from tests.flow.standard_outcomes import STANDARD


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
    found = largest_change(events, np.ones(len(events), bool), {"annexin": block}, STANDARD)
    assert found == pytest.approx(100 * 5 / 20)


@pytest.mark.parametrize(("events", "threshold"), [(0, 100.0), (5, 0.0), (5, -1.0)])
def test_no_sensitivity_without_events_or_a_positive_threshold(
    events: int, threshold: float
) -> None:
    values = pd.DataFrame({"FL1-A": np.ones(events)})
    block = {"channels": ["FL1-A"], "threshold": threshold, "keep": "above"}
    is_cell = np.ones(events, bool)
    assert np.isnan(largest_change(values, is_cell, {"annexin": block}, STANDARD))


def test_events_outside_the_population_do_not_count() -> None:
    events = pd.DataFrame({"FL1-A": [50.0, 80.0, 80.0, 200.0]})
    block = {"channels": ["FL1-A"], "threshold": 100.0, "keep": "above"}
    is_cell = np.array([True, True, False, True])
    found = largest_change(events, is_cell, {"annexin": block}, STANDARD)
    assert found == pytest.approx(100 / 3)


def test_each_stain_that_the_outcome_is_read_from_is_moved() -> None:
    """Of 20 dead cells, SYTO9-negative and PI-positive, 3 leave by the one and 4 by the other."""
    stains = [
        {"name": "SYTO9", "channel": "S", "living_cells": "positive"},
        {"name": "PI", "channel": "P", "living_cells": "negative"},
    ]
    cells = {"SYTO9": "negative", "PI": "positive"}
    outcomes = outcomes_of({"stains": stains, "outcomes": [{"name": "dead", "cells": cells}]})
    syto9, pi = np.full(40, 10.0), np.full(40, 1000.0)
    syto9[20:] = 1000.0
    syto9[:3] = 95.0
    pi[3:7] = 105.0
    blocks = {
        "SYTO9": {"channels": ["S"], "threshold": 100.0},
        "PI": {"channels": ["P"], "threshold": 100.0},
    }
    events, is_cell = {"S": syto9, "P": pi}, np.ones(40, bool)
    found = largest_change(pd.DataFrame(events), is_cell, blocks, outcomes)
    assert found == pytest.approx(100 * 4 / 40)
    # Of a negative class, too, events that are no cells do not count.
    outside = pd.DataFrame({name: np.append(of, of[3:7]) for name, of in events.items()})
    is_cell = np.arange(44) < 40
    assert largest_change(outside, is_cell, blocks, outcomes) == found
    pi[3:7] = 1000.0
    found = largest_change(pd.DataFrame({"S": syto9, "P": pi}), np.ones(40, bool), blocks, outcomes)
    assert found == pytest.approx(100 * 3 / 40)
