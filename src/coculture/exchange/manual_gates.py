"""Gates that a person set, and why: one record, whether the config or a gates file has them.

A gates file is what the gate page saves and `coculture gates import` writes: the gates that differ
from the automatic ones, tubes with a gate of their own, and tubes that are not used.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

SOURCE = "manual"
"""The source of a gate that a person set."""
_SHAPE = ("channels", "threshold", "vertices", "keep", "scales")
_WHY = ("reason", "by", "date", "blinded")

Shape = Mapping[str, Any]
"""Where a gate lies, with the keys of gates.yaml: channels, threshold or vertices, keep, scales."""
Boundary = float | Sequence[Any]
"""A threshold, two ends of an interval, or the corners of a polygon."""


@dataclass(frozen=True)
class Decision:
    """Who set a gate or left a tube out, and why.

    Attributes
    ----------
    by
        Name or initials.
    date
        As it was typed.
    blinded
        Whether arms and findings were hidden at the time; None if nothing says so.
    """

    reason: str = ""
    by: str = ""
    date: str = ""
    blinded: bool | None = None

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> "Decision":
        """What a gate, exception or exclusion says of it."""
        return cls(**{key: mapping[key] for key in _WHY if key in mapping})

    @property
    def in_words(self) -> str:
        """The reason, by whom and when; empty if nothing says so."""
        seen = {True: "blinded", False: "not blinded", None: ""}[self.blinded]
        who = ", ".join(filter(None, (self.by, self.date, seen)))
        return f"{self.reason} ({who})".strip() if who else self.reason

    def as_mapping(self) -> dict[str, Any]:
        """Its keys in a gates file and in gates.yaml; none if nothing is known."""
        found = {key: getattr(self, key) for key in _WHY}
        said = {key: value for key, value in found.items() if value not in ("", None)}
        # Not known whether it was blinded is said, too.
        return said and {key: value for key, value in found.items() if value != ""}


@dataclass(frozen=True)
class OwnGate:
    """One tube with a gate of its own.

    Attributes
    ----------
    fcs
        The tube, as flow.csv has it.
    shape
        Its threshold or vertices, and what else differs from the gate of the others.
    automatic
        The automatic value that the person saw.
    """

    fcs: str
    shape: Shape
    decision: Decision
    automatic: Boundary | None = None

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> "OwnGate":
        """The exception as a gates file has it."""
        return cls(
            str(mapping["fcs"]), _shape(mapping), Decision.of(mapping), mapping.get("automatic")
        )

    @property
    def value(self) -> Any:
        """Its entry in `of_files` of gates.yaml: a threshold, or the whole shape."""
        is_threshold = set(self.shape) == {"threshold"}
        return float(self.shape["threshold"]) if is_threshold else dict(self.shape)

    def as_mapping(self) -> dict[str, Any]:
        """The exception as a gates file has it."""
        return {
            "fcs": self.fcs,
            **self.shape,
            **_automatic(self.automatic),
            **self.decision.as_mapping(),
        }


@dataclass(frozen=True)
class ManualGate:
    """One gate of a population that a person set.

    Attributes
    ----------
    shape
        Empty if the automatic gate stays, and only some tubes have their own.
    automatic
        The automatic threshold or vertices; None if they are not known.
    """

    experiment: str
    population: str
    gate: str
    shape: Shape = field(default_factory=dict)
    decision: Decision = Decision()
    automatic: Boundary | None = None
    exceptions: tuple[OwnGate, ...] = ()
    is_manual: bool = True
    """Whether all files have a person's gate; else those of `exceptions` only."""

    @classmethod
    def of(
        cls, experiment: str, population: str, gate: str, mapping: Mapping[str, Any]
    ) -> "ManualGate":
        """The gate as a gates file, or gates.yaml, has it."""
        return cls(
            experiment,
            population,
            gate,
            _shape(mapping),
            Decision.of(mapping),
            mapping.get("automatic"),
            tuple(map(OwnGate.of, mapping.get("exceptions", ()))),
            mapping["source"] == SOURCE and ("threshold" in mapping or "vertices" in mapping),
        )

    def without(self, tubes: Container[str]) -> "ManualGate":
        """The gate without the exceptions of these tubes."""
        return replace(
            self, exceptions=tuple(one for one in self.exceptions if one.fcs not in tubes)
        )

    def block(self) -> dict[str, Any]:
        """The gate as the config has it under flow.gates."""
        own = {one.fcs: one.value for one in self.exceptions}
        return {
            **self.shape,
            **({"of_files": own} if own else {}),
            "source": SOURCE,
            **self.decision.as_mapping(),
            **({"exceptions": [one.as_mapping() for one in self.exceptions]} if own else {}),
        }

    def as_mapping(self) -> dict[str, Any]:
        """The gate as a gates file has it."""
        exceptions = [one.as_mapping() for one in self.exceptions]
        return {
            "source": SOURCE,
            **self.shape,
            **_automatic(self.automatic),
            **self.decision.as_mapping(),
            **({"exceptions": exceptions} if exceptions else {}),
        }


