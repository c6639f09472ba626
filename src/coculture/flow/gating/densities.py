"""Smoothed histograms: their peaks, and the valleys between the peaks."""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

Values = NDArray[np.float64]

LEAST_PEAK = 0.05
"""Share of the highest peak by which a peak must stand out; smaller ones are taken as noise."""

_BINS = 512
"""Bins of a density: its resolution is finer than the kernel for up to about 100,000 events."""


@dataclass(frozen=True)
class Density:
    """A density on an even grid."""

    position: Values
    height: Values

    def peaks(self, least_share: float = LEAST_PEAK) -> NDArray[np.intp]:
        """Grid indices of the peaks that stand out by at least this share of the highest one."""
        # Imported here: it takes a second, and most steps look for no peak.
        from scipy.signal import find_peaks

        padded = np.concatenate([[0.0], self.height, [0.0]])
        found, _ = find_peaks(padded, prominence=least_share * self.height.max())
        return np.asarray(found - 1, dtype=np.intp)

    def valley(self, left: int, right: int) -> int:
        """Grid index of the lowest point between two indices; the middle of it if it is flat."""
        between = self.height[left : right + 1]
        lowest = np.flatnonzero(between <= between.min() * (1 + 1e-9))
        return left + int(lowest[len(lowest) // 2])


def density(values: Values, bandwidth: float | None = None) -> Density:
    """Density of `values`: a fine histogram smoothed with a normal kernel.

    The SD of the kernel is `bandwidth`, by default that of Silverman's rule for the whole sample.
    """
    low, first_quartile, third_quartile, high = np.percentile(values, [0.05, 25, 75, 99.95])
    if not bandwidth:
        deviation = float(np.std(values))
        spread = min(deviation, float(third_quartile - first_quartile) / 1.34)
        bandwidth = silverman(spread or deviation or 1.0, len(values))
    margin = 4 * bandwidth + 1e-12
    # By number of bins and range: given edges, numpy sorts the values first.
    counts, edges = np.histogram(values, _BINS, (low - margin, high + margin))
    step = edges[1] - edges[0]
    smooth = scipy.ndimage.gaussian_filter1d(
        counts.astype(np.float64), bandwidth / step, mode="constant"
    )
    return Density((edges[:-1] + edges[1:]) / 2, smooth / (step * len(values)))


def silverman(spread: float, count: int) -> float:
    """Bandwidth 0.9 · spread · n^(-1/5) (Silverman 1986, equation 3.31)."""
    return float(0.9 * spread * max(1, count) ** -0.2)
