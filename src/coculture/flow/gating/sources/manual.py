"""Gates that the user sets in the config: blocks of gates.yaml, usually with edited numbers.

A block that is copied without editing its numbers stays what it was: the same source, rule and
files. With edited numbers it is `manual`; what the automatic rule wrote (its rule, files and number
of events) does not apply to the new gate and is removed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from coculture.flow.channels import ChannelError, find_channel
from coculture.flow.gating.gates import BLOCK_KEYS, Block, GateError
from coculture.flow.tubes import Tube

OwnGates = Mapping[str, Mapping[str, Block]]
"""Population -> gate -> block: the gates of the config for one experiment."""

CODE = "manual"
NAME = "the config"
RULE = "set by hand in the config"

_OF_SOME = ("of_cells", "of_files")
"""Thresholds of cell lines and files."""
_SHAPE = ("channels", "threshold", *_OF_SOME, "vertices", "keep")
"""The keys of a block that say what is kept."""
_OF_RULES = ("controls", "samples", "events")
"""The keys of a block that only automatic rules write."""


def block(own: Block, automatic: Block | None, alternatives: Iterable[Block] = ()) -> Block:
    """A block of the config as gates.yaml records it.

    Parameters
    ----------
    own
        The user's block.
    automatic
        The gate that would be set automatically; None if it cannot be set. Its threshold is
        recorded under `automatic` if it is on the same channels.
    alternatives
        Other automatic gates that the user may have copied: those that are set without the user's
        other gates.

    >>> block({"channels": ["A"], "threshold": 2.0, "source": "fmo", "rule": "percentile"}, None)
    {'channels': ['A'], 'threshold': 2.0, 'source': 'manual', 'rule': 'set by hand in the config'}
    """
    candidates = [one for one in (automatic, *alternatives) if one is not None]
    for candidate in candidates:
        if _is_copy(own, candidate):
            return _with_note(candidate, str(own.get("note", "")))
    recorded: dict[str, Any] = {key: own[key] for key in _SHAPE if key in own}
    if any(own.get("threshold") != candidate.get("threshold") for candidate in candidates):
        # An edited threshold would else have no effect on lines and files with their own.
        copied = [one.get(key) for one in candidates for key in _OF_SOME]
        recorded = {k: v for k, v in recorded.items() if k not in _OF_SOME or v not in copied}
    recorded |= {"source": CODE, "rule": RULE}
    note = _note(own, candidates)
    if note:
        recorded["note"] = note
    replaced = {} if automatic is None else automatic
    if "threshold" in replaced and replaced["channels"] == list(own["channels"]):
        recorded["automatic"] = replaced["threshold"]
    return recorded


def is_from_gates_yaml(own: Block) -> bool:
    """Whether a block of the config was written by an automatic rule, edited or not."""
    return bool(own.get("source", CODE) != CODE)


def _is_copy(own: Block, automatic: Block) -> bool:
    """Whether a block says that it is automatic, and has the numbers of this automatic gate."""
    keys = ("source", *_SHAPE)
    return [own.get(key) for key in keys] == [automatic.get(key) for key in keys]


def _with_note(block: Block, note: str) -> Block:
    """The block with the user's note, if there is one."""
    noted = {**block, "note": note} if note else block
    return {key: noted[key] for key in BLOCK_KEYS if key in noted}


def _note(own: Block, automatic: Iterable[Block]) -> str:
    """The user's note: `note`, unless a rule wrote it; in a block without source also `rule`."""
    note = str(own.get("note", ""))
    if note in [one.get("note") for one in automatic]:
        return ""
    if not note and "source" not in own and not any(key in own for key in _OF_RULES):
        return str(own.get("rule", ""))
    return note


def on_channels_of(tube: Tube, own: OwnGates) -> dict[str, dict[str, Block]]:
    """The user's gates of one experiment, with channel labels replaced by the tube's names ($PnN).

    Raises
    ------
    GateError
        If a gate is on a channel that gating does not read; the message lists every such gate.
    """
    faults, found = [], {}
    for population, blocks in own.items():
        found[population] = dict(blocks)
        for gate, own_block in blocks.items():
            try:
                channels = [_channel(str(wanted), tube) for wanted in own_block["channels"]]
            except ChannelError as error:
                faults.append(f"{population}.{gate}: gating {error}")
            else:
                found[population][gate] = {**own_block, "channels": channels}
    if faults:
        raise GateError(" ".join(faults))
    return found


def _channel(wanted: str, tube: Tube) -> str:
    panel = tube.panel
    if wanted in panel.names:
        return panel.names[wanted]
    read = [*panel.plain, *panel.stains, *filter(None, [panel.singlet_ratio])]
    return find_channel(wanted, read, tube.header.labels)
