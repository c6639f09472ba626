"""Where debris ends in forward scatter that has three piles."""

from collections.abc import Callable
from math import log10
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

from coculture.flow import FlowSettings, gate_experiment


@pytest.mark.parametrize(
    ("piles", "low", "high"),
    [
        # Cells of two sizes, 10^4.45 being more than a quarter of 10^5, with nothing between them.
        ([(2000, 4.0, 0.07), (2000, 4.45, 0.07), (6000, 5.0, 0.04)], 4.1, 4.35),
        # Debris of two sizes, with nothing between them.
        ([(2000, 3.0, 0.05), (2000, 4.3, 0.1), (6000, 5.0, 0.1)], 4.45, 4.85),
    ],
    ids=["cells of two sizes", "debris of two sizes"],
)
def test_cells_begin_between_the_highest_debris_and_the_smallest_cells(
    write_fcs: Callable[..., Path],
    flow_settings: Callable[..., FlowSettings],
    piles: list[tuple[int, float, float]],
    low: float,
    high: float,
) -> None:
    """Piles are (events, log10 of the size, SD in decades); the main one is the last."""
    logs = [mean + sd * ndtri((np.arange(n) + 0.5) / n) for n, mean, sd in piles]
    path = write_fcs(10 ** np.concatenate(logs)[:, None], ["FSC-A"])
    absent = ("forward_scatter_height", "side_scatter_area", "annexin", "viability_dye", "time")
    settings = flow_settings(
        channels=dict.fromkeys(absent), compensation={"source": "none"}, populations=[]
    )
    files = pd.DataFrame([{"fcs": str(path), "experiment": "e", "role": "sample"}])
    block = gate_experiment(files, settings).gates["populations"]["all"]["cells"]
    assert block["source"] == "debris_valley"
    assert low < log10(block["threshold"]) < high
