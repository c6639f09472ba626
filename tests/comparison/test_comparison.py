"""The whole comparison: its tables on disk, and the same results for any order of rows."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.comparison import Comparison, ComparisonSettings, compare, read_tables
from coculture.comparison.comparison import TABLES
from coculture.exchange import result_tables

JoinedStudy = Callable[..., pd.DataFrame]


def test_tables_come_back_from_disk_as_they_were(
    joined_study: JoinedStudy, settings: ComparisonSettings, tmp_path: Path
) -> None:
    comparison = compare(joined_study(), settings)
    paths = [tmp_path / f"{name}.csv" for name in TABLES]
    for name, path in zip(TABLES, paths, strict=True):
        result_tables.write(getattr(comparison, name), path, f"comparison/{name}.csv")
    back = read_tables(paths)
    assert isinstance(back, Comparison)
    for name in TABLES:
        written = getattr(comparison, name)
        # A table without rows, as that of doses, has columns without a type.
        pd.testing.assert_frame_equal(getattr(back, name), written, check_dtype=len(written) > 0)


def test_the_order_of_rows_changes_nothing(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    ordered = compare(cultures, settings)
    shuffled = compare(cultures.sample(frac=1, random_state=5), settings)
    for name in TABLES:
        pd.testing.assert_frame_equal(
            getattr(shuffled, name), getattr(ordered, name), check_exact=True
        )


def test_where_cells_were_counted_analytes_are_also_compared_per_viable_cell(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """DEX leaves half as many cells: half of its fall in IL-6 is theirs."""
    cultures = joined_study()
    counted = 4e5 * np.where(cultures["dex_nM"] > 0, 0.5, 1.0)
    tables = compare(cultures.assign(viable_cells_per_ml=counted), settings)
    contrasts = tables.contrasts[tables.contrasts["analysis"] == "per_experiment"]
    by_dex = contrasts[contrasts["contrast"] == "control: DEX against untreated"]
    for column in ("estimate", "lower", "upper"):
        by_volume, by_cell = _by_volume_and_cell(by_dex, column)
        np.testing.assert_allclose(by_cell, by_volume + np.log(2), atol=1e-12)
    untreated = tables.arms[tables.arms["arm"] == "control untreated"]
    by_volume, by_cell = _by_volume_and_cell(untreated, "mean")
    np.testing.assert_allclose(by_cell, by_volume - np.log(0.4), atol=1e-12)


def _by_volume_and_cell(
    rows: pd.DataFrame, column: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    by_volume, by_cell = (
        rows.loc[rows["endpoint"] == endpoint, column].to_numpy(float)
        for endpoint in ("ln_il6", "ln_il6_per_viable_cell")
    )
    assert len(by_volume) > 0
    return by_volume, by_cell


def test_without_cell_counts_nothing_is_said_per_cell(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    assert not compare(cultures, settings).arms["endpoint"].str.contains("per_viable").any()
    assert "viable_cells_per_ml" not in cultures
