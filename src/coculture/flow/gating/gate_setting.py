"""Setting every gate of an experiment from its own events.

`set_gates` gives, for each population, the blocks of gates.yaml in the order in which they apply.
A block that the user wrote into the config (`flow.gates`) goes before any rule; what the rule
would have given is recorded beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from coculture.flow.gating import gates
from coculture.flow.gating.densities import density
from coculture.flow.gating.ladder import marker_block, stain_block
from coculture.flow.gating.manual import OwnGates, manual_block, on_channels_of
from coculture.flow.gating.pool import PooledTube, gated, pool, threshold_block, values
from coculture.flow.gating.thresholds import FEWEST_EVENTS, ThresholdError, Values
from coculture.flow.settings import SHARED_GATES, FlowSettings, Population
from coculture.flow.tubes import Panel, Tube

Blocks = dict[str, gates.Block]

_DEBRIS_DECADES = 0.6
_DEBRIS_DEFAULT_SHARE = 0.15
_LEAST_PEAK = 0.03
_SINGLET_MADS = 4.0


def set_gates(
    tubes: Sequence[Tube],
    spillover: pd.DataFrame | None,
    settings: FlowSettings,
    own: OwnGates,
) -> dict[str, Blocks]:
    """Blocks of every population's gates.

    Parameters
    ----------
    tubes
        The experiment's files.
    spillover
        The experiment's matrix.
    settings
        The flow section of the config.
    own
        The user's gates of this experiment: population -> gate -> block.

    Raises
    ------
    GateError
        If a gate of the user's is on a channel that gating does not read.
    ThresholdError
        If there is nothing to set a threshold from.
    """
    panel = tubes[0].panel
    own = on_channels_of(tubes[0], own)
    pooled = pool(tubes, spillover)
    shared = _shared_gates(panel, tubes[0], pooled)
    result = {}
    for population in settings.populations:
        mine = own.get(population.name, {})
        blocks = shared | {
            name: manual_block(mine[name], shared.get(name))
            for name in SHARED_GATES
            if name in mine
        }
        singlets = gated(pooled, blocks)
        markers = _marker_gates(population, panel, singlets, mine)
        inside = gated(singlets, markers)
        stains = _stain_gates(population, panel, inside, singlets, settings, mine)
        result[population.name] = blocks | markers | stains
    return result


def _marker_gates(
    population: Population,
    panel: Panel,
    singlets: Sequence[PooledTube],
    own: Mapping[str, gates.Block],
) -> Blocks:
    return {
        marker.channel: _own_or(
            own.get(marker.channel),
            partial(marker_block, population.name, marker, panel.markers[marker.channel], singlets),
        )
        for marker in population.markers
    }


def _stain_gates(
    population: Population,
    panel: Panel,
    inside: Sequence[PooledTube],
    singlets: Sequence[PooledTube],
    settings: FlowSettings,
    own: Mapping[str, gates.Block],
) -> Blocks:
    sources = {
        gates.ANNEXIN: (panel.annexin, settings.annexin_threshold),
        gates.VIABILITY_DYE: (panel.viability_dye, settings.viability_dye_threshold),
    }
    return {
        stain: _own_or(
            own.get(stain),
            partial(stain_block, stain, source, population.name, panel, inside, singlets),
        )
        for stain, (channel, source) in sources.items()
        if channel is not None
    }


def _own_or(own: gates.Block | None, automatic: Callable[[], gates.Block]) -> gates.Block:
    """The user's gate where there is one, else the automatic one, which then must be possible."""
    if own is None:
        return automatic()
    try:
        replaced = automatic()
    except ThresholdError:
        replaced = None
    return manual_block(own, replaced)


# Scatter, debris, doublets ---------------------------------------------------------------------


def _shared_gates(panel: Panel, tube: Tube, pooled: Sequence[PooledTube]) -> Blocks:
    """Gates that are the same for every population."""
    scatter = {
        gates.SCATTER: panel.forward_scatter_area,
        gates.SIDE_SCATTER: panel.side_scatter_area,
    }
    in_range = {
        name: _range_gate(channel, tube) for name, channel in scatter.items() if channel is not None
    }
    inside = gated(pooled, in_range)
    debris = {gates.CELLS: _debris_gate(panel.forward_scatter_area, inside)}
    singlets = _singlet_gate(panel, gated(inside, debris))
    return in_range | debris | ({} if singlets is None else {gates.SINGLETS: singlets})


def _range_gate(channel: str, tube: Tube) -> gates.Block:
    """Keeps what the detector could measure: from 0 to below its largest value."""
    top = next(entry.maximum for entry in tube.header.channels if entry.name == channel)
    block = {"channels": [channel], "rule": "within the detector's range"}
    if np.isfinite(top) and top > 0:
        return block | {"vertices": [0.0, float(top)], "keep": "inside"}
    return block | {"threshold": 0.0, "keep": "above"}


def _debris_gate(channel: str, pooled: Sequence[PooledTube]) -> gates.Block:
    """Forward scatter from which on an event is a cell: permissive, because dying cells shrink."""
    sizes = values(pooled, channel)
    threshold, rule = _smallest_cell(sizes[sizes > 0])
    return threshold_block(channel, threshold, "above", rule, pooled)


def _smallest_cell(sizes: Values) -> tuple[float, str]:
    """The valley above the highest pile at less than a quarter of the main pile's size; without
    such a pile 0.15 of the main pile's size."""
    if len(sizes) < FEWEST_EVENTS:
        return 0.0, "too few events to tell debris: all kept"
    curve = density(np.log10(sizes))
    main = int(np.argmax(curve.height))
    peaks = [*map(int, curve.peaks(_LEAST_PEAK)), main]
    debris = [p for p in peaks if curve.position[p] < curve.position[main] - _DEBRIS_DECADES]
    if not debris:
        return (
            _DEBRIS_DEFAULT_SHARE * float(10 ** curve.position[main]),
            f"{_DEBRIS_DEFAULT_SHARE} of the commonest forward scatter; no pile of debris",
        )
    cells = min(p for p in peaks if p > max(debris))
    valley = curve.position[curve.valley(max(debris), cells)]
    return float(10**valley), "valley between debris and cells in forward scatter"


def _singlet_gate(panel: Panel, cells: Sequence[PooledTube]) -> gates.Block | None:
    """Single cells: height / area not below median - 4 MAD, or width below median + 4 MAD."""
    if panel.singlet_ratio is not None:
        channel, side, keep = panel.singlet_ratio, -1, "above"
    elif panel.forward_scatter_width is not None:
        channel, side, keep = panel.forward_scatter_width, 1, "below"
    else:
        return None
    shapes = values(cells, channel)
    median = float(np.median(shapes)) if len(shapes) else 0.0
    spread = float(np.median(np.abs(shapes - median))) if len(shapes) else 0.0
    threshold = median + side * _SINGLET_MADS * spread
    rule = f"median {'-' if side < 0 else '+'} {_SINGLET_MADS:g} MAD of the cells"
    return threshold_block(channel, threshold, keep, rule, cells)
