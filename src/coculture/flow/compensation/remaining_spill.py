"""The spill that is left after compensation: what it is, and its estimate from single stains."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coculture.flow.compensation.single_stains import FEWEST_POSITIVES, POSITIVE_PERCENTILE
from coculture.flow.compensation.stain_controls import stains_with_controls
from coculture.flow.tubes import Tube, read_tube
from coculture.linear_algebra import product

SINGLE_STAIN_LIMIT = 0.015
"""Of single stains, as a share of the stain's own signal. 0.3 % of clean experiments are beyond it,
and every missing spill of 0.02 (../shared/measured/flow_controls.md)."""
_STANDARD_ERRORS = 3.0
"""An estimate must also differ from zero by this many standard errors: few positives vary more."""
_MEDIAN_ERROR = 1.2533
"""Standard error of a median over that of a mean, for normal values."""
_SD_PER_MAD = 1.4826


@dataclass(frozen=True)
class RemainingSpill:
    """The share of a stain's signal that is in another channel after compensation.

    Attributes
    ----------
    stain, channel
        Channel of the stain, and the channel that its signal is seen in ($PnN).
    share
        Above zero: spill is left; below: too much was taken away.
    limit
        Of its size.
    events
        From how many events it was estimated.
    found_in
        The file of the single stain; empty for the samples.
    """

    stain: str
    channel: str
    share: float
    limit: float
    events: int
    found_in: str = ""


def from_single_stains(
    tubes: Sequence[Tube], spillover: pd.DataFrame | None
) -> Iterator[RemainingSpill]:
    """What single stains show beyond the limit, compensated as the samples are.

    Nothing is taken from a single stain whose negative control is of other cells: their
    autofluorescence differs by more than the limit. Spill into a marker is not judged: cells that
    make it lose it when they die, and that is more than spill.
    """
    for channel, tube, controls in _judged(tubes):
        stained = read_tube(tube, spillover)
        unstained = [read_tube(one, spillover) for one in controls]
        own = np.concatenate([one[channel] for one in unstained])
        positive = stained[channel] > np.percentile(own, POSITIVE_PERCENTILE)
        events = int(np.count_nonzero(positive))
        if events < FEWEST_POSITIVES:
            continue
        signal = float(np.median(stained[channel][positive]) - np.median(own))
        for other in (stain.channel for stain in tube.panel.of_stains):
            if other == channel:
                continue
            values = stained[other][positive]
            middle = float(np.median(values))
            base = float(np.median(np.concatenate([one[other] for one in unstained])))
            error = (
                _MEDIAN_ERROR
                * _SD_PER_MAD
                * float(np.median(np.abs(values - middle)))
                / np.sqrt(events)
            )
            share = (middle - base) / signal
            if abs(share) > max(SINGLE_STAIN_LIMIT, _STANDARD_ERRORS * error / signal):
                yield RemainingSpill(channel, other, share, SINGLE_STAIN_LIMIT, events, tube.fcs)


def is_judged(tubes: Sequence[Tube], stain: str | None) -> bool:
    """Whether a single stain shows what a stain spills, be it nothing."""
    return any(channel == stain for channel, _, _ in _judged(tubes))


def _judged(tubes: Sequence[Tube]) -> Iterator[tuple[str, Tube, list[Tube]]]:
    """The single stains with unstained controls."""
    for channel, tube, controls in stains_with_controls(tubes):
        if channel in tube.panel.stains and all(one.role == "unstained" for one in controls):
            yield channel, tube, controls


def corrected(spillover: pd.DataFrame | None, remaining: Sequence[RemainingSpill]) -> pd.DataFrame:
    """The matrix that also takes away what remains: observed = true @ remaining @ spillover."""
    names = list(
        dict.fromkeys(
            [
                *([] if spillover is None else map(str, spillover.columns)),
                *(name for one in remaining for name in (one.stain, one.channel)),
            ]
        )
    )
    used = pd.DataFrame(np.eye(len(names)), index=names, columns=names)
    if spillover is not None:
        known = [str(name) for name in spillover.columns]
        used.loc[known, known] = spillover.to_numpy()
    left = pd.DataFrame(np.eye(len(names)), index=names, columns=names)
    for one in remaining:
        left.loc[one.stain, one.channel] = one.share
    both = product(left.to_numpy(float), used.to_numpy(float))
    return pd.DataFrame(both, index=names, columns=names)
