"""The gates of FlowCytometryTools, and the only place that imports it.

FlowCytometryTools 0.5.1 (2021, unmaintained) names four things that Python 3.10 and numpy 2 have
since moved or removed. They are supplied while it is imported and taken away again afterwards, so
that nothing else in the process sees them. Its plotting and its FCS reader are not used.
"""

import collections
import collections.abc
import inspect
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from numpy.typing import NDArray


@contextmanager
def _names_it_expects() -> Iterator[None]:
    """`collections.MutableMapping` and kin, `inspect.getargspec`, `numpy.lib.shape_base`."""
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


with _names_it_expects():
    import FlowCytometryTools.core.utils
    from FlowCytometryTools.core.gates import (
        CompositeGate,
        IntervalGate,
        PolyGate,
        QuadGate,
        ThresholdGate,
    )

# Making a gate looks up collections.Iterable again, in this one module of the library.
FlowCytometryTools.core.utils.collections = collections.abc

__all__ = ["CompositeGate", "IntervalGate", "PolyGate", "QuadGate", "ThresholdGate", "passes"]

Gate = ThresholdGate | IntervalGate | QuadGate | PolyGate | CompositeGate


def passes(gate: Any, events: pd.DataFrame) -> NDArray[np.bool_]:
    """Which events a gate keeps, as a mask of shape (events,).

    The library's own call returns a filtered copy of all columns, which takes most of its time;
    its `_identify` is what that call filters by. Only polygons need a DataFrame; the other gates
    compare plain arrays several times faster.

    >>> frame = pd.DataFrame({"FL1-A": [1.0, 5.0, 9.0]})
    >>> passes(ThresholdGate(5, "FL1-A", region="above", name="positive"), frame)
    array([False,  True,  True])
    """
    parts = _parts(gate)
    if any(isinstance(part, PolyGate) for part in parts):
        return np.asarray(gate._identify(events), dtype=bool)
    channels = {channel for part in parts for channel in part.channels}
    return np.asarray(gate._identify({channel: events[channel].to_numpy() for channel in channels}))


def _parts(gate: Any) -> list[Any]:
    """The simple gates that a gate is made of."""
    if isinstance(gate, CompositeGate):
        return [part for inner in gate.gates for part in _parts(inner)]
    return [gate]
