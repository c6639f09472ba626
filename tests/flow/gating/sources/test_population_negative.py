"""Thresholds of a marker from cells without it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from coculture.flow.gating.logicle import Logicle
from coculture.flow.gating.sources import population_negative

Values = NDArray[np.float64]
Wells = Callable[..., Values]
Place = Callable[[float | None], float]


def test_threshold_rises_to_the_empty_space_but_no_further(well: Wells, scale: Logicle) -> None:
    samples = well(1, 0.5)
    control = float(scale.inverse([0.42])[0])
    raised = population_negative.raised_to_valley(control, samples, scale)
    assert 0.45 < float(scale.transform([raised])[0]) < 0.68
    assert population_negative.raised_to_valley(control, well(1, 0.0), scale) == control


def test_a_threshold_rises_past_a_dim_peak_to_the_emptiest_place_before_the_last(
    piles: Wells, place: Place, scale: Logicle
) -> None:
    """Cells as bright as 0.47 overlap the control's threshold; between 0.6 and 0.7 is none."""
    samples = piles((4000, 0.3, 0.03), (4000, 0.47, 0.05), (4000, 0.8, 0.03))
    control = float(scale.inverse([0.4])[0])
    assert 0.57 < place(population_negative.raised_to_valley(control, samples, scale)) < 0.72