@dataclass(frozen=True)
class LeftOut:
    """A tube that is not used."""

    fcs: str
    decision: Decision

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> "LeftOut":
        """The exclusion as a gates file has it."""
        return cls(str(mapping["fcs"]), Decision.of(mapping))

    def as_mapping(self) -> dict[str, Any]:
        """The exclusion as a gates file has it."""
        return {"fcs": self.fcs, **self.decision.as_mapping()}


@dataclass(frozen=True)
class GatesFile:
    """The content of a gates file.

    Attributes
    ----------
    study
        The study that it was saved for.
    compensation
        The spillover that its gates were drawn with; None where that is the study's own.
    """

    study: str
    gates: tuple[ManualGate, ...] = ()
    excluded: tuple[LeftOut, ...] = ()
    compensation: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> "GatesFile":
        """The content of a file whose keys were checked (study/schemas/gates_file.schema.yaml)."""
        return cls(
            str(mapping["study"]),
            tuple(_gates(mapping["gates"])),
            tuple(map(LeftOut.of, mapping.get("excluded") or ())),
            mapping.get("compensation"),
        )

    def blocks(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The gates as the config has them under flow.gates; none of tubes that are left out."""
        left_out = {one.fcs for one in self.excluded}
        gates = [one.without(left_out) for one in self.gates]
        used = tuple(one for one in gates if one.shape or one.exceptions)
        return replace(self, gates=used)._by_place(ManualGate.block)

    def as_mapping(self) -> dict[str, Any]:
        """The content of the file."""
        excluded = [one.as_mapping() for one in self.excluded]
        return {
            "study": self.study,
            **({"compensation": dict(self.compensation)} if self.compensation else {}),
            "gates": self._by_place(ManualGate.as_mapping),
            **({"excluded": excluded} if excluded else {}),
        }

    def _by_place(self, of: Any) -> dict[str, dict[str, dict[str, Any]]]:
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for one in self.gates:
            found.setdefault(one.experiment, {}).setdefault(one.population, {})[one.gate] = of(one)
        return found


def manual_gates(experiment: str, populations: Mapping[str, Mapping[str, Any]]) -> list[ManualGate]:
    """The gates of a gates.yaml that a person set, or of which tubes have their own.

    Parameters
    ----------
    populations
        Population -> gate -> its block.
    """
    return [
        ManualGate.of(experiment, population, gate, block)
        for population, blocks in populations.items()
        for gate, block in blocks.items()
        if block["source"] == SOURCE or block.get("exceptions")
    ]


def _gates(mapping: Mapping[str, Any]) -> Iterator[ManualGate]:
    for experiment, populations in mapping.items():
        for population, gates in (populations or {}).items():
            for gate, found in (gates or {}).items():
                yield ManualGate.of(str(experiment), str(population), str(gate), found)


def _shape(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {key: mapping[key] for key in _SHAPE if key in mapping}


def _automatic(value: Boundary | None) -> dict[str, Any]:
    return {} if value is None else {"automatic": value}
