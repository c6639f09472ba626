"""Gates as gates.yaml writes them, and the FlowCytometryTools gates that apply them.

Gates act on linear, compensated events. `above` a threshold includes the threshold
(value >= threshold), `below` does not; an interval includes its lower end but not its upper end.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, reduce
from itertools import compress, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coculture.exchange.outcomes import STANDARD, Outcomes
from coculture.exchange.problems import CocultureError
from coculture.exchange.vocabulary import listed
from coculture.flow.files import FlowFile
from coculture.flow.gate_names import SHARED_GATES
from coculture.flow.gate_shapes import shape_fault
from coculture.flow.gating.flowcytometrytools import (
    Gate,
    both,
    either,
    inverted,
    passes,
    polygon_gate,
    threshold_gate,
)
from coculture.flow.interchange.gating_ml.gates.polygon import on_edge
from coculture.flow.interchange.gating_ml.transforms import scale_named
from coculture.flow.tubes import Columns

ANNEXIN, VIABILITY_DYE = STANDARD
SCATTER, SIDE_SCATTER, TIME, CELLS, SINGLETS = SHARED_GATES

Block = Mapping[str, Any]
"""One gate of gates.yaml, with keys in the order of BLOCK_KEYS (those that apply)."""
BLOCK_KEYS = (
    "channels", "threshold", "of_cells", "of_files", "vertices", "scales", "keep", "source", "rule",
    "note", "controls", "samples", "events", "failed_controls", "automatic", "reason", "by", "date",
    "blinded", "exceptions",
)  # fmt: skip
"""`source`: code of what set the gate (`sources.CODES`); `rule`: how, in words, the same for every
study; `note`: what varies, or the user's note. `controls`, `samples`, `events`: the data behind an
automatic gate. `failed_controls`: tubes that are not what their roles say. `of_cells`, `of_files`:
cell line or file -> its own threshold, instead of `threshold`; of a file also a whole shape.
`vertices`: two ends or corners; on one channel also several pairs of ends. `scales`: of a polygon
that was drawn on other scales than the linear one, the scale of each channel. `reason`, `by`,
`date`, `blinded`, `exceptions`: who set it by hand and why, and which files have their own.
`automatic`: threshold, or vertices, of the automatic rule, for a gate set by hand."""


_LINEAR = {"name": "linear"}
_CORNERS = ("vertices", "scales", "keep")
"""Keys of a block that say nothing of a file with another kind of shape."""


class GateError(CocultureError):
    """A gate block is invalid. The message names the gate."""


def draw(name: str, block: Block) -> Gate:
    """The FlowCytometryTools gate of a block.

    Raises
    ------
    GateError
        If the block contradicts itself (`coculture.flow.gate_shapes.shape_fault`).
    """
    fault = shape_fault(block)
    if fault:
        raise GateError(f"Gate {name}: {fault}")
    channels, keep = list(block["channels"]), block.get("keep")
    if "threshold" in block:
        return threshold_gate(float(block["threshold"]), channels[0], keep or "above", name)
    if len(channels) == 1:
        return _intervals(name, channels[0], ends_of(block), keep)
    corners = [(float(x), float(y)) for x, y in block["vertices"]]
    return polygon_gate(corners, channels, "out" if keep == "outside" else "in", name)


def ends_of(block: Block) -> list[tuple[float, float]]:
    """The two ends of each interval of a gate on one channel.

    >>> ends_of({"channels": ["Time"], "vertices": [[1, 2], [5, 9]]})
    [(1.0, 2.0), (5.0, 9.0)]
    """
    written = block["vertices"]
    pairs = written if not written or isinstance(written[0], list | tuple) else [written]
    return [(float(low), float(high)) for low, high in pairs]


def _intervals(
    name: str, channel: str, ends: Sequence[tuple[float, float]], keep: str | None
) -> Gate:
    """Events in any of the intervals; without one, none."""
    found = [
        both(
            threshold_gate(low, channel, "above", name),
            threshold_gate(high, channel, "below", name),
        )
        for low, high in ends
    ] or [threshold_gate(math.inf, channel, "above", name)]
    inside = reduce(either, found)
    return inverted(inside) if keep == "outside" else inside


def kept(name: str, block: Block, events: Columns) -> NDArray[np.bool_]:
    """Which events a gate keeps, shape (events,).

    Raises
    ------
    GateError
        If the block contradicts itself.
    """
    gate = draw(name, block)
    if len(block["channels"]) == 1:
        return passes(gate, events)
    scales = block.get("scales", [_LINEAR, _LINEAR])
    names = [str(channel) for channel in block["channels"]]
    x, y = (
        scale_named(scale).transform(np.asarray(events[name]))
        for name, scale in zip(names, scales, strict=True)
    )
    # The library leaves it to chance on which side an event on an edge is; Gating-ML has it inside.
    edge = on_edge(x, y, np.array(block["vertices"], dtype=np.float64))
    inside = passes(gate, dict(zip(names, (x, y), strict=True)))
    return inside & ~edge if block.get("keep") == "outside" else inside | edge


def of_tube(blocks: Mapping[str, Block], tube: FlowFile) -> dict[str, Block]:
    """The gates of one file: with the threshold of the file or of its cell line, if it has one."""
    return {name: _of_tube(block, tube) for name, block in blocks.items()}


def _of_tube(block: Block, tube: FlowFile) -> Block:
    own = block.get("of_files", {}).get(tube.fcs)
    if own is None:
        own = block.get("of_cells", {}).get(tube.cells)
    return block if own is None else of_value(block, own)


def of_value(block: Block, own: float | Mapping[str, Any]) -> Block:
    """The block of a file whose entry in `of_files` is `own`: a threshold, or a whole shape."""
    if not isinstance(own, Mapping):
        return {**block, "threshold": float(own)}
    if "threshold" in own and "threshold" not in block:
        block = {key: value for key, value in block.items() if key not in _CORNERS}
    if "vertices" in own:
        # Whether the corners are kept or cut out is as in the gate of the other files.
        other = ("threshold", "vertices", "scales", *(["keep"] if "threshold" in block else []))
        block = {key: value for key, value in block.items() if key not in other}
    return {**block, **own}


def boundary(block: Block) -> str:
    """What a gate keeps, as text: a threshold, the ends of an interval or corners of a polygon.

    >>> boundary({"channels": ["FL1-A"], "threshold": 178.5, "keep": "above"})
    'FL1-A >= 178.5'
    >>> boundary({"channels": ["FSC-A", "SSC-A"], "vertices": [[0, 0], [9, 0], [9, 9]]})
    'FSC-A, SSC-A inside (0, 0) (9, 0) (9, 9)'
    """
    channels, keep = ", ".join(map(str, block["channels"])), block.get("keep")
    if "threshold" in block:
        return f"{channels} {'<' if keep == 'below' else '>='} {block['threshold']}"
    where = keep if keep == "outside" else "inside"
    if len(block["channels"]) == 1:
        ends = listed([f"{low} to {high}" for low, high in ends_of(block)])
        return f"{channels} {where} {ends}"
    return f"{channels} {where} {' '.join(f'({x}, {y})' for x, y in block['vertices'])}"


def count_kept(name: str, block: Block, events: Columns) -> int:
    """Number of events that a gate keeps."""
    return int(np.count_nonzero(kept(name, block, events)))


def first_outcome(
    outcomes: Outcomes, is_above: Mapping[str, NDArray[np.bool_]]
) -> NDArray[np.bool_]:
    """Which events are of the first outcome, shape (events,).

    `is_above` says of the stains that it depends on, by gate, which events are above the threshold.
    """
    assert outcomes.first is not None
    places = {stain.gate: place for place, stain in enumerate(outcomes.stains)}
    # Each once: classes that differ only in a stain that does not matter are one.
    kinds = {
        tuple(outcomes.signs[name][places[gate]] for gate in is_above)
        for name in outcomes.first.classes
    }
    masks = [_all_of(is_above.values(), kind) for kind in sorted(kinds)]
    return reduce(np.logical_or, masks)


def _all_of(masks: Iterable[NDArray[np.bool_]], signs: Iterable[bool]) -> NDArray[np.bool_]:
    """Where each mask is what its sign says."""
    signed = [mask if sign else ~mask for mask, sign in zip(masks, signs, strict=True)]
    return reduce(np.logical_and, signed)


def is_positive(stain: Block, events: Columns) -> NDArray[np.bool_]:
    """Which events are positive for a stain whose gate this is, shape (events,)."""
    channel = str(stain["channels"][0])
    return passes(threshold_gate(float(stain["threshold"]), channel, "above", channel), events)


def positives(
    outcomes: Outcomes, blocks: Mapping[str, Block], events: Columns
) -> dict[str, NDArray[np.bool_]]:
    """Gate of each stain -> which events are positive for it, shape (events,)."""
    return {stain.gate: is_positive(blocks[stain.gate], events) for stain in outcomes.stains}


def classes_of(
    outcomes: Outcomes, is_above: Mapping[str, NDArray[np.bool_]], among: int
) -> dict[str, int]:
    """Number of events in each class of cells: which of `among` events are positive for the stains.

    The masks, by the gates of the stains, have the shape (events,), and may leave out negative
    events.
    """
    masks = [is_above[stain.gate] for stain in outcomes.stains]
    at_least = {}
    for signs in product((False, True), repeat=len(masks)):
        wanted = list(compress(masks, signs))
        at_least[signs] = int(np.count_nonzero(reduce(np.logical_and, wanted))) if wanted else among
    return {name: _exactly(signs, at_least) for name, signs in outcomes.signs.items()}


def _exactly(signs: tuple[bool, ...], at_least: Mapping[tuple[bool, ...], int]) -> int:
    """Events that are positive for these stains and no others.

    `at_least` are the events that are positive for some stains, whatever the others are.
    """
    return sum(times * at_least[more] for more, times in _with_more(signs))


@cache
def _with_more(signs: tuple[bool, ...]) -> tuple[tuple[tuple[bool, ...], int], ...]:
    """What is positive for these stains and maybe more, and how often to count it.

    Those with one stain more are taken away, those with two more, taken away twice, are added
    again.
    """
    return tuple(
        (more, (-1) ** (sum(more) - sum(signs)))
        for more in product((False, True), repeat=len(signs))
        if all(other >= own for other, own in zip(more, signs, strict=True))
    )


def class_counts(
    outcomes: Outcomes, blocks: Mapping[str, Block], events: Columns
) -> dict[str, int]:
    """Number of events in each class of cells."""
    return classes_of(outcomes, positives(outcomes, blocks, events), len(events))
