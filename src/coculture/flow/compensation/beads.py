"""Single stains on compensation beads: their negatives are beads, never cells.

Beads have another autofluorescence than cells. With unstained cells as their negative control, the
difference counts as spill.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coculture.flow.compensation.single_stains import FEWEST_POSITIVES
from coculture.flow.fcs.data import Events, read_events
from coculture.flow.gating.densities import Distribution
from coculture.flow.tubes import Tube

_SCALE = 150.0
"""Of asinh(value / _SCALE), on which the peaks of a bright and a dim bead are separate."""
_SPREADS = 3.0
"""Robust SDs of the positives' scatter within which a negative is the same kind of particle."""
_SD_PER_MAD = 1.4826
_SAME_DECADES = 0.05
"""Of scatter: positives and negatives are the same beads. Apoptotic cells have 0.92 of live cells'
forward scatter or less, and side scatter differs more."""
_OTHER_DECADES = 0.15
"""Of scatter: the tube holds something else than the negative control. Tubes of the same cells
differ by 2 %, and 60 % dead cells in one of them by 0.1 decades."""


@dataclass(frozen=True)
class BeadNegatives:
    """The two kinds of beads in one tube.

    Attributes
    ----------
    negative, stained
        Events of shape (events, channels): those without the stain, and all of the same scatter.
    """

    negative: Events
    stained: Events


def in_the_same_tube(tube: Tube, channels: Sequence[str], stain: str) -> BeadNegatives | None:
    """The negative beads of a single stain; None if it has only one kind of particle.

    Parameters
    ----------
    tube
        The single stain.
    channels
        Channels to read; `stain` is one of them.
    stain
        The channel of the stain.
    """
    events, scatter = _read(tube, channels)
    own = np.arcsinh(events[:, list(channels).index(stain)] / _SCALE)
    rough = _split(own)
    if rough is None:
        return None
    bright = own > rough
    middle = np.median(scatter[bright], axis=0)
    spread = _SD_PER_MAD * np.median(np.abs(scatter[bright] - middle), axis=0)
    alike = (np.abs(scatter - middle) <= _SPREADS * spread).all(axis=1)
    curve = Distribution(own[alike]).usual
    peaks = curve.peaks()
    if len(peaks) < 2:
        return None
    # Beads of several brightnesses: only the lowest peak is without the stain.
    negative = alike & (own <= curve.position[curve.valley(int(peaks[0]), int(peaks[1]))])
    if np.count_nonzero(negative) < FEWEST_POSITIVES:
        return None
    return BeadNegatives(events[negative], events[alike])


def looks_like_beads(tube: Tube, controls: Sequence[Tube], stain: str) -> bool:
    """Whether a single stain holds beads although its negative controls are cells.

    Its positives and negatives then have the same scatter, and both another one than the controls.
    """
    events, scatter = _read(tube, [stain])
    own = np.arcsinh(events[:, 0] / _SCALE)
    split = _split(own)
    if split is None or not controls:
        return False
    bright = np.median(scatter[own > split], axis=0)
    dim = np.median(scatter[own <= split], axis=0)
    of_controls = np.median(
        np.concatenate([_read(control, [stain])[1] for control in controls]), axis=0
    )
    far = min(
        np.abs(bright - of_controls).max(initial=0.0), np.abs(dim - of_controls).max(initial=0.0)
    )
    return bool(np.abs(bright - dim).max(initial=0.0) < _SAME_DECADES and far > _OTHER_DECADES)


def _read(tube: Tube, channels: Sequence[str]) -> tuple[Events, NDArray[np.float64]]:
    """The channels, and the decades of forward and side scatter, of events that have some."""
    panel = tube.panel
    scatter = [name for name in (panel.forward_scatter_area, panel.side_scatter_area) if name]
    events = read_events(tube.header, [*channels, *scatter])
    of_scatter = events[:, len(channels) :]
    usable = np.isfinite(events).all(axis=1) & (of_scatter > 0).all(axis=1)
    return events[usable, : len(channels)], np.log10(of_scatter[usable])


def _split(own: NDArray[np.float64]) -> float | None:
    """The valley below the highest peak; None if there is only one."""
    if len(own) < FEWEST_POSITIVES:
        return None
    curve = Distribution(own).usual
    peaks = curve.peaks()
    if len(peaks) < 2:
        return None
    return float(curve.position[curve.valley(int(peaks[-2]), int(peaks[-1]))])
