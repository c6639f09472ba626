"""Acquisition time: clogs, spikes and gaps are seen, ordinary tubes are left alone."""

import numpy as np
import pytest
from numpy.typing import NDArray

from coculture.flow.gating.steadiness import steadiness

Values = NDArray[np.float64]


def tube(seed: int = 0, events: int = 20_000) -> tuple[Values, Values]:
    rng = np.random.default_rng(seed)
    bimodal = np.where(rng.random(events) < 0.5, rng.normal(100, 30, events), 10_000)
    return np.sort(rng.uniform(0, 60, events)), bimodal


@pytest.mark.parametrize("seed", range(20))
def test_steady_tubes_are_kept_whole(seed: int) -> None:
    time, signal = tube(seed)
    judged = steadiness(time, [signal])
    assert judged.steady.all()
    assert (judged.percent_departing, judged.percent_time_lost) == (0, 0)


def test_a_clog_is_left_out() -> None:
    time, _ = tube()
    signal = np.random.default_rng(1).normal(100, 30, len(time))
    clogged = (time > 20) & (time < 26)
    signal[clogged] *= 0.6
    judged = steadiness(time, [np.ones_like(signal), signal])
    assert judged.percent_departing == pytest.approx(10, abs=2)
    assert np.mean(judged.steady[clogged]) < 0.1
    assert np.mean(judged.steady[~clogged]) > 0.98


def test_order_of_events_does_not_matter() -> None:
    time, _ = tube()
    signal = np.where(time < 9, 50.0, np.random.default_rng(1).normal(100, 30, len(time)))
    order = np.random.default_rng(2).permutation(len(time))
    np.testing.assert_array_equal(
        steadiness(time[order], [signal[order]]).steady, steadiness(time, [signal]).steady[order]
    )


def test_lost_time_and_rate_spike() -> None:
    time, signal = tube()
    outside = (time < 30) | (time > 42)
    judged = steadiness(time[outside], [signal[outside]])
    assert judged.percent_time_lost == pytest.approx(20, abs=2)
    rng = np.random.default_rng(3)
    burst = np.sort(np.concatenate([time, rng.uniform(50, 51.8, 4000)]))
    judged = steadiness(burst, [rng.normal(size=len(burst))])
    assert judged.percent_departing == pytest.approx(100 * 4600 / 24_000, abs=3)


def test_nothing_is_left_out_where_most_of_the_tube_departs() -> None:
    time, _ = tube()
    judged = steadiness(time, [time])
    assert judged.steady.all()
    assert judged.percent_departing > 50


def test_few_events_cannot_be_judged() -> None:
    judged = steadiness(np.arange(900.0), [np.arange(900.0)])
    assert judged.steady.all()
    assert judged.percent_departing == 0


@pytest.mark.parametrize(("stretches", "are_left_out"), [(48, True), (50, True), (52, False)])
def test_departing_stretches_are_left_out_up_to_half_of_the_tube(
    stretches: int, are_left_out: bool
) -> None:
    """100 stretches of 250 events: some all above the median, as many below it, others balanced."""
    level = np.tile([-1.0, 1.0], 12_500).reshape(100, 250)
    level[: stretches // 2] = 1
    level[-(stretches // 2) :] = -1
    judged = steadiness(np.arange(25_000.0), [level.ravel()])
    assert judged.percent_departing == pytest.approx(stretches)
    departing = np.abs(level.mean(axis=1)) == 1
    expected = np.repeat(~departing, 250) if are_left_out else np.ones(25_000, dtype=bool)
    np.testing.assert_array_equal(judged.steady, expected)


@pytest.mark.parametrize(("events", "is_spike"), [(720, False), (780, True)])
def test_a_second_with_more_than_two_and_a_half_times_the_usual_events_is_a_spike(
    events: int, is_spike: bool
) -> None:
    """100 seconds of 300 events, but for one of 2.4 or 2.6 times as many."""
    counts = np.full(100, 300)
    counts[40] = events
    time = np.concatenate(
        [second + np.linspace(0, 1, n + 2)[1:-1] for second, n in enumerate(counts)]
    )
    judged = steadiness(time, [np.ones_like(time)])
    expected = 100 * events / (99 * 300 + events) if is_spike else 0
    assert judged.percent_departing == pytest.approx(expected, abs=0.02)
    in_spike = (time > 40.02) & (time < 40.98)
    assert judged.steady[in_spike].any() != is_spike
    assert judged.steady[(time < 39.9) | (time > 41.1)].all()
