"""Axes of the figures: which channel, on which scale, from where to where."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from coculture.drawing import style
from coculture.flow.figures.gated_experiment import DrawnExperiment, Values
from coculture.flow.gating.logicle import Logicle, logicle_for

_BINS = 70
_ROOM_BELOW, _ROOM_ABOVE = 0.1, 0.14
"""Share of a logicle scale left free around the events, for what is written in the corners."""


@dataclass(frozen=True)
class View:
    """One axis: channel, what to call it, and its scale (None: linear)."""

    channel: str
    label: str
    scale: Logicle | None
    limits: tuple[float, float]

    def place(self, linear: Values | Sequence[float]) -> Values:
        values = np.asarray(linear, dtype=np.float64)
        return values if self.scale is None else self.scale.transform(values)

    def linear(self, places: Values) -> Values:
        return places if self.scale is None else self.scale.inverse(places)


_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _scale_of(experiment: DrawnExperiment, channel: str, values: Values) -> Logicle:
    tube = experiment.tubes[0]
    top = next(c.maximum for c in tube.header.channels if c.name == channel)
    highest = float(np.max(values, initial=1.0))
    return logicle_for(values, top if math.isfinite(top) and top > 1 else max(highest, 1.0))


def stain_view(experiment: DrawnExperiment, block: Mapping[str, Any], values: Values) -> View:
    channel = str(block["channels"][0])
    scale = _scale_of(experiment, channel, values)
    threshold = float(block.get("threshold", 0.0))
    low, high = np.percentile(values, [0.2, 99.8]) if len(values) else (0.0, 1.0)
    ends = scale.transform([min(low, -0.2 * threshold), max(high, 3 * threshold)])
    return View(
        channel,
        _channel_label(experiment, channel),
        scale,
        (float(ends[0]) - _ROOM_BELOW, float(ends[1]) + _ROOM_ABOVE),
    )


def _channel_label(experiment: DrawnExperiment, channel: str) -> str:
    panel, names = experiment.tubes[0].panel, experiment.settings.channels
    roles = {panel.annexin: names.annexin, panel.viability_dye: names.viability_dye}
    roles |= {found: wanted for wanted, found in panel.markers.items()}
    wanted = roles.get(channel)
    return channel if wanted in (None, channel) else f"{wanted} ({channel})"


def set_scale(ax: Axes, which: str, view: View) -> None:
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
    """Indices of ticks inside the limits and not on top of zero or of a larger power."""
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
    """Events in bins of equal size on the views' scales, shape (bins up, bins across).

    The few edges are taken to the linear scale instead of all events to the logicle one.
    """
    places = []
    for values, view in zip((x, y), views, strict=True):
        edges = view.linear(np.linspace(*view.limits, bins + 1))
        places.append(np.searchsorted(edges, values, side="right") - 1)
    inside = np.logical_and.reduce([(place >= 0) & (place < bins) for place in places])
    across, up = (place[inside] for place in places)
    return np.bincount(up * bins + across, minlength=bins * bins).reshape(bins, bins).astype(float)


def draw_density(ax: Axes, x: Values, y: Values, views: Sequence[View]) -> None:
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
