"""Smoothed histograms: their peaks, and the valleys between the peaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float64]

LEAST_PEAK = 0.05
"""Share of the highest peak by which a peak must stand out; smaller ones are taken as noise."""

_SD_PER_MEDIAN = 1.4826
"""SD of a normal distribution divided by the median distance of its lower half from the mode."""
_BINS = 512
"""Bins of a density: its resolution is finer than the kernel for up to about 100,000 events."""


@dataclass(frozen=True)
class Density:
    """A density on an even grid."""

    position: Values
    height: Values

    def peaks(self, least_share: float = LEAST_PEAK) -> NDArray[np.intp]:
        """Grid indices of the peaks that stand out by at least this share of the highest one."""
        padded = np.concatenate([[0.0], self.height, [0.0]])
        return prominent_peaks(padded, least_share * float(self.height.max())) - 1

    def valley(self, left: int, right: int) -> int:
        """Grid index of the lowest point between two indices; the middle of it if it is flat."""
        between = self.height[left : right + 1]
        lowest = np.flatnonzero(between <= between.min() * (1 + 1e-9))
        return left + int(lowest[len(lowest) // 2])


def prominent_peaks(heights: Values, least: float) -> NDArray[np.intp]:
    """Indices of the local maxima whose prominence is at least `least`; heights are at least 0.

    The prominence is the height above the higher of the two lowest points between the peak and the
    next higher value, or the end, on each side. A flat peak has its middle, of two the left one.
    They are those of scipy.signal.find_peaks, to import which takes longer than to gate a file.

    >>> prominent_peaks(np.array([0.0, 3.0, 2.0, 2.5, 0.0, 4.0, 4.0, 0.0]), 1.0)
    array([1, 5])
    """
    is_step = np.diff(heights) != 0
    # Of each run of equal values the first and the last.
    first = np.flatnonzero(np.concatenate([[True], is_step]))
    last = np.flatnonzero(np.concatenate([is_step, [True]]))
    level = heights[first]
    is_top = (level[1:-1] > level[:-2]) & (level[1:-1] > level[2:]) & (level[1:-1] >= least)
    tops = np.flatnonzero(is_top) + 1
    kept = []
    for top in tops:
        higher = np.flatnonzero(level > level[top])
        after = int(np.searchsorted(higher, top))
        start = higher[after - 1] if after else 0
        end = higher[after] if after < len(higher) else len(level) - 1
        floor = max(level[start : top + 1].min(), level[top : end + 1].min())
        if level[top] - floor >= least:
            kept.append((first[top] + last[top]) // 2)
    return np.array(kept, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Distribution:
    """Values of which several densities are made: they are sorted once.

    Sorted values need no other pass for their percentiles and histograms.
    """

    values: Values

    @cached_property
    def ordered(self) -> Values:
        """The values in ascending order."""
        return np.sort(self.values)

    @cached_property
    def usual(self) -> Density:
        """The density with the bandwidth of Silverman's rule for all values."""
        return self.density(self.bandwidth)

    @cached_property
    def bandwidth(self) -> float:
        """Of Silverman's rule for all values."""
        _, first_quartile, third_quartile, _ = self._ends
        deviation = float(np.std(self.values))
        spread = min(deviation, (third_quartile - first_quartile) / 1.34)
        return silverman(spread or deviation or 1.0, len(self.values))

    def density(self, bandwidth: float) -> Density:
        """A fine histogram smoothed with a normal kernel whose SD is `bandwidth`."""
        low, _, _, high = self._ends
        margin = 4 * bandwidth + 1e-12
        edges = np.linspace(low - margin, high + margin, _BINS + 1)
        step = edges[1] - edges[0]
        counts = np.diff(np.searchsorted(self.ordered, edges)).astype(np.float64)
        smooth = scipy.ndimage.gaussian_filter1d(counts, bandwidth / step, mode="constant")
        return Density((edges[:-1] + edges[1:]) / 2, smooth / (step * len(self.values)))

    def below(self, value: float) -> Values:
        """The values below one, in ascending order."""
        return self.ordered[: np.searchsorted(self.ordered, value)]

    def above(self, value: float) -> Values:
        """The values above one, in ascending order."""
        return self.ordered[np.searchsorted(self.ordered, value, side="right") :]

    @cached_property
    def _ends(self) -> list[float]:
        return [percentile(self.ordered, percent) for percent in (0.05, 25, 75, 99.95)]


