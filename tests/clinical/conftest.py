"""A clinical table of four patients, and the published one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def published(reference: Path) -> pd.DataFrame:
    """The published table of seven patients."""
    table = pd.read_csv(reference / "clinical/lust2004_table.csv")
    return table.rename(columns={"m6": "month_6", "printed": "printed_change"})


def _table(**more: object) -> pd.DataFrame:
    """Two analytes of four patients; keywords replace columns."""
    return pd.DataFrame(
        {
            "patient": ["a", "b", "c", "d"] * 2,
            "analyte": ["CRP"] * 4 + ["M-protein"] * 4,
            "unit": ["mg/L"] * 4 + ["g/dL"] * 4,
            "on_study": [4.0, 3.0, 2.0, 0.0, 4.0, 2.0, 1.0, 2.0],
            "month_6": [1.0, 2.0, 3.0, 1.0, 2.0, 1.5, 1.4, 2.5],
            "printed_change": np.nan,
            "selected_on": "",
        }
        | more
    )


@pytest.fixture
def make_table() -> Callable[..., pd.DataFrame]:
    """Makes a table of two analytes of four patients; keywords replace columns."""
    return _table
