"""What a study measures, as far as the quantities of its comparison depend on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coculture.exchange.outcomes import APOPTOTIC, Outcome, Outcomes, outcomes_of

_STANDARD = Outcomes(
    ("viable", "early", "late", "necrotic"),
    (
        Outcome(APOPTOTIC, ("early", "late")),
        *(Outcome(name, (name,)) for name in ("viable", "early", "late", "necrotic")),
    ),
)


@dataclass(frozen=True)
class Measured:
    """What the tables and the config of a study say that it measures.

    Attributes
    ----------
    outcomes
        What flow cytometry reads from the stains; None if the study has no FCS files.
    populations
        The populations that are gated, the reported one first.
    analytes
        The analytes of the ELISA plates; None if they are not known.
    finished
        The endpoints of values.csv with their units.
    """

    outcomes: Outcomes | None = _STANDARD
    populations: tuple[str, ...] = ()
    analytes: tuple[str, ...] | None = None
    finished: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> "Measured":
        """Read the plain values that `Study.comparison_settings` hands over.

        Parameters
        ----------
        mapping
            `flow`: the config's section, or None without FCS files; `populations`; `analytes`;
            `values`: endpoint -> unit.
        """
        flow = mapping["flow"]
        return cls(
            outcomes=outcomes_of(flow) if flow is not None else None,
            populations=tuple(mapping["populations"]),
            analytes=tuple(mapping["analytes"]),
            finished=dict(mapping["values"]),
        )
