"""Group means: which wells enter, and the SD between wells."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import ComparisonSettings, compare
from coculture.comparison.statistics.group_means import pooled_well_sd

JoinedStudy = Callable[..., pd.DataFrame]


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


def test_arms_with_added_il6_are_kept_out_with_the_reason(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    comparison = compare(joined_study(), settings)
    rows = comparison.arms[
        (comparison.arms["endpoint"] == "ln_il6") & comparison.arms["arm"].str.contains("added")
    ]
    assert len(rows) == 4 * 4
    assert set(rows["note"]) == {"IL-6 was added"}
    assert rows["mean"].isna().all()
    il6 = comparison.contrasts[comparison.contrasts["endpoint"] == "ln_il6"]
    assert not il6["contrast"].str.contains("added").any()


def test_a_culture_without_a_cell_count_is_left_out_and_named(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study().assign(viable_cells_per_ml=4e5)
    cultures.loc[0, "viable_cells_per_ml"] = np.nan
    arms = compare(cultures, settings).arms
    first = arms[(arms["arm"] == cultures["arm"][0]) & (arms["experiment"] == "E1")]
    by_volume, by_cell = (
        first[first["endpoint"] == endpoint].to_dict("records")[0]
        for endpoint in ("ln_il6", "ln_il6_per_viable_cell")
    )
    assert by_volume["wells"] == by_cell["wells"] + 1
    assert by_volume["note"] == ""
    assert by_cell["note"] == f"{cultures['culture'][0]}: no cell count"
