"""Gates that the user sets, in the config or a gates file: blocks of gates.yaml, usually edited.

A block that is copied without editing its numbers stays what it was: the same source, rule and
files. With edited numbers it is `manual`; what the automatic rule wrote (its rule, files and number
of events) does not apply to the new gate and is removed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from coculture.exchange.manual_gates import SOURCE
from coculture.exchange.vocabulary import listed
from coculture.flow.channels import ChannelError, find_channel
from coculture.flow.gating.gates import BLOCK_KEYS, Block, GateError
from coculture.flow.tubes import Tube

OwnGates = Mapping[str, Mapping[str, Block]]
"""Population -> gate -> block: the user's gates for one experiment."""

CODE = SOURCE
NAME = "the config"
RULE = "set by hand in the config"
RULE_OF_FILE = "set by hand in a gates file"

_OF_SOME = ("of_cells", "of_files")
"""Thresholds of cell lines and files."""
_SHAPE = ("channels", "threshold", *_OF_SOME, "vertices", "scales", "keep")
"""The keys of a block that say what is kept."""
_WHY = ("reason", "by", "date", "blinded", "exceptions")
"""The keys of a block that say who set it, and why."""
_OF_RULES = ("controls", "samples", "events")
"""The keys of a block that only automatic rules write."""


def block(own: Block, automatic: Block | None, alternatives: Iterable[Block] = ()) -> Block:
    """A block of the user as gates.yaml records it.

    Parameters
    ----------
    own
        The user's block.
    automatic
        The gate that would be set automatically; None if it cannot be set. Its threshold, or its
        vertices, are recorded under `automatic` if it is on the same channels.
    alternatives
        Other automatic gates that the user may have copied: those that are set without the user's
        other gates.

    Raises
    ------
    GateError
        If only some files have a gate of their own, and there is no automatic one for the others.

    >>> block({"channels": ["A"], "threshold": 2.0, "source": "fmo", "rule": "percentile"}, None)
    {'channels': ['A'], 'threshold': 2.0, 'source': 'manual', 'rule': 'set by hand in the config'}
    """
    if is_of_files(own):
        if automatic is None:
            raise GateError(
                f"Only {listed(own['of_files'])} have a gate of their own, and there is no "
                "automatic one for the other files. Give them one, too."
            )
        return _with_own_files(automatic, own)
    candidates = [one for one in (automatic, *alternatives) if one is not None]
    for candidate in candidates:
        if _is_copy(own, candidate):
            return _with_note(candidate, str(own.get("note", "")))
    recorded: dict[str, Any] = {key: own[key] for key in _SHAPE if key in own}
    if any(own.get("threshold") != candidate.get("threshold") for candidate in candidates):
        # An edited threshold would else have no effect on lines and files with their own.
        copied = [one.get(key) for one in candidates for key in _OF_SOME]
        recorded = {k: v for k, v in recorded.items() if k not in _OF_SOME or v not in copied}
    recorded |= {"source": CODE, "rule": RULE_OF_FILE if "by" in own else RULE}
    note = _note(own, candidates)
    if note:
        recorded["note"] = note
    recorded |= {key: own[key] for key in _WHY if key in own}
    return recorded | _automatic(own, automatic or {})


def _automatic(own: Block, automatic: Block) -> dict[str, Any]:
    """The value that a gate on the same channels, or of another kind, would have."""
    kinds = [("threshold" in one, len(one.get("channels", ()))) for one in (own, automatic)]
    if not automatic or "channels" not in automatic:
        return {}
    if kinds[0] != kinds[1]:
        shape = ("channels", "threshold", "vertices", "keep")
        return {"automatic": {key: automatic[key] for key in shape if key in automatic}}
    if list(automatic["channels"]) != list(own["channels"]):
        return {}
    return {"automatic": automatic["threshold" if "threshold" in automatic else "vertices"]}


def is_of_files(own: Block) -> bool:
    """Whether a block only gives some files a gate of their own, and the others keep theirs."""
    return "threshold" not in own and "vertices" not in own


def _with_own_files(automatic: Block, own: Block) -> Block:
    """The automatic gate with the files that have their own."""
    of_files = {**automatic.get("of_files", {}), **own["of_files"]}
    found = {**automatic, "of_files": of_files, "exceptions": own["exceptions"]}
    return {key: found[key] for key in BLOCK_KEYS if key in found}


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
                found[population][gate] = _on_channels(own_block, tube)
            except ChannelError as error:
                faults.append(f"{population}.{gate}: gating {error}")
    if faults:
        raise GateError(" ".join(faults))
    return found


def _on_channels(block: Block, tube: Tube) -> Block:
    """The block, or the shape of a file of its own, on the names of the tube."""
    named = dict(block)
    if "channels" in block:
        named["channels"] = [_channel(str(wanted), tube) for wanted in block["channels"]]
    own = block.get("of_files", {})
    if any(isinstance(value, Mapping) for value in own.values()):
        named["of_files"] = {
            fcs: _on_channels(value, tube) if isinstance(value, Mapping) else value
            for fcs, value in own.items()
        }
    return named


def _channel(wanted: str, tube: Tube) -> str:
    panel = tube.panel
    if wanted in panel.names:
        return panel.names[wanted]
    read = [*panel.plain, *panel.stains, *filter(None, [panel.singlet_ratio])]
    return find_channel(wanted, read, tube.header.labels)
