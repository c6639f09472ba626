"""Thresholds of a marker from cells without it."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from coculture.flow.gating.logicle import Logicle
from coculture.flow.gating.sources import population_negative
from coculture.flow.gating.sources.threshold import Request, Threshold
from tests.flow.gating.sources.conftest import Pooled

Values = NDArray[np.float64]
Wells = Callable[..., Values]
Place = Callable[[float | None], float]
Found = Callable[[Values, Values], Threshold]
CHANNEL = "FL1-A"


def test_threshold_rises_to_the_empty_space_but_no_further(
    well: Wells, place: Place, scale: Logicle
) -> None:
    samples = well(1, 0.5)
    control = float(scale.inverse([0.42])[0])
    assert 0.45 < place(population_negative.raised_to_valley(control, samples, scale)) < 0.68
    assert population_negative.raised_to_valley(control, well(1, 0.0), scale) is None


def test_a_threshold_rises_past_a_dim_peak_to_the_emptiest_place_before_the_last(
    piles: Wells, place: Place, scale: Logicle
) -> None:
    """Cells as bright as 0.47 overlap the control's threshold; between 0.6 and 0.7 is none."""
    samples = piles((4000, 0.3, 0.03), (4000, 0.47, 0.05), (4000, 0.8, 0.03))
    control = float(scale.inverse([0.4])[0])
    assert 0.57 < place(population_negative.raised_to_valley(control, samples, scale)) < 0.72


@pytest.fixture
def found(pooled: Pooled) -> Found:
    """The threshold from a control without the marker and the samples."""

    def of(control: Values, samples: Values) -> Threshold:
        tubes = [
            pooled("population_negative", "stroma.fcs", CHANNEL, control),
            pooled("sample", "well.fcs", CHANNEL, samples),
        ]
        request = Request("GFP", CHANNEL, tubes[0].tube.panel, tubes, tubes, is_marker=True)
        threshold = population_negative.find(request)
        assert threshold is not None
        return threshold

    return of


def _percentile(control: Values, threshold: Threshold) -> float:
    return float(100 * np.mean(control < threshold.value))


def test_among_dim_positive_cells_the_threshold_goes_below_the_end_of_the_control(
    piles: Wells, found: Found
) -> None:
    """At 0.45, the 99.5th percentile would lose a third of the positive cells."""
    control = piles((4000, 0.35, 0.03))
    threshold = found(control, piles((1000, 0.35, 0.03), (4000, 0.45, 0.04)))
    assert threshold.rule == population_negative.OVERLAPPING
    assert 95 <= _percentile(control, threshold) < 99
    assert "% of the cells without the marker are above it" in threshold.note


def test_where_the_population_is_rare_the_threshold_stays_at_the_end_of_the_control(
    piles: Wells, found: Found
) -> None:
    """One cell in ten has the marker: 5 % of the others would be a third of those above."""
    control = piles((4000, 0.35, 0.03))
    threshold = found(control, piles((9000, 0.35, 0.03), (1000, 0.47, 0.02)))
    assert _percentile(control, threshold) > 99


def test_without_positive_cells_the_threshold_is_the_end_of_the_control(
    piles: Wells, found: Found
) -> None:
    control = piles((4000, 0.35, 0.03))
    threshold = found(control, piles((4000, 0.35, 0.03)))
    assert (threshold.rule, threshold.checked_with) == (population_negative.RULE, ())
    assert _percentile(control, threshold) == pytest.approx(99.5, abs=0.05)


def test_few_cells_that_lack_the_marker_let_the_threshold_go_down_to_95_percent(
    piles: Wells,
) -> None:
    control = piles((4000, 0.35, 0.03))
    lowest = population_negative.lowest_percentile
    assert lowest(control, piles((4000, 0.5, 0.03))) == 95
    assert lowest(control, piles((4000, 0.35, 0.03), (4000, 0.5, 0.03))) == pytest.approx(
        97, abs=0.1
    )
    assert lowest(control, control) == 99.5
