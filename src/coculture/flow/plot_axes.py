"""Axes of plots of events: channel, label, scale, limits and ticks. Nothing here draws."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coculture.exchange.outcomes import STANDARD
from coculture.flow.gating.logicle import Logicle, logicle_for
from coculture.flow.settings import FlowSettings, Population
from coculture.flow.tubes import Panel, Tube

Values = NDArray[np.float64]

_SPACE_BELOW, _SPACE_ABOVE = 0.1, 0.14
"""Share of a logicle scale left empty around the events, for the text in the corners."""
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class View:
    """One axis: its channel, label, scale (None: linear) and limits on that scale."""

    channel: str
    label: str
    scale: Logicle | None
    limits: tuple[float, float]

    def place(self, linear: Values | Sequence[float]) -> Values:
        """Positions on the axis of linear values."""
        values = np.asarray(linear, dtype=np.float64)
        return values if self.scale is None else self.scale.transform(values)

    def linear(self, places: Values) -> Values:
        """Linear values of positions on the axis."""
        return places if self.scale is None else self.scale.inverse(places)

    def edges(self, bins: int) -> Values:
        """Linear values of the edges of bins of equal size on the axis, shape (bins + 1,)."""
        return self.linear(np.linspace(*self.limits, bins + 1))

    def ticks(self) -> list[tuple[float, str]]:
        """Position and text of each tick."""
        if self.scale is None:
            return [(place, _thousands(place)) for place in _round_ticks(*self.limits)]
        linear = [-1000.0, -100.0, 0.0, *(10.0**power for power in range(2, 9))]
        places = self.place(linear)
        keep = _apart(places, self.limits, linear)
        return [(float(places[i]), _power(linear[i])) for i in keep]


def channel_labels(
    panel: Panel, settings: FlowSettings, populations: Iterable[Population]
) -> dict[str, str]:
    """Channel ($PnN) of each stain and marker -> what it is called, with the channel."""
    named = {stain.gate: stain for stain in settings.stains}
    roles = {
        stain.channel: named[stain.gate].channel if stain.gate in STANDARD else stain.name
        for stain in panel.of_stains
    }
    for population in populations:
        roles |= {panel.markers[one.channel]: one.gate for one in population.markers}
    return {
        channel: channel if wanted == channel else f"{wanted} ({channel})"
        for channel, wanted in roles.items()
    }


def stain_axis(tube: Tube, channel: str, label: str, threshold: float, values: Values) -> View:
    """A logicle axis that shows a threshold and 99.6 % of the linear `values`, shape (events,).

    The channel's largest value is that of the tube.
    """
    top = next(c.maximum for c in tube.header.channels if c.name == channel)
    highest = float(np.max(values, initial=1.0))
    scale = logicle_for(values, top if math.isfinite(top) and top > 1 else max(highest, 1.0))
    low, high = np.percentile(values, [0.2, 99.8]) if len(values) else (0.0, 1.0)
    ends = scale.transform([min(low, -0.2 * threshold), max(high, 3 * threshold)])
    limits = (float(ends[0]) - _SPACE_BELOW, float(ends[1]) + _SPACE_ABOVE)
    return View(channel, label, scale, limits)


def linear_axis(channel: str, values: Values) -> View:
    """A linear axis from 0 that shows 99.8 % of the values, shape (events,)."""
    high = float(np.percentile(values, 99.8)) if len(values) else 1.0
    return View(channel, channel, None, (0.0, 1.08 * high or 1.0))


def binned(x: Values, y: Values, views: Sequence[View], bins: int) -> Values:
    """Events in bins of equal size on the scales of the views, shape (bins up, bins across).

    The few edges are converted to the linear scale, instead of all events to the logicle scale.
    """
    places = []
    for values, view in zip((x, y), views, strict=True):
        places.append(np.searchsorted(view.edges(bins), values, side="right") - 1)
    inside = np.logical_and.reduce([(place >= 0) & (place < bins) for place in places])
    across, up = (place[inside] for place in places)
    return np.bincount(up * bins + across, minlength=bins * bins).reshape(bins, bins).astype(float)


def _apart(places: Values, limits: tuple[float, float], ticks: Sequence[float]) -> list[int]:
    """Indices of the ticks inside the limits that are not too close to zero."""
    zero = places[list(ticks).index(0.0)]
    return [
        i
        for i, place in enumerate(places)
        if limits[0] <= place <= limits[1] and (ticks[i] == 0 or abs(place - zero) > 0.07)
    ]


def _power(value: float) -> str:
    if value == 0:
        return "0"
    sign = "−" if value < 0 else ""
    return f"{sign}10{str(round(math.log10(abs(value)))).translate(_SUPERSCRIPT)}"


def _round_ticks(low: float, high: float) -> list[float]:
    span = high - max(low, 0)
    step = 10 ** math.floor(math.log10(span / 2)) if span > 0 else 1.0
    while span / step > 5:
        step *= 2
    return [step * i for i in range(int(high / step) + 1)]


def _thousands(value: float) -> str:
    return f"{value / 1000:g}k" if abs(value) >= 1000 else f"{value:g}"
