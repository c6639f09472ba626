"""The gates of an experiment as a Gating-ML 2.0 document.

Values are linear, so that programs that ignore transformations place the gates rightly; a polygon
that was drawn on another scale keeps it. Files with gates of their own, or of which stretches of
time are not used, have a chain of gates of their own.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from coculture.exchange.outcomes import Outcomes
from coculture.flow.gating import gates
from coculture.flow.gating.measurement import Measurement
from coculture.flow.interchange.flowjo.in_standard import in_standard
from coculture.flow.interchange.gating_ml import writing
from coculture.flow.interchange.gating_ml.dimensions import (
    OF_FILE,
    UNCOMPENSATED,
    Dimension,
    Ratio,
)
from coculture.flow.interchange.gating_ml.gates import Gate
from coculture.flow.interchange.gating_ml.gates.boolean import Boolean
from coculture.flow.interchange.gating_ml.gates.polygon import Polygon
from coculture.flow.interchange.gating_ml.gates.quadrant import Quadrant
from coculture.flow.interchange.gating_ml.gates.rectangle import Rectangle
from coculture.flow.interchange.gating_ml.transforms import scale_named
from coculture.flow.settings import FlowSettings, Population
from coculture.flow.tubes import Panel

MATRIX = "spillover"
"""Id of the matrix of the experiment."""
_NOT_A_NAME = re.compile(r"[^\w.-]+")
_LARGEST = 1.7976931348623157e308
_OUTSIDE = "outside"
Stretches = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class GatedFile:
    """One file as it was gated.

    Attributes
    ----------
    populations
        Population -> gate -> block, with the file's own thresholds.
    unsteady
        Stretches of time that are not used.
    has_own_matrix
        Whether it was compensated with the matrix that it has.
    has_nonfinite
        Whether events were removed because a value is not finite.
    """

    fcs: str
    panel: Panel
    populations: Mapping[str, Mapping[str, gates.Block]]
    unsteady: Stretches = ()
    has_own_matrix: bool = False
    has_nonfinite: bool = False

    def key(self, population: str) -> str:
        """Files with the same have the same gates."""
        own = self.populations[population]
        stretches = () if gates.TIME in own else self.unsteady
        return repr((own, stretches, self.has_own_matrix, self.has_nonfinite))


def gated_file(one: Measurement, blocks: Mapping[str, Mapping[str, gates.Block]]) -> GatedFile:
    """The file of a measurement with the gates that it was counted with."""
    tube = one.tube
    return GatedFile(
        tube.fcs,
        tube.panel,
        {name: _shapes(gates.of_tube(found, tube)) for name, found in blocks.items()},
        one.unsteady,
        tube.own_spillover is not None,
        one.counts.nonfinite > 0,
    )


def _shapes(blocks: Mapping[str, gates.Block]) -> dict[str, gates.Block]:
    wanted = ("channels", "threshold", "vertices", "scales", "keep")
    return {
        name: {key: block[key] for key in wanted if key in block} for name, block in blocks.items()
    }


def gates_document(
    experiment: str,
    files: Sequence[GatedFile],
    blocks: Mapping[str, Mapping[str, gates.Block]],
    spillover: pd.DataFrame | None,
    settings: FlowSettings,
) -> str:
    """gates.xml of an experiment.

    Parameters
    ----------
    blocks
        Population -> gate -> its block.
    spillover
        The matrix of the experiment; None without compensation.
    """
    written: list[Gate] = []
    words = {"": f"The gates of experiment {experiment}, in the order in which they apply."}
    for population in settings.populations:
        if not blocks.get(population.name):
            continue
        for chain in chains(files, population, settings.outcomes, spillover):
            written += chain.gates
            if chain.gates:
                words.setdefault(_written_id(chain.gates[0]), chain.words)
    matrices = {} if spillover is None else {MATRIX: spillover}
    return writing.text(written, matrices, words)


def _written_id(gate: Gate) -> str:
    return gate.of if isinstance(gate, Quadrant) else gate.id


@dataclass(frozen=True)
class Chain:
    """The gates of one population for the files that share them.

    Attributes
    ----------
    last
        Gate of the population -> id of the gate of the document after which its events are left;
        class of cells -> id of its gate.
    """

    population: str
    files: tuple[str, ...]
    gates: tuple[Gate, ...]
    last: Mapping[str, str]

    @property
    def words(self) -> str:
        """What these gates are, for people."""
        return f"Population {self.population}; files: {', '.join(self.files)}"


def chains(
    files: Sequence[GatedFile],
    population: Population,
    outcomes: Outcomes,
    spillover: pd.DataFrame | None,
) -> Iterator[Chain]:
    """The gates of a population, once for all files that have the same."""
    groups: dict[str, list[GatedFile]] = {}
    for file in files:
        groups.setdefault(file.key(population.name), []).append(file)
    largest = max(map(len, groups.values()), default=0)
    # The gates that most files have are called as the population is.
    ordered = sorted(groups.values(), key=lambda group: len(group) != largest)
    for number, group in enumerate(ordered, start=1):
        name = population.name if number == 1 else f"{population.name}_{number}"
        building = _Building(_as_id(name), group[0], population, spillover)
        building.add_all(outcomes)
        yield Chain(
            population.name,
            tuple(file.fcs for file in group),
            tuple(building.made),
            building.last,
        )


def _as_id(name: str) -> str:
    """A name as an id of XML, which begins with a letter and has no spaces."""
    plain = _NOT_A_NAME.sub("_", name)
    return plain if plain[:1].isalpha() else f"_{plain}"


@dataclass
class _Building:
    """Adds the gates of one file and population in their order."""

    name: str
    file: GatedFile
    population: Population
    spillover: pd.DataFrame | None
    made: list[Gate] = field(default_factory=list)
    last: dict[str, str] = field(default_factory=dict)
    parent: str | None = None

    def add_all(self, outcomes: Outcomes) -> None:
        """Every gate, in the order of `stage_masks`."""
        blocks = self.file.populations[self.population.name]
        self._add_readable()
        time: gates.Block | None = blocks.get(gates.TIME)
        if time is None and self.file.unsteady:
            ends = [list(one) for one in self.file.unsteady]
            channels = [self.file.panel.time]
            time = {"channels": channels, "vertices": ends, "keep": _OUTSIDE}
        markers = dict.fromkeys(marker.gate for marker in self.population.markers)
        before = (gates.SCATTER, gates.SIDE_SCATTER, gates.TIME, gates.CELLS, gates.SINGLETS)
        for gate in (*before, *markers):
            block = time if gate == gates.TIME else blocks.get(gate)
            if block is not None:
                self._add(gate, block)
        stains = [stain.gate for stain in outcomes.stains]
        if stains and all(gate in blocks for gate in stains):
            self._add_classes(outcomes, blocks)

    def _id(self, *parts: str) -> str:
        return ".".join([self.name, *map(_as_id, parts)])

    def _keep(self, gate: Gate) -> None:
        self.made.append(gate)
        self.parent = gate.id

    def _add_readable(self) -> None:
        """Events that are no counting beads, and where it matters have finite values only."""
        beads, panel = self.file.panel.counting_beads, self.file.panel
        if self.file.has_nonfinite:
            names = [*panel.plain, *panel.stains]
            ranges = ((-_LARGEST, _LARGEST),) * len(names)
            dimensions = tuple(Dimension(name) for name in names)
            self._keep(Rectangle(self._id("finite"), None, dimensions, ranges))
        if beads is not None:
            dimension, ends = Dimension(beads.channel), (-math.inf, beads.above)
            self._keep(Rectangle(self._id("no_beads"), self.parent, (dimension,), (ends,)))

    def _add(self, name: str, block: gates.Block) -> None:
        """One gate of gates.yaml; what it cuts out is a gate of its own without parents."""
        is_outside = block.get("keep") == _OUTSIDE
        parent = None if is_outside else self.parent
        shapes = list(self._shapes(name, block, parent))
        if len(shapes) == 1 and not is_outside:
            self._keep(shapes[0])
        else:
            operands = tuple((one.id, is_outside) for one in shapes)
            if not operands:
                return
            self.made += [replace(one, parent=None) for one in shapes]
            self._keep(_together(self._id(name), self.parent, operands, is_outside))
        assert self.parent is not None
        self.last[name] = self.parent

    def _shapes(
        self, name: str, block: gates.Block, parent: str | None
    ) -> Iterator[Rectangle | Polygon]:
        scales = block.get("scales", ())
        dimensions = tuple(self._dimension(str(channel)) for channel in block["channels"])
        if len(dimensions) == 2:
            scaled = (
                replace(one, scale=scale_named(scale))
                for one, scale in zip(dimensions, scales or [{"name": "linear"}] * 2, strict=True)
            )
            corners = tuple((float(x), float(y)) for x, y in block["vertices"])
            what = f"{name} corners" if block.get("keep") == _OUTSIDE else name
            yield in_standard(Polygon(self._id(what), parent, tuple(scaled), corners))
            return
        intervals = list(_intervals(block))
        is_one = len(intervals) == 1 and block.get("keep") != _OUTSIDE
        for number, ends in enumerate(intervals, start=1):
            what = name if is_one else f"{name}_{number}"
            yield Rectangle(self._id(what), parent, dimensions, (ends,))

    def _dimension(self, channel: str) -> Dimension:
        panel = self.file.panel
        height, area = panel.forward_scatter_height, panel.forward_scatter_area
        if channel == panel.singlet_ratio and height is not None:
            return Dimension(channel, ratio=Ratio(height, area))
        if channel not in panel.stains:
            return Dimension(channel, UNCOMPENSATED)
        if self.file.has_own_matrix:
            return Dimension(channel, OF_FILE)
        is_mixed = self.spillover is not None and channel in self.spillover
        return Dimension(channel, MATRIX if is_mixed else UNCOMPENSATED)

    def _add_classes(self, outcomes: Outcomes, blocks: Mapping[str, gates.Block]) -> None:
        """The quadrants of two stains; the two sides of one."""
        stains = [blocks[stain.gate] for stain in outcomes.stains]
        dimensions = tuple(self._dimension(str(one["channels"][0])) for one in stains)
        ends = [float(one["threshold"]) for one in stains]
        for name, signs in outcomes.signs.items():
            ranges = tuple(
                (end, math.inf) if sign else (-math.inf, end)
                for end, sign in zip(ends, signs, strict=True)
            )
            identity = (self._id(name), self.parent, dimensions, ranges)
            gate = (
                Rectangle(*identity)
                if len(ends) == 1
                else Quadrant(*identity, of=self._id("stains"))
            )
            self.made.append(gate)
            self.last[name] = gate.id


def _together(
    name: str, parent: str | None, operands: tuple[tuple[str, bool], ...], is_outside: bool
) -> Boolean:
    """Events in any of some gates, or in none of them."""
    if is_outside and len(operands) == 1:
        return Boolean(name, parent, "not", ((operands[0][0], False),))
    return Boolean(name, parent, "and" if is_outside else "or", operands)


def _intervals(block: gates.Block) -> Iterator[tuple[float, float]]:
    """Lower and upper end of what a gate on one channel keeps, or cuts out."""
    if "threshold" in block:
        end = float(block["threshold"])
        yield (-math.inf, end) if block.get("keep") == "below" else (end, math.inf)
    else:
        yield from gates.ends_of(block)
