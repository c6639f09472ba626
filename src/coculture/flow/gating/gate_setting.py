"""Setting every gate of an experiment from its own events.

`set_gates` gives, for each population, the blocks of gates.yaml in the order in which they apply.
A block of the user (of the config's `flow.gates`, or of a gates file) replaces the automatic gate.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from coculture.flow.gate_names import SHARED_GATES
from coculture.flow.gating import gates, sources
from coculture.flow.gating.control_tests import screened
from coculture.flow.gating.pool import MAX_SAMPLES, PooledTube, gated, pool
from coculture.flow.gating.sources import debris, detector_range, manual, singlet_spread
from coculture.flow.gating.sources.own_thresholds import WELL
from coculture.flow.gating.sources.threshold import Request, ThresholdError
from coculture.flow.settings import FlowSettings, Population
from coculture.flow.threshold_settings import AUTO
from coculture.flow.tubes import Panel, Tube

Blocks = dict[str, gates.Block]


def set_gates(
    tubes: Sequence[Tube],
    spillover: pd.DataFrame | None,
    settings: FlowSettings,
    own: manual.OwnGates,
    *,
    pooled: Sequence[PooledTube] | None = None,
    is_compensated: bool = True,
) -> dict[str, Blocks]:
    """The gates of every population.

    Parameters
    ----------
    tubes
        The files of the experiment.
    spillover
        Its spillover matrix.
    settings
        The flow section of the config.
    own
        The user's gates of this experiment: population -> gate -> block.
    pooled
        The events of the experiment, if they are read already (`pool`).
    is_compensated
        Whether the spill is corrected, as far as it is known.

    Raises
    ------
    GateError
        If a gate of the user is on a channel that gating does not read.
    ThresholdError
        If the experiment lacks the controls to set a threshold.
    """
    panel = tubes[0].panel
    own = manual.on_channels_of(tubes[0], own)
    pooled = pool_for(tubes, spillover, settings) if pooled is None else pooled
    shared = _shared_gates(panel, tubes[0], pooled)
    asked = settings.thresholds
    return {
        population.name: _PopulationGates(
            population,
            panel,
            pooled,
            shared,
            asked,
            settings.threshold_scope,
            own.get(population.name, {}),
            is_compensated,
        ).blocks()
        for population in settings.populations
    }


def pool_for(
    tubes: Sequence[Tube], spillover: pd.DataFrame | None, settings: FlowSettings
) -> list[PooledTube]:
    """The events that gates are set from; every sample where each well has its own threshold."""
    of_each_well = settings.threshold_scope == WELL
    return pool(tubes, spillover, len(tubes) if of_each_well else MAX_SAMPLES)


def requests_of(
    population: Population,
    pooled: Sequence[PooledTube],
    blocks: Mapping[str, gates.Block],
    *,
    is_compensated: bool,
) -> list[Request]:
    """What the thresholds of a population are set from, with the gates before them as they are.

    Parameters
    ----------
    pooled
        The events of the experiment before any gate.
    blocks
        The gates of the population that are used.
    is_compensated
        Whether the spill is corrected, as far as it is known.
    """
    if not pooled:
        return []
    panel = pooled[0].tube.panel
    setting = _PopulationGates(population, panel, pooled, {}, {}, "", {}, is_compensated)
    shared = {name: blocks[name] for name in SHARED_GATES if name in blocks}
    singlets = gated(pooled, shared)
    markers = {one.gate: blocks[one.gate] for one in population.markers if one.gate in blocks}
    asked = {stain.gate: AUTO for stain in panel.of_stains}
    found = [
        *setting.markers(singlets),
        *setting.stains(gated(singlets, markers), singlets, asked),
    ]
    return [request for request, _ in found]


@dataclass(frozen=True)
class _PopulationGates:
    """Sets the gates of one population.

    Attributes
    ----------
    pooled
        The events of the experiment before any gate.
    shared
        The automatic gates that all populations share.
    asked
        Stain -> the threshold source that the config asks for.
    scope
        What has a threshold of its own: experiment or well.
    own
        The user's gates of the population.
    is_compensated
        Whether the spill is corrected.
    """

    population: Population
    panel: Panel
    pooled: Sequence[PooledTube]
    shared: Blocks
    asked: Mapping[str, str]
    scope: str
    own: Mapping[str, gates.Block]
    is_compensated: bool = True

    def blocks(self) -> Blocks:
        """Every gate of the population, the user's own where there are some."""
        automatic = self._automatic_blocks() if self._has_copies() else {}
        own = _OwnGates(self.own, automatic)
        shared = self.shared | {
            name: own.instead_of(name, self.shared.get(name))
            for name in SHARED_GATES
            if name in self.own
        }
        singlets = gated(self.pooled, shared)
        markers = {
            request.gate: own.or_automatic(request.gate, set_gate)
            for request, set_gate in self.markers(singlets)
        }
        inside = gated(singlets, markers)
        stains = {
            request.gate: own.or_automatic(request.gate, set_gate)
            for request, set_gate in self.stains(inside, singlets, self.asked)
        }
        return shared | markers | stains

    def _has_copies(self) -> bool:
        return any(manual.is_from_gates_yaml(block) for block in self.own.values())

    def _automatic_blocks(self) -> Blocks:
        """The gates without any of the user's own, by the sources that the user's blocks name.

        A block that was copied from gates.yaml is compared with them: with another gate edited,
        the automatic threshold may change, but the copied block must not.
        """
        named = {
            name: str(block.get("source"))
            for name, block in self.own.items()
            if name in self.asked and block.get("source") in _STAIN_CODES
        }
        singlets = gated(self.pooled, self.shared)
        markers = _settable(self.markers(singlets))
        if len(markers) < len(self.population.markers):
            return self.shared | markers
        inside = gated(singlets, markers)
        return (
            self.shared
            | markers
            | _settable(self.stains(inside, singlets, {**self.asked, **named}))
        )

    def markers(self, singlets: Sequence[PooledTube]) -> "list[tuple[Request, _SetGate]]":
        found: list[tuple[Request, _SetGate]] = []
        for marker in self.population.markers:
            channel = self.panel.markers[marker.channel]
            request = Request(
                marker.gate,
                channel,
                self.panel,
                singlets,
                singlets,
                is_marker=True,
                keeps_below=not marker.positive,
                is_compensated=self.is_compensated,
            )
            request = screened(request)
            found.append((request, _marker_setter(request, marker.positive, self.population.name)))
        return found

    def stains(
        self,
        inside: Sequence[PooledTube],
        singlets: Sequence[PooledTube],
        asked: Mapping[str, str],
    ) -> "list[tuple[Request, _SetGate]]":
        found: list[tuple[Request, _SetGate]] = []
        for stain in self.panel.of_stains:
            request = Request(
                stain.gate,
                stain.channel,
                self.panel,
                inside,
                singlets,
                keeps_living_above=stain.living_are_positive,
                is_compensated=self.is_compensated,
            )
            if not stain.living_are_positive:
                # Where living cells shine, its source refuses a control as bright as they are.
                request = screened(request)
            setter = _stain_setter(request, asked[stain.gate], self.population.name, self.scope)
            found.append((request, setter))
        return found


