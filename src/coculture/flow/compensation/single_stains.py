"""Spillover estimated from cells that took one stain alone."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.flow.compensation.spillover import SpilloverError
from coculture.flow.fcs.sample import FlowSample

POSITIVE_PERCENTILE = 99.5
"""Events of a single stain above this percentile of the unstained control are its positives."""
FEWEST_POSITIVES = 50


def spillover_from_single_stains(
    unstained: FlowSample,
    stains: Mapping[str, FlowSample],
    channels: Sequence[str],
    method: Literal["positives", "all_events"] = "positives",
) -> pd.DataFrame:
    """Spillover matrix from an unstained and one singly stained sample a channel.

    `all_events`: the median of all events less the unstained median, in every channel, negative
    differences taken as 0, divided by that of the stain's own channel (the method of flowCore's
    `spillover`). `positives` does the same with the events above the unstained control's 99.5th
    percentile in the stain's own channel, so that cells that took no stain do not count.

    Parameters
    ----------
    unstained
        The sample without any stain.
    stains
        Channel -> the sample stained for that channel alone.
    channels
        Channels of the matrix, in this order. One without a stain gets a row of the identity.
    method
        `positives` or `all_events`.

    Returns
    -------
    Rows: the stain's channel, columns: channels, ones on the diagonal.

    Raises
    ------
    SpilloverError
        If a stain is no brighter than the unstained control in its own channel, or has fewer than
        50 positive events.
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
        Naming `what`, if the stain is not brighter than the unstained control.
    """
    if not len(unstained) or not len(stained):
        raise SpilloverError(f"{what}: the stain or its unstained control has no events.")
    if method == "positives":
        limit = np.percentile(unstained[:, own], POSITIVE_PERCENTILE)
        stained = stained[stained[:, own] > limit]
        if len(stained) < FEWEST_POSITIVES:
            raise SpilloverError(
                f"{what}: only {len(stained)} events are brighter than the unstained control's "
                f"{POSITIVE_PERCENTILE}th percentile ({limit:.4g}); {FEWEST_POSITIVES} are needed. "
                "Is this the stain of that channel?"
            )
    difference = np.clip(np.median(stained, axis=0) - np.median(unstained, axis=0), 0, None)
    if difference[own] <= 0:
        raise SpilloverError(
            f"{what}: the stain is not brighter than the unstained control in its own channel."
        )
    return np.asarray(difference / difference[own])
