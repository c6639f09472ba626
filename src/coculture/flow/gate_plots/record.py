"""gate_plots.json: what the gate page needs of one experiment.

Format 1. All arrays are in `data`, one after the other: little-endian unsigned numbers, compressed
together (zlib) and then in base64. Where an array is meant there is `at` (its first byte), `length`
(how many numbers) and `bytes` (of each number).

| key | what it is |
|---|---|
| axes | of each channel: label, limits on the scale of the axis, scale (null: linear), ticks |
| channels | the channels of stored events, in the order of their rows |
| names | label of a channel, or what the config calls it -> channel |
| classes, outcomes, stains | classes of cells with their signs, the percents, the stains |
| populations | name, markers, plots (`GatePlot`), outlines of polygons on scales of their own |
| tubes | each tube with stored events, and its counts and bins in each population |

A stored event has a row for each channel and a last row that is 1 where it was acquired steadily.
The coefficients of a scale are those of x(y) = a e^(b y) - c e^(-d y) - f, mirrored at `zero`.
"""

import base64
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coculture.flow.gate_plots.axes import Blocks, plots_of
from coculture.flow.gate_plots.bins import LEVELS, StoredEvents
from coculture.flow.gating.measurement import Measurement
from coculture.flow.interchange.gating_ml.transforms import scale_named
from coculture.flow.plot_axes import View
from coculture.flow.settings import FlowSettings

FORMAT = 1


def no_plots(experiment: str) -> dict[str, Any]:
    """Of an experiment without a file that is used."""
    return {"format": FORMAT, "experiment": experiment, "tubes": []}


def plot_record(
    experiment: str,
    settings: FlowSettings,
    axes: Mapping[str, View],
    blocks: Mapping[str, Blocks],
    measured: Sequence[Sequence[Measurement]],
) -> dict[str, Any]:
    """The content of gate_plots.json.

    Parameters
    ----------
    axes
        Channel -> its axis.
    blocks
        Population -> gate -> its block.
    measured
        Of each tube its measurements, one for each population, with `plotted`.
    """
    outcomes = settings.outcomes
    shown = [of_tube for of_tube in measured if of_tube[0].stored is not None]
    if not shown:
        return no_plots(experiment)
    panel = shown[0][0].tube.panel
    arrays = Arrays()
    tubes = [_tube(of_tube, arrays) for of_tube in shown]
    return {
        "format": FORMAT,
        "experiment": experiment,
        "levels": LEVELS,
        "axes": {channel: _axis(view) for channel, view in axes.items()},
        "channels": list(axes),
        "names": {**_labels(shown[0][0].tube.header.labels, axes), **panel.names},
        # Pairs, because a script would put names that are numbers before the others.
        "classes": [[name, list(outcomes.signs[name])] for name in outcomes.classes],
        "outcomes": [{"name": one.name, "classes": list(one.classes)} for one in outcomes.outcomes],
        "stains": [
            {"gate": one.gate, "name": one.name, "channel": one.channel} for one in panel.of_stains
        ],
        "populations": [
            {
                "name": population.name,
                "in_words": population.in_words,
                "markers": [
                    {"gate": one.gate, "channel": panel.markers[one.channel]}
                    for one in population.markers
                ],
                "outlines": outlines(blocks[population.name]),
                "plots": [
                    {
                        "gates": list(plot.gates),
                        "title": plot.title,
                        "stage": plot.stage,
                        "x": plot.x,
                        "y": plot.y,
                    }
                    for plot in plots_of(panel, population, blocks[population.name])
                ],
            }
            for population in settings.populations
        ],
        "min_cells": settings.min_cells,
        "tubes": tubes,
        "data": arrays.text,
    }


_PIECES = 16
"""Straight pieces, on the linear scale, of an edge that is straight on another scale."""


