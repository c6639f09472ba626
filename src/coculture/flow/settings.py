"""The flow section of the config as typed values."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import combinations
from typing import Any, Literal

from coculture.exchange.outcomes import STANDARD, Outcomes, Stain, outcomes_of
from coculture.exchange.problems import CocultureError
from coculture.flow.gate_names import SHARED_GATES
from coculture.flow.settings_validation import problems_of
from coculture.flow.stain_labels import Labelled, contradiction
from coculture.flow.threshold_settings import AUTO

Gates = Mapping[str, Mapping[str, Mapping[str, Mapping[str, Any]]]]
"""Experiment -> population -> gate -> its block, as in gates.yaml."""

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
        problems = problems_of(settings, mapping, asked)
        if problems:
            raise FlowSettingsError(" ".join(problems))
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
