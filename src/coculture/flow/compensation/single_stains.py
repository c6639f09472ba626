"""Spillover estimated from single stains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.flow.compensation.spillover import SpilloverError
from coculture.flow.fcs.sample import FlowSample
from coculture.flow.gating.asinh_scale import decades, linear

POSITIVE_PERCENTILE = 99.5
"""Events of a single stain above this percentile of the unstained control are its positives."""
BRIGHTEST_PERCENTILE = 99.0
"""Percentile of the positives that is their upper end."""
FEWEST_POSITIVES = 50
"""Fewest positives of a single stain: the medians of fewer vary too much."""
_LEAST_ERRORS = 3.0
"""A rise of a marker of fewer standard errors is none: markers vary by far more than spill."""
_SAME_SHARE = 0.15
"""A stain is in the tube, too, if its channel differs from the unstained control by a larger share
than it rises with the tube's own stain. In 180 clean experiments the two differ by 0.12 at most;
where a dye's tube also has Annexin V, by 0.7."""
_SAME_SPREAD = 0.45
"""Or if a share above _SAME_SHARE varies by more between cells: in single stains of 180 clean
experiments by 0.37 at most, in fully stained tubes of a dye by 0.31 to 0.77."""
_MEDIAN_ERROR = 1.2533
"""Standard error of a median over that of a mean, for normal values."""
_SD_PER_MAD = 1.4826


def spillover_from_single_stains(
    unstained: FlowSample,
    stains: Mapping[str, FlowSample],
    channels: Sequence[str],
    method: Literal["positives", "all_events"] = "positives",
) -> pd.DataFrame:
    """Spillover matrix from an unstained sample and one single stain per channel.

    `all_events`: the median of all events minus the unstained median, in every channel (negative
    differences become 0), divided by that in the channel of the stain (the method of `spillover`
    in flowCore). `positives` does the same with the events above the 99.5th percentile of the
    unstained control in the channel of the stain, so that unstained cells do not count.

    Parameters
    ----------
    unstained
        The sample without stain.
    stains
        Channel -> the sample with only that stain.
    channels
        Channels of the matrix, in this order. A channel without a stain has no spillover.
    method
        `positives` or `all_events`.

    Returns
    -------
    Rows: channel of the stain; columns: channels; the diagonal is 1.

    Raises
    ------
    SpilloverError
        If a stain is not brighter than the unstained control in its channel, or has fewer than 50
        positive events.
    """
    names = list(channels)
    background = unstained.events[names].to_numpy()
    matrix = np.eye(len(names))
    for channel, stain in stains.items():
        row = names.index(channel)
        matrix[row] = spillover_row(
            background,
            stain.events[names].to_numpy(),
            row,
            method,
            f"{stain.path.name} ({channel})",
        )
    return pd.DataFrame(matrix, index=names, columns=names)


