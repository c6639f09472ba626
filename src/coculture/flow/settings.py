"""The flow section of the config as typed values."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import combinations
from typing import Any, Literal

from coculture.exchange.outcomes import STANDARD, Outcomes, Stain, in_columns, outcomes_of
from coculture.exchange.problems import CocultureError
from coculture.flow.channels import similar_names
from coculture.flow.interchange.gating_ml.transforms import ScaleError, scale_named
from coculture.flow.stain_labels import Labelled, contradiction

AUTO = "auto"
"""Threshold source of the config that takes the best one that the experiment has."""
Gates = Mapping[str, Mapping[str, Mapping[str, Mapping[str, Any]]]]
"""Experiment -> population -> gate -> its block, as in gates.yaml."""

SHARED_GATES = ("scatter", "side_scatter", "time", "cells", "singlets")
"""Names of the gates that all populations share, applied first."""

ALL_CELLS = "all"
"""Name of the population of a study that lists no populations."""


class FlowSettingsError(CocultureError):
    """The flow section contradicts itself: one sentence for each problem, with the keys."""


@dataclass(frozen=True)
class Channels:
    """The channel of each role as the config names it; None where the study has none."""

    forward_scatter_area: str
    forward_scatter_height: str | None
    forward_scatter_width: str | None
    side_scatter_area: str | None
    annexin: str | None
    viability_dye: str | None
    time: str | None


@dataclass(frozen=True)
class Marker:
    """A channel and whether the population is positive in it."""

    channel: str
    positive: bool
    name: str | None = None
    """What people call it (CD138); None if that is the channel."""

    @property
    def gate(self) -> str:
        """Name of its gate, on the page and in gates.yaml.

        >>> Marker("APC-A", True, "CD138").gate, Marker("GFP", True).gate
        ('CD138', 'GFP')
        """
        return self.name or self.channel


@dataclass(frozen=True)
class Population:
    """Cells that are counted separately."""

    name: str
    markers: tuple[Marker, ...]
    same_cells_as: str | None = None

    @property
    def in_words(self) -> str:
        """Its name after "of": that of a study without populations is "all cells"."""
        return f"{self.name} cells" if self.name == ALL_CELLS else self.name


@dataclass(frozen=True)
class CountingBeads:
    """Beads that are added to each sample, so that cells can be counted by volume.

    An event is a bead if its signal in `channel`, as recorded, is at least `above`.
    """

    channel: str
    above: float


@dataclass(frozen=True)
class CompensationSettings:
    """Where the spillover matrix comes from."""

    source: Literal["single_stains", "embedded", "each_file", "csv", "none"]
    method: Literal["positives", "all_events"]
    file: str | None


@dataclass(frozen=True)
class Limits:
    """Quality limits; flow.schema.yaml describes each."""

    fewest_events: int
    margin_percent: float
    time_percent: float
    doublets_percent: float
    untreated_viable_percent: float
    unstained_positive_percent: float
    drift_decades: float
    sensitivity_percent_points: float
    gating_difference_percent_points: float
    spillover: float


@dataclass(frozen=True)
class FlowSettings:
    """The flow section of the config."""

    channels: Channels
    populations: tuple[Population, ...]
    report_population: str
    min_cells: int
    """Cells of a population below which a sample gives no percent."""
    compensation: CompensationSettings
    thresholds: Mapping[str, str]
    """Stain, by its gate -> AUTO, or the code of a threshold source (gating/sources)."""
    threshold_scope: str
    """experiment or well: what has a threshold of its own."""
    gates: Gates
    """Those that a person set, in the config or a gates file."""
    limits: Limits
    outcomes: Outcomes
    """What is read from the stains."""
    counting_beads: CountingBeads | None = None

    @classmethod
    def from_config(cls, mapping: Mapping[str, Any]) -> "FlowSettings":
        """Settings from the validated section with its defaults (study/schemas/flow.schema.yaml).

        Raises
        ------
        FlowSettingsError
            If a channel has two roles that exclude each other, a name is used twice, or a
            population or gate does not exist. The message lists all problems.
        """
        populations = tuple(
            Population(
                name=entry["name"],
                markers=tuple(
                    Marker(m["channel"], m["positive"], m.get("name")) for m in entry["markers"]
                ),
                same_cells_as=entry["same_cells_as"],
            )
            for entry in mapping["populations"]
        ) or (Population(ALL_CELLS, ()),)
        outcomes = outcomes_of(mapping)
        channels = dict(mapping["channels"])
        if mapping["stains"]:
            channels |= dict.fromkeys(STANDARD)
        asked = {key: code for key, code in mapping["thresholds"].items() if key != "scope"}
        settings = cls(
            channels=Channels(**channels),
            populations=populations,
            report_population=mapping["report_population"] or populations[0].name,
            min_cells=int(mapping["min_cells"]),
            compensation=CompensationSettings(**mapping["compensation"]),
            thresholds={stain.gate: asked.get(stain.gate, AUTO) for stain in outcomes.stains},
            threshold_scope=mapping["thresholds"]["scope"],
            gates={
                str(experiment): {str(name): blocks for name, blocks in populations.items()}
                for experiment, populations in mapping["gates"].items()
            },
            limits=Limits(**mapping["limits"]),
            outcomes=outcomes,
            counting_beads=CountingBeads(**beads) if (beads := mapping["counting_beads"]) else None,
        )
        _check(settings, [*_threshold_problems(asked, outcomes), *_outcome_problems(mapping)])
        return settings

    @property
    def stains(self) -> tuple[Stain, ...]:
        """What makes the classes of cells: Annexin V and a dye, or what the config names."""
        return self.outcomes.stains

    @property
    def is_standard(self) -> bool:
        """Whether the stains are Annexin V and a viability dye."""
        return self.outcomes.are_standard

    @property
    def stain_gates(self) -> tuple[str, ...]:
        """The gates of the stains."""
        return tuple(stain.gate for stain in self.stains)

    def gate_name(self, gate: str) -> str:
        """What a gate is called in a sentence: "Annexin V", "side scatter", "GFP"."""
        if gate in SHARED_GATES:
            return gate.replace("_", " ")
        return next((stain.name for stain in self.stains if stain.gate == gate), gate)

    @property
    def marker_channels(self) -> list[str]:
        """Channels of all populations' markers, each once, in the config's order."""
        return list(
            dict.fromkeys(m.channel for population in self.populations for m in population.markers)
        )

    @property
    def lacked_markers(self) -> list[str]:
        """Those markers that some population lacks and none has."""
        every = [marker for population in self.populations for marker in population.markers]
        had = {marker.channel for marker in every if marker.positive}
        return [channel for channel in self.marker_channels if channel not in had]

    @property
    def stained_channels(self) -> list[str]:
        """Fluorescence channels with gates: of stains, then of markers, each once."""
        of_stains = [stain.channel for stain in self.stains]
        return list(dict.fromkeys([*of_stains, *self.marker_channels]))

    @property
    def needed_channels(self) -> list[str]:
        """Every channel that gating needs, as the config names it, each once."""
        channels = self.channels
        plain = (
            channels.forward_scatter_area,
            channels.forward_scatter_height,
            channels.forward_scatter_width,
            channels.side_scatter_area,
            channels.time,
        )
        beads = self.counting_beads.channel if self.counting_beads else None
        named = (*plain, *self.stained_channels, beads)
        return list(dict.fromkeys(channel for channel in named if channel is not None))

    def channel_fault(self, names: Mapping[str, str], labels: Mapping[str, str]) -> str:
        """What is wrong with the stains of the config in the channels of a file; empty if nothing.

        Two stains have the same channel, or a channel is labelled as the other stain.

        Parameters
        ----------
        names
            Channel as the config names it -> its name ($PnN) in the file, for those known.
        labels
            Name -> label ($PnS).
        """
        return (
            self._shared_channel(names)
            or self._both_signs(names)
            or contradiction(self._labelled(), names, labels)
        )

    def _labelled(self) -> list[Labelled]:
        """What the config calls each stain, for comparison with the labels of the files."""
        return [
            Labelled(self._key(one), one.gate if one.gate in STANDARD else one.name, one.channel)
            for one in self.stains
        ]

    @staticmethod
    def _key(stain: Stain) -> str:
        """The key of the config that names the channel of a stain."""
        if stain.gate in STANDARD:
            return f"flow.channels.{stain.gate}"
        return f"the channel of {stain.name} (flow.stains)"

    def _both_signs(self, names: Mapping[str, str]) -> str:
        for population in self.populations:
            for one, other in combinations(population.markers, 2):
                name = names.get(one.channel)
                is_same = name is not None and name == names.get(other.channel)
                if is_same and one.positive != other.positive:
                    return (
                        f"{one.channel!r} and {other.channel!r} are the same channel of the files, "
                        f"{name}, and flow.populations has {population.name!r} positive in one and "
                        "negative in the other, so no cell could be counted. Correct one of them."
                    )
        return ""

    def _shared_channel(self, names: Mapping[str, str]) -> str:
        stains = [stain.channel for stain in self.stains]
        taken = [(self._key(stain), stain.channel) for stain in self.stains]
        taken += [
            (f"the marker of {population.name} (flow.populations)", marker.channel)
            for population in self.populations
            for marker in population.markers
        ]
        for (key, wanted), (other_key, other) in combinations(taken, 2):
            # Two populations may have the same marker.
            name = names.get(wanted)
            if name is not None and name == names.get(other) and wanted in stains:
                return (
                    f"{key} {wanted!r} and {other_key} {other!r} are the same channel of the "
                    f"files, {name}. One channel cannot be both, because no gate could separate "
                    "the two signals. Correct one of them."
                )
        return ""

    def key_of(self, channel: str) -> str:
        """The key of the config that names a needed channel."""
        roles = [field.name for field in fields(self.channels)]
        named = [role for role in roles if getattr(self.channels, role) == channel]
        if named:
            return f"flow.channels.{named[0]}"
        if channel in [stain.channel for stain in self.stains]:
            return "flow.stains"
        if self.counting_beads is not None and channel == self.counting_beads.channel:
            return "flow.populations" if channel in self.marker_channels else _BEADS_KEY
        return "flow.populations"


_BEADS_KEY = "flow.counting_beads.channel"


def _check(settings: FlowSettings, problems: Sequence[str]) -> None:
    problems = [
        *problems,
        *_channel_problems(settings.channels),
        *_stain_problems(settings),
        *_population_problems(settings),
        *_column_problems(settings),
        *_gate_problems(settings),
        *_scope_problems(settings),
    ]
    names = [population.name for population in settings.populations]
    if settings.report_population not in names:
        problems.append(
            f"flow.report_population: {settings.report_population!r} is not one of the "
            f"populations ({', '.join(names)})."
        )
    if settings.compensation.source == "csv" and not settings.compensation.file:
        problems.append("flow.compensation.file: source csv needs the path of the table here.")
    if problems:
        raise FlowSettingsError(" ".join(problems))


def _channel_problems(channels: Channels) -> Iterator[str]:
    """Channels with two roles that exclude each other."""
    stains = ("annexin", "viability_dye")
    scatters = (
        "forward_scatter_area",
        "forward_scatter_height",
        "forward_scatter_width",
        "side_scatter_area",
    )
    exclusive = {
        stains: "the quadrants need two channels",
        ("forward_scatter_area", "forward_scatter_height"): "doublets are found by "
        "their ratio; write null if there is no height channel",
        **{(stain, scatter): "scatter is not a stain" for stain in stains for scatter in scatters},
    }
    for (one, other), why in exclusive.items():
        first, second = getattr(channels, one), getattr(channels, other)
        if first is not None and second is not None and first.casefold() == second.casefold():
            yield f"flow.channels: {first!r} is both {one} and {other}; {why}."


def _population_problems(settings: FlowSettings) -> Iterator[str]:
    names = [population.name for population in settings.populations]
    for doubled in sorted({name for name in names if names.count(name) > 1}):
        yield f"flow.populations: the name {doubled!r} is used twice."
    for population in settings.populations:
        for marker in population.markers:
            for stain in settings.stains:
                if stain.channel.casefold() == marker.channel.casefold():
                    yield _marker_is_stain(population, marker, stain)
        gates = [marker.gate for marker in population.markers]
        for name in dict.fromkeys(gates):
            others = [*SHARED_GATES, *settings.stain_gates]
            channels = {one.channel.casefold() for one in population.markers if one.gate == name}
            if len(channels) > 1 or name in others:
                yield (
                    f"flow.populations: the marker name {name!r} of {population.name!r} is also "
                    f"that of {'another marker' if name not in others else 'another gate'}."
                )
        signs: dict[str, set[bool]] = {}
        for marker in population.markers:
            signs.setdefault(marker.channel.casefold(), set()).add(marker.positive)
        for channel in dict.fromkeys(marker.channel for marker in population.markers):
            if len(signs[channel.casefold()]) == 2:
                yield (
                    f"flow.populations: {population.name!r} is both positive and negative in "
                    f"{channel!r}, so no cell could be counted."
                )
        if population.same_cells_as not in (None, *names):
            yield (
                f"flow.populations: {population.name!r} has same_cells_as "
                f"{population.same_cells_as!r}, which is not in the list."
            )


def _column_problems(settings: FlowSettings) -> Iterator[str]:
    """Channels after which no column can be called, or that would share one."""
    channels = settings.stained_channels
    for channel in channels:
        if not in_columns(channel):
            yield (
                f"{settings.key_of(channel)}: {channel!r} has no Latin or Greek letter and no "
                "digit; columns of the results need one. Write the name of the channel in the FCS "
                "files ($PnN) in its place."
            )
    for one, other in combinations(channels, 2):
        if in_columns(one) == in_columns(other) != "":
            yield (
                f"{settings.key_of(other)}: {one!r} and {other!r} are the same in columns of the "
                f"results ({in_columns(one)}). If they are one channel, write it in the same way; "
                "if not, write the names of the channels in the FCS files ($PnN)."
            )


def _marker_is_stain(population: Population, marker: Marker, stain: Stain) -> str:
    """What is wrong with a marker in the channel of a stain, as a sentence."""
    standard = stain.gate in STANDARD
    key = f"flow.channels.{stain.gate}" if standard else f"the stain {stain.name!r} (flow.stains)"
    why = (
        f"cells that lose {stain.name} would leave the population. Define it by another marker, or "
        "by size alone"
        if stain.living_are_positive
        else "no gate could separate the two signals"
    )
    return (
        f"flow.populations: {marker.channel!r} is the marker of {population.name!r} and also "
        f"{key}; one channel cannot be both, because {why}."
    )


_RESERVED = (*STANDARD, *SHARED_GATES, "scope")
"""Keys of thresholds and gates.yaml that mean something else."""


def _stain_problems(settings: FlowSettings) -> Iterator[str]:
    """Stains of flow.stains whose names or channels clash."""
    of_channels = asdict(settings.channels)
    own = [stain for stain in settings.stains if of_channels.get(stain.gate) is None]
    for stain in own:
        if stain.gate in _RESERVED:
            yield f"flow.stains: {stain.name!r} is the name of another gate; choose another name."
        if not stain.in_columns:
            yield f"flow.stains: {stain.name!r} has no letter or digit; columns need one."
        for role, taken in of_channels.items():
            if taken is not None and taken.casefold() == stain.channel.casefold():
                yield (
                    f"flow.stains: {stain.channel!r} of {stain.name!r} is also "
                    f"flow.channels.{role}; {'time' if role == 'time' else 'scatter'} is not a "
                    "stain."
                )
    for one, other in combinations(own, 2):
        if one.in_columns == other.in_columns:
            yield (
                f"flow.stains: the names {one.name!r} and {other.name!r} are the same in columns "
                f"({one.in_columns})."
            )
        if one.channel.casefold() == other.channel.casefold():
            yield (
                f"flow.stains: {one.channel!r} is the channel of {one.name!r} and of "
                f"{other.name!r}; two stains need two channels."
            )


_FROM_LIVING_NEGATIVES = ("live_peak", "untreated")
"""Threshold sources that need living cells to be negative."""


def _threshold_problems(asked: Mapping[str, str], outcomes: Outcomes) -> Iterator[str]:
    """Thresholds of stains that the study does not have, or from what their stain does not have."""
    known = {stain.gate: stain for stain in outcomes.stains}
    for gate, code in asked.items():
        if gate not in known and gate not in STANDARD:
            yield not_known(f"flow.thresholds.{gate}", "stain", gate, list(known) or ["none"])
        elif gate in known and known[gate].living_are_positive and code in _FROM_LIVING_NEGATIVES:
            yield (
                f"flow.thresholds.{gate}: {code} needs living cells that are negative, but living "
                f"cells are positive for {known[gate].name}. Choose auto, fmo, unstained or pooled."
            )


def _outcome_problems(mapping: Mapping[str, Any]) -> Iterator[str]:
    """Outcomes of the config that do not fit its stains."""
    wanted, names = mapping["outcomes"], [one["name"] for one in mapping["stains"]]
    if wanted and not names:
        yield (
            "flow.outcomes: outcomes are read from the stains of flow.stains, but there are none. "
            "Remove this key, or name the stains there."
        )
        return
    for one in wanted:
        kinds = one["cells"] if isinstance(one["cells"], list) else [one["cells"]]
        for stain in dict.fromkeys(name for cells in kinds for name in cells):
            if stain not in names:
                yield not_known(f"flow.outcomes.{one['name']}.cells", "stain", stain, names)
    columns: dict[str, str] = {}
    for one in outcomes_of(mapping).outcomes:
        first = columns.setdefault(one.column, one.name)
        if wanted and (not in_columns(one.name) or columns[one.column] is not one.name):
            yield (
                f"flow.outcomes: {one.name!r} and {first!r} are the same in columns "
                f"({one.column}); choose another name."
            )


_OF_WELLS = (AUTO, *_FROM_LIVING_NEGATIVES)
"""Threshold sources of which a well can have its own."""


def _scope_problems(settings: FlowSettings) -> Iterator[str]:
    """A threshold of each well from a source that gives one for the experiment."""
    if settings.threshold_scope != "well":
        return
    for stain in settings.stains:
        asked = settings.thresholds[stain.gate]
        if asked not in _OF_WELLS:
            yield (
                f"flow.thresholds.scope: a well has its own threshold only from its live peak, but "
                f"flow.thresholds.{stain.gate} is {asked}. Choose auto there, or experiment here."
            )
        if stain.living_are_positive:
            yield (
                "flow.thresholds.scope: a well has its own threshold only from the peak of living "
                f"cells that are negative, but they are positive for {stain.name}. Write "
                "experiment here."
            )


def _gate_problems(settings: FlowSettings) -> Iterator[str]:
    for where, fault in gate_faults(settings, settings.gates):
        yield f"flow.gates.{'.'.join(where)}: {fault}"


def gate_faults(settings: FlowSettings, gates: Gates) -> Iterator[tuple[tuple[str, ...], str]]:
    """Gates of the user that do not exist, and would be ignored, or contradict themselves.

    Yields
    ------
    Experiment, population and gate, as far as they are known, and what is wrong.
    """
    of_population = {p.name: gate_names(p, settings.stain_gates) for p in settings.populations}
    for experiment, populations in gates.items():
        for population, blocks in populations.items():
            where = (experiment, population)
            if population not in of_population:
                yield where, unknown_name("population", population, list(of_population))
                continue
            known = of_population[population]
            for name, block in blocks.items():
                if name not in known:
                    yield (*where, name), unknown_name("gate", name, known)
                else:
                    for fault in _block_faults(settings, name, block):
                        yield (*where, name), fault


def _block_faults(settings: FlowSettings, name: str, block: Mapping[str, Any]) -> Iterator[str]:
    """What contradicts itself in the gate of a population or in that of one of its files."""
    is_stain = name in settings.stain_gates
    own = block.get("of_files", {})
    if "threshold" in block or "vertices" in block or not own:
        fault = shape_fault(block, is_stain=is_stain)
        if fault:
            yield fault
    elif not _is_automatic(settings, name):
        yield (
            "only some files have a gate of their own, and there is no automatic one for the other "
            "files; give them one, too."
        )
    for fcs, value in own.items():
        if not isinstance(value, Mapping):
            continue
        # Without channels of its own it is on those of the others, which may be automatic.
        channels = {"channels": value.get("channels", block.get("channels", ["?"]))}
        fault = shape_fault({**channels, **value}, is_stain=is_stain)
        if fault:
            yield f"of {fcs}: {fault}"


def _is_automatic(settings: FlowSettings, gate: str) -> bool:
    """Whether there is an automatic gate of this name, which files can have their own of."""
    channels = settings.channels
    absent = {
        "time": True,
        "side_scatter": channels.side_scatter_area is None,
        "singlets": channels.forward_scatter_height is None
        and channels.forward_scatter_width is None,
    }
    return not absent.get(gate, False)


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


def gate_names(population: Population, stains: Sequence[str]) -> list[str]:
    """Names of the gates that a population can have, in the order in which they are applied."""
    return [*SHARED_GATES, *(marker.gate for marker in population.markers), *stains]


def not_known(where: str, kind: str, name: str, known: Sequence[str]) -> str:
    """The sentence about a key of the config that names something that does not exist.

    >>> not_known("flow.gates.E1.Mono", "population", "Mono", ["mono", "stroma"])
    'flow.gates.E1.Mono: there is no population of this name, only mono, stroma. Nearest: mono.'
    """
    return f"{where}: {unknown_name(kind, name, known)}"


def unknown_name(kind: str, name: str, known: Sequence[str]) -> str:
    """The sentence about a name that does not exist."""
    near = similar_names(name, known)
    hint = f" Nearest: {near[0]}." if near else ""
    return f"there is no {kind} of this name, only {', '.join(known)}.{hint}"
