"""The events that gates are set on: every control and a choice of samples, thinned evenly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coculture.flow.gating import gates
from coculture.flow.gating.flowcytometrytools import passes
from coculture.flow.gating.logicle import Logicle, logicle_for
from coculture.flow.gating.thresholds import Values
from coculture.flow.tubes import Tube, read_tube

MOST_SAMPLES = 24
MOST_EVENTS = 20_000


@dataclass(frozen=True)
class PooledTube:
    """Some events of one tube."""

    tube: Tube
    events: pd.DataFrame


def pool(tubes: Sequence[Tube], spillover: pd.DataFrame | None) -> list[PooledTube]:
    """Every control, up to 24 untreated and 24 other samples evenly chosen, 20,000 events each."""
    controls = [tube for tube in tubes if tube.role not in ("sample", "beads")]
    untreated = [tube for tube in tubes if tube.role == "sample" and tube.untreated]
    treated = [tube for tube in tubes if tube.role == "sample" and not tube.untreated]
    return [
        PooledTube(tube, read_tube(tube, spillover, _step(tube.header.events, MOST_EVENTS)))
        for tube in [*controls, *_evenly(untreated), *_evenly(treated)]
        if tube.header.events > 0
    ]


def _evenly(tubes: Sequence[Tube]) -> list[Tube]:
    return list(tubes[:: _step(len(tubes), MOST_SAMPLES)])


def _step(count: int, most: int) -> int:
    return max(1, -(-count // most))


def gated(tubes: Sequence[PooledTube], blocks: Mapping[str, gates.Block]) -> list[PooledTube]:
    """The events that pass all of the gates."""
    drawn = [gates.draw(name, block) for name, block in blocks.items()]
    result = []
    for pooled in tubes:
        kept = np.ones(len(pooled.events), dtype=bool)
        for gate in drawn:
            kept &= passes(gate, pooled.events)
        result.append(PooledTube(pooled.tube, pooled.events[kept]))
    return result


def values(tubes: Sequence[PooledTube], channel: str) -> Values:
    """One channel of all tubes together."""
    return np.concatenate([np.empty(0), *(pooled.events[channel].to_numpy() for pooled in tubes)])


def threshold_block(
    channel: str,
    threshold: float,
    keep: str,
    rule: str,
    tubes: Sequence[PooledTube],
    checked_by: Sequence[PooledTube] = (),
) -> dict[str, Any]:
    """A gate on one channel, with the controls and samples that set or checked it.

    Its number of events is that of `tubes`, which set it.
    """
    behind = [pooled.tube for pooled in (*tubes, *checked_by)]
    return {
        "channels": [channel],
        "threshold": float(threshold),
        "keep": keep,
        "rule": rule,
        "controls": sorted({tube.fcs for tube in behind if tube.role != "sample"}),
        "samples": sorted({tube.fcs for tube in behind if tube.role == "sample"}),
        "events": len(values(tubes, channel)),
    }


def scale_of(channel: str, tubes: Sequence[PooledTube]) -> Logicle:
    """A logicle scale for a channel, fitted to the tubes' events."""
    events = values(tubes, channel)
    entry = next(c for c in tubes[0].tube.header.channels if c.name == channel)
    highest = float(np.max(events, initial=1.0))
    return logicle_for(events, entry.maximum if 1 < entry.maximum < np.inf else highest)
