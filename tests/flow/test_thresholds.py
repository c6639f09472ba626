"""Rules that place a threshold, on arrays whose negative part is known."""

import numpy as np
import pytest
from scipy.special import ndtri

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


def piles(*of: tuple[int, float, float]) -> thresholds.Values:
    """Normal piles (events, mean, SD) on the logicle scale: their quantiles, without any noise."""
    places = [mean + sd * ndtri((np.arange(n) + 0.5) / n) for n, mean, sd in of]
    return SCALE.inverse(np.concatenate(places))


def place(threshold: float | None) -> float:
    assert threshold is not None
    return float(SCALE.transform([threshold])[0])


def test_one_dim_or_bright_well_among_five_does_not_move_the_live_peak() -> None:
    usual, bright = piles((4000, 0.35, 0.03)), piles((4000, 0.43, 0.03))
    alone = place(thresholds.live_peak([usual], usual, SCALE))
    assert place(thresholds.live_peak([bright], usual, SCALE)) == pytest.approx(
        alone + 0.08, abs=0.005
    )
    assert place(thresholds.live_peak([*[usual] * 4, bright], usual, SCALE)) == pytest.approx(alone)


def test_median_and_mad_of_five_events_by_hand() -> None:
    """Median 0.35; distances 0.05, 0.02, 0, 0.01, 0.55, so MAD 0.02 and SD 1.4826 x 0.02."""
    control = SCALE.inverse([0.30, 0.33, 0.35, 0.36, 0.90])
    assert place(thresholds.above_median(control, SCALE)) == pytest.approx(0.35 + 3 * 0.029652)


@pytest.mark.parametrize(("highest", "is_live"), [(0.32, False), (0.38, True)])
def test_no_live_peak_above_the_highest_value_of_live_cells(highest: float, is_live: bool) -> None:
    usual = piles((4000, 0.35, 0.03))
    limit = float(SCALE.inverse([highest])[0])
    assert (thresholds.live_peak([usual], usual, SCALE, limit) is not None) == is_live


@pytest.mark.parametrize(("sds", "counts"), [(3.5, True), (4.5, False)])
def test_a_wells_peak_counts_up_to_four_sds_above_the_references(sds: float, counts: bool) -> None:
    usual, well = piles((4000, 0.35, 0.03)), piles((4000, 0.35 + 0.03 * sds, 0.03))
    assert (thresholds.live_peak([well], usual, SCALE) is not None) == counts


@pytest.mark.parametrize(("apart", "is_deep"), [(3.2, False), (3.8, True)])
def test_a_valley_must_be_below_half_of_the_peaks(apart: float, is_deep: bool) -> None:
    """Two equal normal piles d SD apart: between them 2 exp(-d^2 / 8) of a peak's height.

    3.2 SD: 0.55, 3.8 SD: 0.33 (summed in full); the smoothing raises both, to 0.58 and 0.36.
    """
    both = piles((20_000, 0.3, 0.03), (20_000, 0.3 + 0.03 * apart, 0.03))
    found = thresholds.valley(both, SCALE)
    assert (found is not None) == is_deep
    if is_deep:
        assert place(found) == pytest.approx(0.3 + 0.015 * apart, abs=0.004)


@pytest.mark.parametrize(("apart", "is_deep"), [(3.7, False), (4.5, True)])
def test_a_valley_is_judged_by_the_lower_of_the_peaks(apart: float, is_deep: bool) -> None:
    """A fifth of the events in the upper pile: a peak of about a quarter of the main one's height.

    The valley is then 0.17 of the main peak, far below half, but 0.68 of the low one; at 4.5 SD
    it is about a third of the low one.
    """
    uneven = piles((32_000, 0.3, 0.03), (8000, 0.3 + 0.03 * apart, 0.03))
    assert (thresholds.valley(uneven, SCALE) is not None) == is_deep


@pytest.mark.parametrize("empty", ["lower", "upper"])
def test_the_valley_of_three_peaks_is_the_emptiest_place_between_first_and_last(
    empty: str,
) -> None:
    middle = 0.42 if empty == "upper" else 0.68
    three = piles((4000, 0.3, 0.03), (4000, middle, 0.03), (4000, 0.8, 0.03))
    low, high = (0.3, middle) if empty == "lower" else (middle, 0.8)
    assert low + 0.09 < place(thresholds.valley(three, SCALE)) < high - 0.09


def test_a_threshold_rises_past_a_dim_peak_to_the_emptiest_place_before_the_last() -> None:
    """Cells as bright as 0.47 overlap the control's threshold; between 0.6 and 0.7 is none."""
    samples = piles((4000, 0.3, 0.03), (4000, 0.47, 0.05), (4000, 0.8, 0.03))
    control = float(SCALE.inverse([0.4])[0])
    assert 0.57 < place(thresholds.raised_to_valley(control, samples, SCALE)) < 0.72