@dataclass(frozen=True)
class Slopes:
    """How other channels rise with the stain among the positives of one single stain.

    Attributes
    ----------
    shares
        Rise in each channel divided by that in the channel of the stain, shape (channels,); 0 where
        a channel falls.
    errors
        Their standard errors, shape (channels,).
    spreads
        Robust SD of each channel's share of the stain's signal between cells, relative to its
        median, shape (channels,): spill is the same share in all cells, another stain is not.
    """

    shares: NDArray[np.float64]
    errors: NDArray[np.float64]
    spreads: NDArray[np.float64]

    def reduced(
        self, row: NDArray[np.float64], of_markers: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """The row without what is no spill, and the places where another stain is in the tube.

        A marker differs between the cells of two tubes without any spill. Another stain does not,
        unless it is in the tube, too.

        Parameters
        ----------
        row
            From the difference to the unstained control, shape (channels,).
        of_markers
            Which channels are those of markers, shape (channels,).
        """
        gap = row - self.shares
        varies = (row > _SAME_SHARE) & (self.spreads > _SAME_SPREAD)
        stained = ~of_markers & ((gap > _SAME_SHARE) | varies)
        clear = np.where(self.shares > _LEAST_ERRORS * self.errors, self.shares, 0.0)
        reduced = np.where(of_markers, np.minimum(row, clear), row)
        return np.where(stained, self.shares, reduced), stained


def slopes(unstained: NDArray[np.float64], stained: NDArray[np.float64], own: int) -> Slopes:
    """Slopes between the medians of the highest and the lowest quarter of the positives.

    No other tube is needed, whose cells may have another autofluorescence or another marker.

    Parameters
    ----------
    unstained, stained
        Arrays of shape (events, channels). The shares need of the unstained only the limit of the
        positives. There must be at least FEWEST_POSITIVES of these, as `spillover_row` checks.
    own
        The column of the stain.
    """
    limit = np.percentile(unstained[:, own], POSITIVE_PERCENTILE)
    positive = stained[stained[:, own] > limit]
    order = np.argsort(positive[:, own])
    quarter = len(order) // 4
    high, low = positive[order[-quarter:]], positive[order[:quarter]]
    rise = np.median(high, axis=0) - np.median(low, axis=0)
    variance = _median_error(high) ** 2 + _median_error(low) ** 2
    signal = positive - np.median(unstained, axis=0)
    of_own = signal / signal[:, [own]]
    middle = np.median(of_own, axis=0)
    distance = _SD_PER_MAD * np.median(np.abs(of_own - middle), axis=0)
    spreads = distance / np.maximum(np.abs(middle), np.finfo(float).tiny)
    return Slopes(np.clip(rise, 0, None) / rise[own], np.sqrt(variance) / rise[own], spreads)


def _median_error(events: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard error of the median of each channel, robust against outliers."""
    distance = np.median(np.abs(events - np.median(events, axis=0)), axis=0)
    return np.asarray(_MEDIAN_ERROR * _SD_PER_MAD * distance / np.sqrt(len(events)))


def bright(
    unstained: NDArray[np.float64], stained: NDArray[np.float64], own: int
) -> NDArray[np.float64]:
    """The bright events of a single stain, or all of them where fewer than 50 are bright.

    Bright is above halfway from the unstained median to the brightest positives on a scale of
    asinh(x / 150). Live cells that bind some Annexin V are above the unstained ones, and between
    cells that bind little, other channels differ for other reasons than spill.

    Parameters
    ----------
    unstained, stained
        Arrays of shape (events, channels).
    own
        The column of the stain.
    """
    if not len(unstained) or not len(stained):
        return stained
    positive = stained[stained[:, own] > np.percentile(unstained[:, own], POSITIVE_PERCENTILE)]
    if len(positive) < FEWEST_POSITIVES:
        return stained
    low = float(np.median(unstained[:, own]))
    high = float(np.percentile(positive[:, own], BRIGHTEST_PERCENTILE))
    halfway = linear(float(np.mean(decades(np.array([low, high])))))
    found = stained[stained[:, own] > halfway]
    return found if len(found) >= FEWEST_POSITIVES else stained


def spillover_row(
    unstained: NDArray[np.float64],
    stained: NDArray[np.float64],
    own: int,
    method: str,
    what: str,
) -> NDArray[np.float64]:
    """One row of the matrix, from arrays of shape (events, channels); `own` is the stain's column.

    Raises
    ------
    SpilloverError
        If the stain is not brighter than the unstained control. The message begins with `what`.
    """
    if not len(unstained) or not len(stained):
        raise SpilloverError(f"{what}: the single stain or its unstained control has no events.")
    if method == "positives":
        limit = np.percentile(unstained[:, own], POSITIVE_PERCENTILE)
        stained = stained[stained[:, own] > limit]
        if len(stained) < FEWEST_POSITIVES:
            raise SpilloverError(
                f"{what}: only {len(stained)} events are brighter than the {POSITIVE_PERCENTILE}th "
                f"percentile of the unstained control ({limit:.4g}), of {FEWEST_POSITIVES} needed. "
                "Check that this is the stain of that channel, and that its control lacks it."
            )
    difference = np.clip(np.median(stained, axis=0) - np.median(unstained, axis=0), 0, None)
    if difference[own] <= 0:
        raise SpilloverError(
            f"{what}: the stain is not brighter than the unstained control in its channel."
        )
    return np.asarray(difference / difference[own])
