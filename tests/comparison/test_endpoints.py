"""The SD between wells, by hand."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest
from coculture.comparison.endpoints import pooled_well_sd


def _wells(cells: Mapping[tuple[str, str], Sequence[float]]) -> pd.DataFrame:
    rows = [(*cell, value) for cell, values in cells.items() for value in values]
    return pd.DataFrame(rows, columns=["experiment", "arm", "value"])


def test_each_cell_costs_the_well_sd_one_degree_of_freedom() -> None:
    """Squares about the cells' means 2 and 11: 1 + 1 and 1 + 4 + 1 + 4 + 0; df 1 + 4."""
    wells = _wells({("E1", "DEX"): [1, 3], ("E2", "DEX"): [10, 13, 12, 9, 11]})
    assert pooled_well_sd(wells) == pytest.approx(np.sqrt(12 / 5))


def test_single_wells_tell_nothing_of_the_well_sd() -> None:
    """They add neither squares nor degrees of freedom: 2 / 1 of the one cell with two wells."""
    wells = _wells({("E1", "DEX"): [1, 3], ("E1", "none"): [50], ("E2", "DEX"): [-20]})
    assert pooled_well_sd(wells) == pytest.approx(np.sqrt(2))
    assert np.isnan(pooled_well_sd(wells[wells["value"] < 0]))


def test_the_same_arm_of_two_experiments_is_two_cells() -> None:
    """The experiments' levels, 100 apart, are no scatter of wells: (0.5 + 0.5) / 2."""
    wells = _wells({("E1", "DEX"): [0, 1], ("E2", "DEX"): [100, 101]})
    assert pooled_well_sd(wells) == pytest.approx(np.sqrt(0.5))
