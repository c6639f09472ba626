"""The compensation and the gates of an experiment, which are set together.

Gates need compensated events, and only gated events show whether spill is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coculture.flow.compensation.experiment_spillover import ExperimentSpillover
from coculture.flow.compensation.remaining_spill import (
    RemainingSpill,
    from_single_stains,
    is_judged,
)
from coculture.flow.compensation.usable import UnusedMatrix
from coculture.flow.files import BEADS
from coculture.flow.gate_names import SHARED_GATES
from coculture.flow.gating import sample_spill
from coculture.flow.gating.gate_setting import Blocks, pool_for, set_gates
from coculture.flow.gating.pool import PooledTube, gated
from coculture.flow.gating.possible_spill import PossibleSpill, of_dye_in_annexin
from coculture.flow.gating.sources.manual import OwnGates
from coculture.flow.gating.sources.threshold import is_sample
from coculture.flow.settings import FlowSettings, Population
from coculture.flow.tubes import Tube

_TWICE = -0.02
"""A spill below it means that too much was taken away (the limits of `sample_spill`)."""


@dataclass(frozen=True)
class Compensated:
    """What is used: the spillover, the gates, and the spill that they leave."""

    tubes: Sequence[Tube]
    """Without the matrices of their own that cannot be used."""
    spillover: ExperimentSpillover
    blocks: dict[str, Blocks]
    remaining: tuple[RemainingSpill, ...]
    possible: PossibleSpill | None = None
    """Spill that nothing shows."""
    pooled: Sequence[PooledTube] = ()
    """The events that the gates were set from."""


def compensated(
    tubes: Sequence[Tube],
    spillover: ExperimentSpillover,
    settings: FlowSettings,
    own: OwnGates,
    like: Compensated | None = None,
) -> Compensated:
    """Set the gates and look for spill that is left.

    With `like`, which was made of the same tubes and settings with other gates of the user, the
    events that gates are set from are not read again where its spillover is the same.

    A matrix from the files or a table is not used if it takes too much away and nothing is left
    without it: the values were compensated before the files were written.
    """
    pooled = like.pooled if like is not None and like.spillover is spillover else None
    first = _with(tubes, spillover, settings, own, pooled)
    reads_matrix = spillover.record["source"] in ("embedded", "csv", "each_file")
    if not reads_matrix or not any(one.share < _TWICE for one in first.remaining):
        return first
    assert spillover.matrix is not None
    done = UnusedMatrix(
        "compensated_values",
        str(spillover.record["source"]),
        tuple(tubes[0].panel.stains),
        tuple(map(str, spillover.matrix.columns)),
    )
    without = replace(
        spillover,
        matrix=None,
        record={"source": "none"},
        unused=done,
        without_own=tuple(tube.fcs for tube in tubes),
    )
    second = _with(tubes, without, settings, own)
    return first if second.remaining else second


def _with(
    tubes: Sequence[Tube],
    spillover: ExperimentSpillover,
    settings: FlowSettings,
    own: OwnGates,
    pooled: Sequence[PooledTube] | None = None,
) -> Compensated:
    tubes = [as_used(tube, spillover) for tube in tubes]
    pooled = pool_for(tubes, spillover.matrix, settings) if pooled is None else pooled

    def blocks(is_compensated: bool) -> dict[str, Blocks]:
        return set_gates(
            tubes,
            spillover.matrix,
            settings,
            own,
            pooled=pooled,
            is_compensated=is_compensated,
        )

    found = blocks(spillover.is_known)
    singlets, inside = _of_samples(pooled, settings, found)
    remaining = _remaining(tubes, singlets, inside, spillover, settings)
    if spillover.is_known and remaining:
        found = blocks(is_compensated=False)
    possible = None
    if not spillover.is_known and not is_judged(tubes, tubes[0].panel.viability_dye):
        possible = of_dye_in_annexin(inside, tubes[0].panel)
    return Compensated(tubes, spillover, found, remaining, possible, pooled)


def as_used(tube: Tube, spillover: ExperimentSpillover) -> Tube:
    """The tube as beads, if it looks like beads, and without a matrix that cannot be used."""
    return replace(
        tube,
        cells=BEADS if tube.fcs in spillover.unlabelled_beads else tube.cells,
        own_spillover=None if tube.fcs in spillover.without_own else tube.own_spillover,
    )


def _report_population(settings: FlowSettings) -> Population:
    (found,) = (one for one in settings.populations if one.name == settings.report_population)
    return found


def _of_samples(
    pooled: Sequence[PooledTube], settings: FlowSettings, blocks: dict[str, Blocks]
) -> tuple[list[PooledTube], list[PooledTube]]:
    """The samples' single cells, and those of the report population."""
    population = _report_population(settings)
    of_population = blocks[population.name]
    shared = {name: block for name, block in of_population.items() if name in SHARED_GATES}
    markers = {
        marker.gate: of_population[marker.gate]
        for marker in population.markers
        if marker.gate in of_population
    }
    singlets = gated([one for one in pooled if is_sample(one.tube)], shared)
    return singlets, gated(singlets, markers)


def _remaining(
    tubes: Sequence[Tube],
    singlets: Sequence[PooledTube],
    inside: Sequence[PooledTube],
    spillover: ExperimentSpillover,
    settings: FlowSettings,
) -> tuple[RemainingSpill, ...]:
    """From single stains, unless they gave the matrix; else, for each pair, from the samples."""
    panel = tubes[0].panel
    markers = _report_population(settings).markers
    positive = [panel.markers[one.channel] for one in markers if one.positive]
    of_samples = [
        *sample_spill.from_samples(inside, panel, positive),
        *sample_spill.taken_from_markers(
            singlets, panel, [panel.markers[one.channel] for one in markers]
        ),
    ]
    if spillover.record["source"] == "single_stains":
        return tuple(of_samples)
    of_stains = tuple(from_single_stains(tubes, spillover.matrix))
    known = {(one.stain, one.channel) for one in of_stains}
    return (
        *of_stains,
        *(one for one in of_samples if (one.stain, one.channel) not in known),
    )