def outlines(blocks: Blocks) -> dict[str, list[list[float]]]:
    """Gate -> linear corners of each polygon that was drawn on scales of its own.

    >>> logarithm = {"name": "flog", "T": 1000.0, "M": 3.0}
    >>> corners = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
    >>> found = outlines({"cells": {"vertices": corners, "scales": [logarithm, logarithm]}})
    >>> [round(x) for x, _ in found["cells"]][:17:8]
    [1, 32, 1000]
    """
    found = {}
    for name, block in blocks.items():
        if "scales" in block:
            corners = np.asarray(block["vertices"], dtype=np.float64)
            share = np.arange(_PIECES)[:, None] / _PIECES
            edges = zip(corners, np.roll(corners, -1, axis=0), strict=True)
            bent = np.concatenate([first + share * (last - first) for first, last in edges])
            scales = [scale_named(one) for one in block["scales"]]
            linear = [scale.inverse(bent[:, place]) for place, scale in enumerate(scales)]
            found[name] = np.column_stack(linear).tolist()
    return found


def _labels(labels: Mapping[str, str], axes: Mapping[str, View]) -> dict[str, str]:
    """Label -> channel, of the channels with an axis; a gates file may name either."""
    return {
        label: name
        for name, label in labels.items()
        if name in axes and label and label not in axes
    }


def _axis(view: View) -> dict[str, Any]:
    scale = None
    if view.scale is not None:
        a, b, c, d, f = view.scale.coefficients
        scale = {"a": a, "b": b, "c": c, "d": d, "f": f, "zero": view.scale.zero}
    return {
        "label": view.label,
        "limits": list(view.limits),
        "scale": scale,
        "ticks": [[place, text] for place, text in view.ticks()],
    }


def _tube(of_tube: Sequence[Measurement], arrays: "Arrays") -> dict[str, Any]:
    tube, stored = of_tube[0].tube, of_tube[0].stored
    assert stored is not None
    return {
        "fcs": tube.fcs,
        "role": tube.role,
        "culture": tube.culture,
        "cells": tube.cells,
        "well": tube.well,
        "total": of_tube[0].counts.total,
        "stored": _stored(stored, arrays),
        "populations": {one.population.name: _population(one, arrays) for one in of_tube},
    }


def _stored(stored: StoredEvents, arrays: "Arrays") -> dict[str, Any]:
    rows = np.vstack([stored.places, stored.is_steady.astype(np.uint8)])
    return {"events": int(rows.shape[1]), "among": stored.among, **arrays.add(rows)}


def _population(one: Measurement, arrays: "Arrays") -> dict[str, Any]:
    assert one.binned is not None
    return {
        "after": dict(one.counts.after),
        "classes": list(one.counts.quadrants.values()),
        "stains": arrays.add(one.binned.stains),
        "markers": {gate: arrays.add(counts) for gate, counts in one.binned.markers.items()},
    }


class Arrays:
    """Arrays of whole numbers that are not negative, packed together.

    >>> arrays = Arrays()
    >>> arrays.add(np.array([1, 2])), arrays.add(np.array([[300]]))
    ({'at': 0, 'length': 2, 'bytes': 1}, {'at': 2, 'length': 1, 'bytes': 2})
    >>> zlib.decompress(base64.b64decode(arrays.text))
    b'\\x01\\x02,\\x01'
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._end = 0

    def add(self, numbers: NDArray[Any]) -> dict[str, int]:
        """Add an array of any shape; returns where it is."""
        largest = int(numbers.max(initial=0))
        size = next(size for size in (1, 2, 4) if largest < 256**size)
        plain = np.ascontiguousarray(numbers, dtype=f"<u{size}").tobytes()
        start = self._end
        self._parts.append(plain)
        self._end += len(plain)
        return {"at": start, "length": int(numbers.size), "bytes": size}

    @property
    def text(self) -> str:
        """All of them as text."""
        return base64.b64encode(zlib.compress(b"".join(self._parts), 6)).decode()