_STAIN_CODES = [one.CODE for one in (*sources.FOR_STAINS, *sources.ONLY_ON_REQUEST)]
_SetGate = Callable[[], gates.Block]


def _marker_setter(request: Request, positive: bool, population: str) -> _SetGate:
    return lambda: sources.marker_block(request, positive, population)


def _stain_setter(request: Request, asked: str, population: str, scope: str) -> _SetGate:
    return lambda: sources.stain_block(request, asked, population, scope)


@dataclass(frozen=True)
class _OwnGates:
    """The user's gates of one population, and the automatic gates that they may be copies of."""

    own: Mapping[str, gates.Block]
    automatic: Mapping[str, gates.Block]

    def or_automatic(self, name: str, set_gate: _SetGate) -> gates.Block:
        """The user's gate if there is one, else the automatic one, which must then be possible."""
        if name not in self.own or manual.is_of_files(self.own[name]):
            automatic = set_gate()
            return self.instead_of(name, automatic) if name in self.own else automatic
        return self.instead_of(name, _or_none(set_gate))

    def instead_of(self, name: str, automatic: gates.Block | None) -> gates.Block:
        """The user's gate, which replaces an automatic one."""
        others = [self.automatic[name]] if name in self.automatic else []
        return manual.block(self.own[name], automatic, others)


def _settable(requests: "Sequence[tuple[Request, _SetGate]]") -> Blocks:
    """The gates that can be set."""
    found = {request.gate: _or_none(set_gate) for request, set_gate in requests}
    return {name: block for name, block in found.items() if block is not None}


def _or_none(set_gate: _SetGate) -> gates.Block | None:
    try:
        return set_gate()
    except ThresholdError:
        return None


def _shared_gates(panel: Panel, tube: Tube, pooled: Sequence[PooledTube]) -> Blocks:
    """The automatic gates that all populations share."""
    scatter = {
        gates.SCATTER: panel.forward_scatter_area,
        gates.SIDE_SCATTER: panel.side_scatter_area,
    }
    in_range = {
        name: detector_range.block(channel, tube)
        for name, channel in scatter.items()
        if channel is not None
    }
    inside = gated(pooled, in_range)
    cells = {gates.CELLS: debris.block(panel, inside)}
    singlets = singlet_spread.block(panel, gated(inside, cells))
    return in_range | cells | ({} if singlets is None else {gates.SINGLETS: singlets})
