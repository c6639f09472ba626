"""The spill that is left after compensation, estimated from the stained samples themselves.

Among cells that have one stain and not another, the other stain does not depend on the first. What
it still follows is spill. ../shared/measured/flow_controls.md, 7-8, has the limits, measured on
600 simulated experiments. Spill of the dye into Annexin V cannot be estimated in this way
(`possible_spill`).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from coculture.flow.compensation.remaining_spill import RemainingSpill
from coculture.flow.gating.densities import Distribution
from coculture.flow.gating.pool import PooledTube, thinned, values
from coculture.flow.tubes import Panel

ANNEXIN_LIMIT = 0.02
"""Of Annexin V in the dye channel: 2 of 1,200 clean experiments are beyond it, and 93 to 99 % of
those with a spill of 0.02 to 0.25."""
MARKER_LIMIT = 0.01
"""Of a marker in the dye channel: none of 1,200 clean experiments is above it. Dim markers give
false values below zero, which are not used."""
TAKEN_LIMIT = 0.05
"""Of a stain that was taken from a marker: no estimate of 180 clean experiments is beyond it."""
FEWEST_EVENTS = 300
"""Of cells that an estimate is from. The measured limits allow 50, but the one false estimate that
was not of a wrong matrix was from 210 events."""
ENOUGH_EVENTS = 50_000
"""Of all samples together, evenly chosen. The limits were measured on fewer, nine samples of 5,000
events, and more would make no estimate better than its limit."""
SCALE = 150.0
"""Of asinh(value / SCALE), the scale on which the limits were measured."""
POSITIVE_SDS = 8.0
"""Above the live peak: so bright that no live cell is among them."""
_LIVE_SDS = 2.4
"""Above the live peak: what still is a live cell (sources/live_peak.py)."""
_NEAR_SDS = 2.0
_SD_PER_MAD = 1.4826

Values = NDArray[np.float64]


def from_samples(
    inside: Sequence[PooledTube], panel: Panel, markers: Sequence[str]
) -> Iterator[RemainingSpill]:
    """What the samples show beyond the limit.

    Parameters
    ----------
    inside
        Events of one population of the stained samples, compensated.
    panel
        The channels of the experiment.
    markers
        Channels ($PnN) in which the population is positive.
    """
    if panel.viability_dye is None or not sum(map(len, inside)):
        return
    if panel.annexin is None:
        yield from _of_markers_in_dye(inside, panel.viability_dye, markers)
        return
    inside = thinned(inside, ENOUGH_EVENTS)
    annexin, dye = (values(inside, name) for name in (panel.annexin, panel.viability_dye))
    live, sd = lowest_peak(annexin)
    bound = np.arcsinh(annexin / SCALE)
    found = _share(annexin, dye, bound > live + POSITIVE_SDS * sd)
    if found is not None and abs(found[0]) > ANNEXIN_LIMIT:
        yield RemainingSpill(panel.annexin, panel.viability_dye, found[0], ANNEXIN_LIMIT, found[1])
    for marker in markers:
        found = _share(values(inside, marker), dye, bound < live + _LIVE_SDS * sd)
        if found is not None and found[0] > MARKER_LIMIT:
            yield RemainingSpill(marker, panel.viability_dye, found[0], MARKER_LIMIT, found[1])


def _of_markers_in_dye(
    inside: Sequence[PooledTube], dye: str, markers: Sequence[str]
) -> Iterator[RemainingSpill]:
    """Spill of markers into a dye that is the only stain, from the cells without the dye."""
    inside = thinned(inside, ENOUGH_EVENTS)
    values_of_dye = values(inside, dye)
    for marker in markers:
        of_marker = values(inside, marker)
        found = _share(of_marker, values_of_dye, np.ones(len(of_marker), bool))
        if found is not None and found[0] > MARKER_LIMIT:
            yield RemainingSpill(marker, dye, found[0], MARKER_LIMIT, found[1])


def taken_from_markers(
    singlets: Sequence[PooledTube], panel: Panel, markers: Sequence[str]
) -> Iterator[RemainingSpill]:
    """Markers from which too much is taken: stained cells then lie below zero, outside the gate.

    What spills into a marker and is left cannot be seen: cells differ in the marker itself.

    Parameters
    ----------
    singlets
        Events of the stained samples before any gate of a marker, compensated.
    panel
        The channels of the experiment.
    markers
        Channels ($PnN) of the population's markers.
    """
    singlets = thinned(singlets, ENOUGH_EVENTS)
    lacking = [one.channel for one in panel.of_stains if not one.living_are_positive]
    for stain in lacking if sum(map(len, singlets)) else ():
        signal = values(singlets, stain)
        live, sd = lowest_peak(signal)
        bright = np.arcsinh(signal / SCALE) > live + POSITIVE_SDS * sd
        events = int(np.count_nonzero(bright))
        for marker in markers if events >= FEWEST_EVENTS else ():
            found = values(singlets, marker)[bright]
            mode, sd = lowest_peak(found)
            near = np.abs(np.arcsinh(found / SCALE) - mode) <= max(sd, 1e-6)
            share = float(SCALE * np.sinh(mode) / np.median(signal[bright][near]))
            if share < -TAKEN_LIMIT:
                yield RemainingSpill(stain, marker, share, TAKEN_LIMIT, events)


def _share(stain: Values, other: Values, wanted: NDArray[np.bool_]) -> tuple[float, int] | None:
    """Slope of the other stain on the stain among wanted cells without the other, and their number.

    The slope is between the medians of the lowest and the highest quarter of the stain. None if
    there are too few cells.
    """
    if np.count_nonzero(wanted) < FEWEST_EVENTS:
        return None
    mode, sd = lowest_peak(other[wanted])
    near = wanted & (np.abs(np.arcsinh(other / SCALE) - mode) < _NEAR_SDS * sd)
    events = int(np.count_nonzero(near))
    if events < FEWEST_EVENTS:
        return None
    order = np.argsort(stain[near])
    quarter = events // 4
    low, high = order[:quarter], order[-quarter:]
    rise = np.median(stain[near][high]) - np.median(stain[near][low])
    if rise <= 0:
        return None
    return float((np.median(other[near][high]) - np.median(other[near][low])) / rise), events


def lowest_peak(linear: Values) -> tuple[float, float]:
    """Mode and SD of the lower half of the lowest peak, on the scale asinh(value / 150)."""
    scaled = Distribution(np.arcsinh(linear / SCALE))
    curve = scaled.usual
    mode = float(curve.position[curve.peaks()[0]])
    below = scaled.below(mode)
    return mode, _SD_PER_MAD * float(np.median(mode - below)) if len(below) else 0.0
