"""Axes of the figures: their channel, scale and limits."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from coculture.drawing import style
from coculture.exchange.outcomes import STANDARD
from coculture.flow.figures.experiment_results import GatedPopulation, Values
from coculture.flow.gating.logicle import Logicle, logicle_for

_BINS = 70
_SPACE_BELOW, _SPACE_ABOVE = 0.1, 0.14
"""Share of a logicle scale left empty around the events, for the text in the corners."""


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


_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _scale_of(gated: GatedPopulation, channel: str, values: Values) -> Logicle:
    tube = gated.tubes[0]
    top = next(c.maximum for c in tube.header.channels if c.name == channel)
    highest = float(np.max(values, initial=1.0))
    return logicle_for(values, top if math.isfinite(top) and top > 1 else max(highest, 1.0))


def stain_view(gated: GatedPopulation, block: Mapping[str, Any], values: Values) -> View:
    """A logicle axis for the channel of a gate, which shows its threshold and 99.6 % of values."""
    channel = str(block["channels"][0])
    scale = _scale_of(gated, channel, values)
    threshold = float(block.get("threshold", 0.0))
    low, high = np.percentile(values, [0.2, 99.8]) if len(values) else (0.0, 1.0)
    ends = scale.transform([min(low, -0.2 * threshold), max(high, 3 * threshold)])
    return View(
        channel,
        _channel_label(gated, channel),
        scale,
        (float(ends[0]) - _SPACE_BELOW, float(ends[1]) + _SPACE_ABOVE),
    )


def _channel_label(gated: GatedPopulation, channel: str) -> str:
    panel = gated.tubes[0].panel
    named = {stain.gate: stain for stain in gated.settings.stains}
    roles = {
        stain.channel: named[stain.gate].channel if stain.gate in STANDARD else stain.name
        for stain in panel.of_stains
    }
    roles |= {panel.markers[one.channel]: one.gate for one in gated.population.markers}
    wanted = roles.get(channel)
    return channel if wanted in (None, channel) else f"{wanted} ({channel})"


def set_scale(ax: Axes, which: str, view: View) -> None:
    """Set limits, label and ticks of the axis `which` (x or y)."""
    axis = getattr(ax, f"{which}axis")
    getattr(ax, f"set_{which}lim")(*view.limits)
    getattr(ax, f"set_{which}label")(view.label)
    if view.scale is None:
        axis.set_major_formatter(FuncFormatter(lambda value, _: _thousands(value)))
        axis.set_major_locator(FixedLocator(_round_ticks(*view.limits)))
        return
    powers = [10.0**power for power in range(2, 9)]
    ticks = [-1000.0, -100.0, 0.0, *powers]
    places = view.place(ticks)
    keep = _apart(places, view.limits, ticks)
    axis.set_major_locator(FixedLocator([places[i] for i in keep]))
    axis.set_minor_locator(NullLocator())
    names = dict(zip((round(float(p), 9) for p in places), map(_power, ticks), strict=True))
    axis.set_major_formatter(FuncFormatter(lambda value, _: names.get(round(value, 9), "")))


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


def binned(x: Values, y: Values, views: Sequence[View], bins: int) -> Values:
    """Events in bins of equal size on the scales of the views, shape (bins up, bins across).

    The few edges are converted to the linear scale, instead of all events to the logicle scale.
    """
    places = []
    for values, view in zip((x, y), views, strict=True):
        edges = view.linear(np.linspace(*view.limits, bins + 1))
        places.append(np.searchsorted(edges, values, side="right") - 1)
    inside = np.logical_and.reduce([(place >= 0) & (place < bins) for place in places])
    across, up = (place[inside] for place in places)
    return np.bincount(up * bins + across, minlength=bins * bins).reshape(bins, bins).astype(float)


def draw_density(ax: Axes, x: Values, y: Values, views: Sequence[View]) -> None:
    """Draw the density of events, `x` and `y` linear values of shape (events,)."""
    counts = binned(x, y, views, _BINS)
    shown = np.ma.masked_equal(counts, 0)
    ax.imshow(
        shown,
        origin="lower",
        extent=(*views[0].limits, *views[1].limits),
        aspect="auto",
        cmap=style.DENSITY_MAP,
        norm=PowerNorm(0.5, vmin=0, vmax=max(1.0, float(counts.max()))),
        interpolation="nearest",
    )
    for which, view in zip("xy", views, strict=True):
        set_scale(ax, which, view)
