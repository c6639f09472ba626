"""The gates of FlowCytometryTools, and the only place that imports it.

FlowCytometryTools 0.5.1 (2021, unmaintained) names four things that Python 3.10 and numpy 2 have
since moved or removed. They are added while it is imported and removed afterwards, so that nothing
else in the process sees them. Its plotting and its FCS reader are not used.
"""

import collections
import collections.abc
import inspect
import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.flow.tubes import Columns

Gate = Any
"""A gate of the library, which has no types."""
Point = tuple[float, float]


@contextmanager
def _names_it_expects() -> Iterator[None]:
    """Add `collections.MutableMapping` etc., `inspect.getargspec` and `numpy.lib.shape_base`."""
    import matplotlib as mpl

    shape_base = types.ModuleType("numpy.lib.shape_base")
    shape_base.apply_along_axis = np.apply_along_axis  # type: ignore[attr-defined]
    supplied: list[tuple[Any, str, Any]] = [
        (collections, "MutableMapping", collections.abc.MutableMapping),
        (collections, "Mapping", collections.abc.Mapping),
        (collections, "Iterable", collections.abc.Iterable),
        (inspect, "getargspec", inspect.getfullargspec),
        (np.lib, "shape_base", shape_base),
    ]
    missing = [entry for entry in supplied if not hasattr(entry[0], entry[1])]
    module_was_there = "numpy.lib.shape_base" in sys.modules
    backend = mpl.get_backend()
    for owner, name, value in missing:
        setattr(owner, name, value)
    if not module_was_there:
        sys.modules["numpy.lib.shape_base"] = shape_base
    try:
        mpl.use("Agg")
        yield
    finally:
        for owner, name, _ in missing:
            delattr(owner, name)
        if not module_was_there:
            del sys.modules["numpy.lib.shape_base"]
        mpl.use(backend)


@cache
def _library() -> Any:
    """The gates of the library, imported when the first one is made.

    The import takes as long as reading 200 FCS files, and most steps make no gate.
    """
    with _names_it_expects():
        import FlowCytometryTools.core.utils
        from FlowCytometryTools.core import gates

    # Making a gate looks up collections.Iterable again, in this one module of the library.
    FlowCytometryTools.core.utils.collections = collections.abc
    return gates


def threshold_gate(threshold: float, channel: str, region: str, name: str) -> Gate:
    """Events with a value `above` (>=) or `below` (<) a threshold."""
    return _library().ThresholdGate(threshold, channel, region, name)


def polygon_gate(corners: Sequence[Point], channels: Sequence[str], region: str, name: str) -> Gate:
    """Events `in` or `out` of a polygon."""
    return _library().PolyGate(corners, channels, region, name)


def both(first: Gate, second: Gate) -> Gate:
    """Events that two gates keep."""
    return _library().CompositeGate(first, "and", second)


def either(first: Gate, second: Gate) -> Gate:
    """Events that one of two gates keeps, or both."""
    return _library().CompositeGate(first, "or", second)


def inverted(gate: Gate) -> Gate:
    """Events that a gate does not keep."""
    return _library().CompositeGate(gate, "invert")


def passes(gate: Any, events: Columns) -> NDArray[np.bool_]:
    """Which events a gate keeps, as a mask of shape (events,).

    The library's own call returns a filtered copy of all columns, which takes most of its time;
    its `_identify` gives the mask that is used there. Only polygons need a DataFrame; the other
    gates compare plain arrays several times faster.

    >>> frame = pd.DataFrame({"FL1-A": [1.0, 5.0, 9.0]})
    >>> passes(threshold_gate(5, "FL1-A", "above", "positive"), frame)
    array([False,  True,  True])
    """
    parts = _parts(gate)
    channels = dict.fromkeys(channel for part in parts for channel in part.channels)
    values = {channel: np.asarray(events[channel]) for channel in channels}
    if any(isinstance(part, _library().PolyGate) for part in parts):
        return np.asarray(gate._identify(pd.DataFrame(values, copy=False)), dtype=bool)
    return np.asarray(gate._identify(values))


def _parts(gate: Any) -> list[Any]:
    """The simple gates that a gate is made of."""
    if isinstance(gate, _library().CompositeGate):
        return [part for inner in gate.gates for part in _parts(inner)]
    return [gate]
