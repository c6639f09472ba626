"""The user's own gates: blocks of gates.yaml, changed and pasted into the config.

What an automatic rule wrote into a pasted block (its words, files and number of events) is not
true of the changed gate and is taken out.
"""

from collections.abc import Mapping
from typing import Any

from coculture.flow.channels import ChannelError, find_channel
from coculture.flow.gating.gates import MANUAL, Block, GateError
from coculture.flow.tubes import Tube

OwnGates = Mapping[str, Mapping[str, Block]]
"""Population -> gate -> block: the config's gates of one experiment."""

_WRITTEN_BY_RULES = ("rule", "controls", "samples", "events", "automatic")
_AUTOMATIC_RULES = (
    "live_peak:",
    "untreated:",
    "fmo:",
    "unstained:",
    "pooled:",
    "population_negative:",
    "within the detector's range",
    "too few events to tell debris",
    "0.15 of the commonest forward scatter",
    "valley between debris and cells in forward scatter",
    "median - 4 MAD of the cells",
    "median + 4 MAD of the cells",
)


def manual_block(own: Block, replaced: Block | None) -> Block:
    """A block of the config as gates.yaml records it.

    Parameters
    ----------
    own
        The user's block; a note of the user's under `rule` is kept after "manual: ".
    replaced
        The automatic gate in whose place it is, None where none can be set. Its threshold is
        recorded under `automatic` if it is on the same channel.

    >>> manual_block({"channels": ["A"], "threshold": 2.0, "rule": "fmo: 99.5th percentile"}, None)
    {'channels': ['A'], 'threshold': 2.0, 'rule': 'manual'}
    """
    kept: dict[str, Any] = {key: own[key] for key in own if key not in _WRITTEN_BY_RULES}
    note = _note(str(own.get("rule", "")))
    kept["rule"] = f"{MANUAL}: {note}" if note else MANUAL
    automatic = replaced or {}
    if "threshold" in automatic and automatic["channels"] == list(own["channels"]):
        kept["automatic"] = automatic["threshold"]
    return kept


def on_channels_of(tube: Tube, own: OwnGates) -> dict[str, dict[str, Block]]:
    """The user's gates of one experiment with the tube's channel names in place of labels.

    Raises
    ------
    GateError
        If a gate is on a channel that gating does not read; it names every such gate.
    """
    faults, found = [], {}
    for population, blocks in own.items():
        found[population] = dict(blocks)
        for gate, block in blocks.items():
            try:
                channels = [_channel(str(wanted), tube) for wanted in block["channels"]]
            except ChannelError as error:
                faults.append(f"{population}.{gate}: gating {error}")
            else:
                found[population][gate] = {**block, "channels": channels}
    if faults:
        raise GateError(" ".join(faults))
    return found


def _channel(wanted: str, tube: Tube) -> str:
    panel = tube.panel
    if wanted in panel.names:
        return panel.names[wanted]
    labels = {channel.name: channel.label for channel in tube.header.channels}
    read = [*panel.plain, *panel.stains, *filter(None, [panel.singlet_ratio])]
    return find_channel(wanted, read, labels)


def _note(rule: str) -> str:
    """The user's part of a rule; empty for the words of an automatic one."""
    note = "" if rule == MANUAL else rule.removeprefix(f"{MANUAL}: ").strip()
    return "" if note.startswith(_AUTOMATIC_RULES) else note
