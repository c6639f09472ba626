"""Thresholds of stains and markers a tenth of a decade higher and lower."""

from collections.abc import Iterator, Mapping
from typing import Any

from coculture.exchange.alternatives import Alternative
from coculture.flow.gating import gates
from coculture.flow.gating.alternatives.other_gate import OtherGate, stains_and_markers
from coculture.flow.gating.checks.threshold_sensitive import SHIFT_DECADES
from coculture.flow.settings import FlowSettings

CHOICE = "threshold_moved"
_DIRECTIONS = {"higher": 1.0, "lower": -1.0}
_OWN = ("of_cells", "of_files")
"""Keys of a block with the thresholds of cell lines and of files."""


def others(
    blocks: Mapping[str, Mapping[str, gates.Block]], settings: FlowSettings
) -> Iterator[OtherGate]:
    """Each threshold moved either way, the one of all populations together.

    Parameters
    ----------
    blocks
        Population -> gate -> its block.
    """
    for population, gate, name, block in stains_and_markers(blocks, settings):
        for direction, sign in _DIRECTIONS.items():
            alternative = Alternative(
                f"the {name} threshold a tenth of a decade {direction}", CHOICE
            )
            moved = _moved(block, 10 ** (sign * SHIFT_DECADES))
            why = "" if moved else "its threshold is not above 0, so it has no decades"
            yield OtherGate(alternative, population, gate, moved, why)


def _thresholds(of_each: Mapping[str, Any]) -> dict[str, float]:
    """Those of a file that has another shape of a marker's gate are left out."""
    return {item: float(value) for item, value in of_each.items() if isinstance(value, int | float)}


def _moved(block: gates.Block, times: float) -> gates.Block | None:
    """The block with all of its thresholds multiplied; None if one is not above 0."""
    own = {key: _thresholds(block[key]) for key in _OWN if key in block}
    every = [float(block["threshold"]), *(v for each in own.values() for v in each.values())]
    if min(every) <= 0:
        return None
    moved: dict[str, Any] = {**block, "threshold": float(block["threshold"]) * times}
    for key, of_each in own.items():
        moved[key] = {**block[key], **{item: value * times for item, value in of_each.items()}}
    return moved
