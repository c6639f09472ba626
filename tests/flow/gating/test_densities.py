"""Densities of sorted values, against numpy's own percentiles and histograms."""

from collections.abc import Callable

import numpy as np
import pytest
import scipy
from numpy.typing import NDArray
from scipy.signal import find_peaks

from coculture.flow.gating.densities import (
    Distribution,
    density,
    joined,
    median,
    median_of_unsorted,
    percentile,
    percentiles,
    prominent_peaks,
)

Values = NDArray[np.float64]
PERCENTS = [0.05, 68.27, 99.95, *np.linspace(0, 100, 401)]


def skewed(count: int) -> Values:
    return np.random.default_rng(count).lognormal(1, 2, count)


@pytest.mark.parametrize("count", [1, 2, 3, 100, 4001])
def test_percentiles_are_those_of_numpy(count: int) -> None:
    values = skewed(count)
    np.testing.assert_array_equal(
        percentiles(np.sort(values), PERCENTS), np.percentile(values, PERCENTS)
    )
    one_by_one = [percentile(np.sort(values), percent) for percent in PERCENTS]
    np.testing.assert_array_equal(one_by_one, np.percentile(values, PERCENTS))


def bandwidth_of_silverman(values: Values) -> float:
    quartiles = np.percentile(values, [25, 75])
    spread = min(float(np.std(values)), float(np.diff(quartiles)[0]) / 1.34)
    return float(0.9 * spread * len(values) ** -0.2)


@pytest.mark.parametrize("bandwidth", [None, 0.02, 0.5])
@pytest.mark.parametrize("make", [np.log, np.sqrt, lambda values: np.round(values, 1)])
def test_a_density_is_the_smoothed_histogram_of_the_values(
    bandwidth: float | None, make: Callable[[Values], Values]
) -> None:
    values = make(skewed(3000))
    sd = bandwidth or bandwidth_of_silverman(values)
    low, high = np.percentile(values, [0.05, 99.95])
    margin = 4 * sd + 1e-12
    counts, edges = np.histogram(values, 512, (low - margin, high + margin))
    step = edges[1] - edges[0]
    smooth = scipy.ndimage.gaussian_filter1d(counts.astype(float), sd / step, mode="constant")
    curve = Distribution(values).density(bandwidth) if bandwidth else density(values)
    np.testing.assert_array_equal(curve.position, (edges[:-1] + edges[1:]) / 2)
    np.testing.assert_array_equal(curve.height, smooth / (step * len(values)))


def test_values_below_one_are_given_in_order() -> None:
    found = Distribution(np.array([3.0, 1.0, 2.0, 2.0, 5.0]))
    assert found.below(2.0).tolist() == [1]
    assert found.below(4.0).tolist() == [1, 2, 2, 3]
    assert found.below(0.0).tolist() == []


def test_parts_are_joined_with_all_their_values() -> None:
    parts = [Distribution(np.array([3.0, 1.0])), Distribution(np.array([2.0]))]
    assert joined(parts).ordered.tolist() == [1, 2, 3]


def test_of_too_many_values_each_part_gives_the_same_share() -> None:
    parts = [Distribution(np.arange(60.0)), Distribution(np.arange(100.0, 140.0))]
    assert joined(parts, 50).ordered.tolist() == [*range(0, 60, 2), *range(100, 140, 2)]
    assert len(joined(parts, 100).values) == 100


@pytest.mark.parametrize("count", [1, 2, 3, 4001])
def test_the_median_of_ordered_values_is_that_of_numpy(count: int) -> None:
    values = skewed(count)
    assert median(np.sort(values)) == np.median(values)
    assert median_of_unsorted(values.copy()) == np.median(values)


def test_values_above_one_are_given_in_order() -> None:
    found = Distribution(np.array([3.0, 1.0, 2.0, 2.0, 5.0]))
    assert found.above(2.0).tolist() == [3, 5]
    assert found.above(5.0).tolist() == []


@pytest.mark.parametrize("least", [0.001, 0.05, 0.3])
def test_prominent_peaks_are_those_of_scipy(least: float) -> None:
    """Also of flat peaks, of equal peaks, and of those at the ends."""
    rng = np.random.default_rng(3)
    for _ in range(300):
        length = int(rng.integers(3, 80))
        for heights in (rng.random(length), rng.integers(0, 4, length).astype(float)):
            if not heights.any():
                continue
            padded = np.concatenate([[0.0], heights, [0.0]])
            smallest = least * float(heights.max())
            expected, _ = find_peaks(padded, prominence=smallest)
            assert prominent_peaks(padded, smallest).tolist() == expected.tolist()
