"""Rules that place a threshold, on arrays whose negative part is known."""

import numpy as np
import pytest

from coculture.flow.gating import thresholds
from coculture.flow.gating.logicle import Logicle

SCALE = Logicle(262144, 0.5)


def well(seed: int, positive: float, events: int = 4000, shift: float = 0.0) -> thresholds.Values:
    """Negative cells normal on the logicle scale (mean 0.35, SD 0.03), positive ones at 0.8."""
    rng = np.random.default_rng(seed)
    above = rng.random(events) < positive
    places = np.where(above, rng.normal(0.8, 0.04, events), rng.normal(0.35 + shift, 0.03, events))
    return SCALE.inverse(places)


@pytest.mark.parametrize("positive", [0.01, 0.2, 0.6])
def test_negative_peak_is_found_whatever_lies_above(positive: float) -> None:
    peak = thresholds.negative_peak(SCALE.transform(well(1, positive)))
    assert peak.mode == pytest.approx(0.35, abs=0.006)
    assert peak.sd == pytest.approx(0.03, abs=0.006)
    assert peak.share == pytest.approx(1 - positive, abs=0.12)


def test_live_peak_is_the_median_of_the_wells() -> None:
    wells = [well(seed, positive) for seed, positive in enumerate([0.05, 0.05, 0.3, 0.5, 0.7])]
    found = thresholds.live_peak(wells, wells[0], SCALE)
    assert found is not None
    expected = 0.35 + thresholds.LIVE_SDS * 0.03
    assert float(SCALE.transform([found])[0]) == pytest.approx(expected, abs=0.01)


def test_a_well_without_live_cells_does_not_count() -> None:
    live, dead = well(1, 0.05), well(2, 0.99)
    assert thresholds.live_peak([live, dead, dead], live, SCALE) == thresholds.live_peak(
        [live], live, SCALE
    )
    assert thresholds.live_peak([dead], live, SCALE) is None


def test_valley_lies_between_two_peaks_and_is_refused_for_one() -> None:
    found = thresholds.valley(well(1, 0.4), SCALE)
    assert found is not None
    assert 0.45 < float(SCALE.transform([found])[0]) < 0.68
    assert thresholds.valley(well(1, 0.0), SCALE) is None


def test_a_nearly_negative_well_is_not_split_in_two() -> None:
    assert thresholds.valley(well(3, 0.002), SCALE) is None


def test_negative_controls() -> None:
    negative = well(5, 0.0, events=20_000)
    normal = SCALE.inverse([0.35 + 3 * 0.03])
    assert thresholds.above_median(negative, SCALE) == pytest.approx(float(normal[0]), rel=0.05)
    assert np.mean(negative > thresholds.above_percentile(negative)) == pytest.approx(0.005)


def test_threshold_rises_to_the_empty_space_but_no_further() -> None:
    samples = well(1, 0.5)
    control = float(SCALE.inverse([0.42])[0])
    raised = thresholds.raised_to_valley(control, samples, SCALE)
    assert 0.45 < float(SCALE.transform([raised])[0]) < 0.68
    assert thresholds.raised_to_valley(control, well(1, 0.0), SCALE) == control