def lower_half_sd(values: Distribution, mode: float) -> float:
    """SD of a peak from the events below its mode: 1.4826 x their median distance from it.

    The upper half of a live peak holds graded and bright cells. NaN with nothing below the mode.
    """
    below = mode - values.below(mode)[::-1]
    return _SD_PER_MEDIAN * percentile(below, 50) if len(below) else float("nan")


def joined(parts: Sequence[Distribution], most: int | None = None) -> Distribution:
    """The values of all parts together; if they are more than `most`, evenly chosen ones."""
    count = sum(len(part.values) for part in parts)
    every = 1 if most is None else max(1, -(-count // most))
    return Distribution(np.concatenate([part.values[::every] for part in parts]))


def percentiles(ordered: Values, percents: ArrayLike) -> Values:
    """Percentiles of values in ascending order, as np.percentile, which would sort them again.

    >>> percentiles(np.array([1.0, 2.0, 4.0]), [25, 50, 100])
    array([1.5, 2. , 4. ])
    """
    place = np.asarray(percents) / 100 * (len(ordered) - 1)
    before = place.astype(np.intp)
    part = place - before
    low, high = ordered[before], ordered[np.minimum(before + 1, len(ordered) - 1)]
    # From the nearer of the two, as numpy does, so that the last digit is the same.
    return np.where(part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part))


def percentile(ordered: Values, percent: float) -> float:
    """One percentile, as `percentiles`, in a tenth of the time.

    >>> percentile(np.array([1.0, 2.0, 4.0]), 25)
    1.5
    """
    place = percent / 100 * (len(ordered) - 1)
    before = int(place)
    part = place - before
    low, high = float(ordered[before]), float(ordered[min(before + 1, len(ordered) - 1)])
    return low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)


def median(ordered: Values) -> float:
    """Median of values in ascending order, at least one, as np.median, which would sort them again.

    >>> median(np.array([1.0, 2.0, 4.0, 9.0]))
    3.0
    """
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def median_of_unsorted(values: Values) -> float:
    """Median of finite values in any order, at least one: that of np.median, in a twentieth of the
    time. The values may be put in another order.

    >>> median_of_unsorted(np.array([9.0, 1.0, 4.0, 2.0]))
    3.0
    """
    middle = len(values) // 2
    near, place = _near_the_median(values, middle)
    # One place at a time: numpy is slow for two, and np.median asks for three.
    near.partition(place)
    upper = float(near[place])
    return upper if len(values) % 2 else (float(near[:place].max()) + upper) / 2


_FEW = 1000
"""Values, evenly chosen, between two of which the median is looked for."""
_APART = 50
"""Places of each of these two from the middle: three SDs of the median's place among them."""


def _near_the_median(values: Values, middle: int) -> tuple[Values, int]:
    """Values among which are the two at `middle` and before it, and the place of the first there.

    Of many values those around the median; all of them where these do not have both.
    """
    if len(values) > 4 * _FEW:
        few = np.sort(values[:: len(values) // _FEW])
        low, high = few[len(few) // 2 - _APART], few[len(few) // 2 + _APART]
        near = values[(values >= low) & (values <= high)]
        place = middle - int(np.count_nonzero(values < low))
        if 0 < place < len(near):
            return near, place
    return values, middle


def density(values: Values) -> Density:
    """Density of `values` with the bandwidth of Silverman's rule for all of them."""
    return Distribution(values).usual


def silverman(spread: float, count: int) -> float:
    """Bandwidth 0.9 · spread · n^(-1/5) (Silverman 1986, equation 3.31)."""
    return float(0.9 * spread * max(1, count) ** -0.2)
