"""The axes of the gate page show the events and the gates."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from coculture.flow.gate_plots.axes import _shape_axis


class _Tube:
    """101 cells whose height is 0.50 to 1.50 of their area."""

    def values(self, channel: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        assert channel == "FSC-H / FSC-A"
        return np.linspace(0.5, 1.5, 101)

    def __len__(self) -> int:
        return 101


@pytest.mark.parametrize(
    ("threshold", "low", "high"),
    [(1.0, 0.51 - 0.3 * 0.98, 1.49 + 0.3 * 0.98), (2.0, 0.51 - 0.3 * 1.49, 2.0 + 0.3 * 1.49)],
)
def test_the_axis_of_doublets_holds_most_cells_and_the_gate(
    threshold: float, low: float, high: float
) -> None:
    """From the 1st to the 99th percentile or the gate, with 30 % of room on each side."""
    panel: Any = SimpleNamespace(singlet_ratio="FSC-H / FSC-A")
    tube: Any = _Tube()
    blocks = {"singlets": {"channels": ["FSC-H / FSC-A"], "threshold": threshold}}
    view = _shape_axis(panel, [tube], blocks)
    assert view.limits == pytest.approx((low, high))
