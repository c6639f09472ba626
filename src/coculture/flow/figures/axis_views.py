"""Drawing of axes and events with Matplotlib."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from coculture.drawing import style
from coculture.flow.figures.experiment_results import GatedPopulation, Values
from coculture.flow.plot_axes import View, binned, channel_labels, stain_axis

_BINS = 70


def stain_view(gated: GatedPopulation, block: Mapping[str, Any], values: Values) -> View:
    """A logicle axis for the channel of a gate, which shows its threshold and 99.6 % of values."""
    channel = str(block["channels"][0])
    panel = gated.tubes[0].panel
    label = channel_labels(panel, gated.settings, [gated.population]).get(channel, channel)
    return stain_axis(gated.tubes[0], channel, label, float(block.get("threshold", 0.0)), values)


def set_scale(ax: Axes, which: str, view: View) -> None:
    """Set limits, label and ticks of the axis `which` (x or y)."""
    axis = getattr(ax, f"{which}axis")
    getattr(ax, f"set_{which}lim")(*view.limits)
    getattr(ax, f"set_{which}label")(view.label)
    ticks = view.ticks()
    axis.set_major_locator(FixedLocator([place for place, _ in ticks]))
    axis.set_minor_locator(NullLocator())
    names = {round(place, 9): text for place, text in ticks}
    axis.set_major_formatter(FuncFormatter(lambda value, _: names.get(round(value, 9), "")))


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
