"""Cells of each class are counted from the stains' masks, as a count cell by cell gives them."""

import numpy as np
import pandas as pd
import pytest

from coculture.exchange.outcomes import outcomes_of
from coculture.flow.gating import gates

STAINS = [
    {"name": "SYTO9", "channel": "S", "living_cells": "positive"},
    {"name": "PI", "channel": "P", "living_cells": "negative"},
]
BLOCKS = {
    "SYTO9": {"channels": ["S"], "threshold": 0.3},
    "PI": {"channels": ["P"], "threshold": 0.6},
}


@pytest.mark.parametrize("stains", [STAINS[:1], STAINS[1:], STAINS])
def test_each_cell_is_in_the_class_of_its_signs(stains: list[dict[str, str]]) -> None:
    outcomes = outcomes_of({"stains": stains})
    events = pd.DataFrame(np.random.default_rng(1).random((500, 2)), columns=["S", "P"])
    is_cell = np.arange(500) % 3 > 0
    ends = {"SYTO9": ("S", 0.3), "PI": ("P", 0.6)}
    signs = list(
        zip(*(events[ends[one["name"]][0]] >= ends[one["name"]][1] for one in stains), strict=True)
    )
    expected = {
        name: sum(of == wanted for of, inside in zip(signs, is_cell, strict=True) if inside)
        for name, wanted in outcomes.signs.items()
    }
    masks = gates.positives(outcomes, BLOCKS, events)
    of_cells = {gate: mask & is_cell for gate, mask in masks.items()}
    assert gates.classes_of(outcomes, of_cells, int(is_cell.sum())) == expected
    assert sum(expected.values()) == is_cell.sum()
    assert gates.class_counts(outcomes, BLOCKS, events[is_cell]) == expected
    of_first = gates.first_outcome(outcomes, masks) & is_cell
    assert outcomes.first is not None
    assert of_first.sum() == sum(expected[name] for name in outcomes.first.classes)
