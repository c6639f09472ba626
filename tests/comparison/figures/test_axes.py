"""Axes that the figures of the comparison share."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from coculture.comparison.figures.axes import label_decades

RANGES = [(low, low * times) for low in (0.0013, 0.07, 1.01, 1.31, 47.0, 4_003.0)
          for times in (1.003, 1.02, 1.06, 1.3, 1.9, 4, 30, 999, 1e5, 3e12)]  # fmt: skip


@pytest.mark.parametrize("limits", RANGES)
def test_a_ratio_axis_has_three_to_nine_different_numbers(limits: tuple[float, float]) -> None:
    axis = Figure().subplots()
    axis.set_xscale("log")
    axis.set_xlim(*limits)
    label_decades(axis.xaxis)
    ticks = np.array([tick for tick in axis.get_xticks() if limits[0] <= tick <= limits[1]])
    texts = axis.xaxis.get_major_formatter().format_ticks(list(ticks))
    assert 3 <= len(set(texts)) == len(ticks) <= 9
