"""Whether a tube was acquired steadily: parts of the acquisition that differ from the rest.

Events (at most 25,000, evenly chosen) are divided, in order of acquisition, into stretches with
equal numbers of events. In a steady tube about half of each stretch's events are above the median
of the tube, in every channel and for every distribution. The standard error of the share is
0.5 / sqrt(n).
"""

from collections.abc import Sequence, Sized
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_STRETCH_EVENTS = 250
"""Events of a stretch: 5 standard errors of its share are then 0.16."""
_MAX_STRETCHES = 100
"""With more events, every k-th is used: a stretch is then 1 % of the acquisition."""
_FEWEST_STRETCHES = 4
"""With fewer, no stretch can be compared with the rest."""
_STANDARD_ERRORS = 5.0
"""Less than one of a million steady stretches differs by more."""
_LEAST_DEPARTURE = 0.15
"""Smaller differences do not matter, however many events show them."""
_SPIKE = 2.5
"""Multiple of the median rate above which a part is a spike: two cells often coincide there."""
_LOST = 0.1
"""Share of the median rate below which time is lost."""


@dataclass(frozen=True)
class Steadiness:
    """What the acquisition time shows."""

    steady: NDArray[np.bool_]
    """Which events are in steady parts, shape (events,)."""
    percent_departing: float
    """Percent of the events in parts whose signal or rate differs from the rest."""
    percent_time_lost: float
    """Percent of the time between first and last event in which almost no events came."""


def all_steady(events: Sized) -> Steadiness:
    """The result for events whose time is not checked."""
    return Steadiness(np.ones(len(events), dtype=bool), 0.0, 0.0)


def stretches(time: Values, steady: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    """The stretches of time without the steady events: each from a time to before another one.

    Of events with the same time all are steady or none is.

    Parameters
    ----------
    time, steady
        Of each event, shape (events,).

    >>> stretches(np.array([0.0, 1.0, 2.0, 3.0]), np.array([True, False, False, True]))
    ((1.0, 3.0),)
    """
    if steady.all():
        return ()
    moments, first = np.unique(time, return_index=True)
    kept = steady[first].astype(np.int8)
    change = np.diff(kept, prepend=1, append=1)
    # After the last event a stretch ends at the next number that there is.
    ends = np.append(moments, np.nextafter(moments[-1], np.inf))
    begins, stops = np.flatnonzero(change == -1), np.flatnonzero(change == 1)
    return tuple(
        (float(ends[one]), float(ends[other])) for one, other in zip(begins, stops, strict=True)
    )


def steadiness(time: Values, signals: Sequence[Values]) -> Steadiness:
    """Judge a tube by its acquisition time.

    A stretch departs if, in one of the channels, its share of events above the tube's median
    differs from that of the whole tube by more than 0.15 and 5 standard errors, or if its events
    came at more than 2.5 times the median rate. Time is lost where events came at less than a
    tenth of the median rate. If more than half of the events depart, all are kept, because it is
    unknown which part is right.

    Parameters
    ----------
    time
        Acquisition time of each event, in any unit, shape (events,).
    signals
        Values of the channels to check, each of shape (events,).
    """
    thin = max(1, len(time) // (_STRETCH_EVENTS * _MAX_STRETCHES))
    thin_time = time[::thin]
    order = np.argsort(thin_time, kind="stable")
    stretches = min(len(thin_time) // _STRETCH_EVENTS, _MAX_STRETCHES)
    if stretches < _FEWEST_STRETCHES or np.ptp(thin_time) == 0:
        return all_steady(time)
    in_time = thin_time[order]
    departing = _departing([signal[::thin][order] for signal in signals], stretches)
    spikes, lost = _rates(in_time, stretches)
    of_events = departing | spikes
    percent = 100 * float(np.mean(of_events))
    if not 0 < percent <= 50:
        return Steadiness(np.ones(len(time), dtype=bool), percent, lost)
    nearest = np.minimum(np.searchsorted(in_time, time), len(in_time) - 1)
    return Steadiness(~of_events[nearest], percent, lost)


def _departing(signals: Sequence[Values], stretches: int) -> NDArray[np.bool_]:
    """Which events, in order of time, are in stretches with another share above the median."""
    edges = np.linspace(0, len(signals[0]), stretches + 1).astype(np.intp)
    size = np.diff(edges)
    allowed = np.maximum(_LEAST_DEPARTURE, _STANDARD_ERRORS * 0.5 / np.sqrt(size))
    departing = np.zeros(stretches, dtype=bool)
    for signal in signals:
        middle = np.median(signal)
        above = (signal > middle) + 0.5 * (signal == middle)
        share = np.add.reduceat(above, edges[:-1]) / size
        departing |= np.abs(share - np.mean(above)) > allowed
    return np.repeat(departing, size)


def _rates(time: Values, bins: int) -> tuple[NDArray[np.bool_], float]:
    """Which events, in order of time, came too fast; percent of the time with too few events."""
    place = np.minimum(((time - time[0]) * (bins / np.ptp(time))).astype(np.intp), bins - 1)
    counts = np.bincount(place, minlength=bins)
    usual = np.median(counts)
    return (counts > _SPIKE * usual)[place], 100 * float(np.mean(counts < _LOST * usual))
