"""A polygon on scales of FlowJo as one on scales of Gating-ML that keeps the same events."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from coculture.flow.interchange.flowjo.biex import Biex
from coculture.flow.interchange.flowjo.log import FlowJoLog
from coculture.flow.interchange.gating_ml.gates.polygon import Polygon
from coculture.flow.interchange.gating_ml.transforms.flin import Flin
from coculture.flow.interchange.gating_ml.transforms.flog import Flog

Corners = NDArray[np.float64]


def in_standard(polygon: Polygon) -> Polygon:
    """The polygon with flin in place of biex, and flog in place of FlowJo's logarithm.

    biex is linear between the entries of its table: with a corner at each entry that an edge
    passes, the edges are straight on a linear scale, too.
    """
    corners = np.array(polygon.vertices)
    axes = [place for place, one in enumerate(polygon.dimensions) if isinstance(one.scale, Biex)]
    corners = _with_corners_at_entries(corners, axes)
    dimensions = list(polygon.dimensions)
    for place, one in enumerate(polygon.dimensions):
        if isinstance(one.scale, Biex):
            top = one.scale.maxRange
            low, high = (float(end) for end in one.scale.inverse([0.0, 1.0]))
            corners[:, place] = one.scale.inverse(corners[:, place]) / top
            dimensions[place] = replace(one, scale=Flin(top, 0.0), low=low / top, high=high / top)
        elif isinstance(one.scale, FlowJoLog):
            scale = Flog(one.scale.offset * 10**one.scale.decades, one.scale.decades)
            dimensions[place] = replace(one, scale=scale, low=0.0)
    vertices = tuple((float(x), float(y)) for x, y in corners)
    return replace(polygon, dimensions=tuple(dimensions), vertices=vertices)


def _with_corners_at_entries(corners: Corners, axes: Sequence[int]) -> Corners:
    """More corners on each edge, where it passes an entry of the table of one of the axes."""
    if not axes:
        return corners
    found = []
    for begin, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        parts = [np.zeros(1), *(_passed(begin[axis], end[axis]) for axis in axes)]
        along = np.unique(np.concatenate(parts))[:, np.newaxis]
        found.append(begin + along * (end - begin))
    return np.concatenate(found)


def _passed(begin: float, end: float) -> NDArray[np.float64]:
    """The shares of an edge at which it passes entries, between its ends."""
    low, high = sorted((begin * Biex.CHANNELS, end * Biex.CHANNELS))
    entries = np.arange(np.floor(low) + 1, np.ceil(high))
    if not len(entries):
        return np.empty(0)
    return (entries / Biex.CHANNELS - begin) / (end - begin)
