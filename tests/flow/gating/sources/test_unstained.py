"""Thresholds from negative controls."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from coculture.flow.gating.logicle import Logicle
from coculture.flow.gating.sources import threshold, unstained

Values = NDArray[np.float64]
Wells = Callable[..., Values]
Place = Callable[[float | None], float]


def test_negative_controls(well: Wells, scale: Logicle) -> None:
    negative = well(5, 0.0, events=20_000)
    normal = scale.inverse([0.35 + 3 * 0.03])
    assert unstained.above_median(negative, scale) == pytest.approx(float(normal[0]), rel=0.05)
    assert np.mean(negative > threshold.upper_end(negative)) == pytest.approx(0.005)


def test_median_and_mad_of_five_events_by_hand(place: Place, scale: Logicle) -> None:
    """Median 0.35; distances 0.05, 0.02, 0, 0.01, 0.55, so MAD 0.02 and SD 1.4826 x 0.02."""
    control = scale.inverse([0.30, 0.33, 0.35, 0.36, 0.90])
    assert place(unstained.above_median(control, scale)) == pytest.approx(0.35 + 3 * 0.029652)
