"""What shape a gate has: a threshold or two ends on one channel, or a polygon on two."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from coculture.flow.interchange.gating_ml.transforms import ScaleError, scale_named


def shape_fault(block: Mapping[str, Any], *, is_stain: bool = False) -> str:
    """What contradicts itself in a gate block; empty if nothing does.

    A gate is a threshold on one channel, two ends on one channel, or a polygon on two; that of a
    stain is a threshold.
    """
    channels, keep = list(block.get("channels", ())), block.get("keep")
    if is_stain and (
        "threshold" not in block or "vertices" in block or keep not in (None, "above")
    ):
        return "this gate is a threshold that keeps what is above it; give threshold only."
    if ("threshold" in block) == ("vertices" in block):
        return "give either threshold or vertices."
    scales = block.get("scales", ())
    if scales and (len(channels) != 2 or len(scales) != 2):
        return "scales are those of the two channels of a polygon."
    try:
        for scale in scales:
            scale_named(scale)
    except ScaleError as error:
        return f"{error}"
    if "threshold" in block:
        if len(channels) != 1:
            return f"a threshold is on one channel, but {len(channels)} are given."
        if keep not in (None, "above", "below"):
            return f"keep is {keep!r}; a threshold keeps above or below."
        return ""
    if keep not in (None, "inside", "outside"):
        return f"keep is {keep!r}; vertices keep inside or outside."
    return _vertices_fault(channels, block["vertices"])


def _vertices_fault(channels: Sequence[str], vertices: Any) -> str:
    def is_number(value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool)

    if len(channels) == 1:
        ends: list[Any] = vertices if isinstance(vertices, list) else [None]
        pairs: list[Any] = ends if all(isinstance(one, list) for one in ends) else [ends]
        if all(len(one) == 2 and all(map(is_number, one)) and one[0] < one[1] for one in pairs):
            return ""
        return "vertices on one channel are its two ends, for example [0, 5000]."
    corners = vertices if isinstance(vertices, list) else []
    are_points = all(
        isinstance(one, list) and len(one) == 2 and all(map(is_number, one)) for one in corners
    )
    if len(channels) != 2 or len(corners) < 3 or not are_points:
        return "vertices on two channels are at least three corners, each [x, y]."
    if channels[0] == channels[1]:
        return f"a polygon is on two channels, but both are {channels[0]}."
    if _are_on_a_line(corners):
        return "all corners are on one line, so that the polygon keeps nothing."
    return ""


def _are_on_a_line(corners: Sequence[Sequence[float]]) -> bool:
    x0, y0 = corners[0]
    # From the corner furthest away, so that a corner that is given twice is no direction.
    x1, y1 = max(corners, key=lambda one: math.hypot(one[0] - x0, one[1] - y0))
    return all((x1 - x0) * (y - y0) == (x - x0) * (y1 - y0) for x, y in corners)
