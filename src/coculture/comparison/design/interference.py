"""Arms whose endpoint says nothing about the cells, because a factor disturbs its assay.

The reasons are the config's (`interferes_with`). An analyte that was added is one case
(`adds_analyte`): its values are left out. Other values are compared, and labelled with the reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from coculture.comparison.design.arms import Design
from coculture.comparison.settings import Factor, Interference
from coculture.exchange.vocabulary import listed

_MOST_LISTED = 3
"""More arms, as those of a series of doses, are counted."""


@dataclass(frozen=True)
class InterferedArms:
    """The arms, by name, in which one factor interferes with one endpoint."""

    factor: Factor
    interference: Interference
    arms: tuple[str, ...]

    @property
    def label(self) -> str:
        """The factor and its reason, as tables have them."""
        return f"{self.factor.name}: {self.interference.reason}"

    @property
    def sentence(self) -> str:
        """What it means for the reader, for captions and flags."""
        reason = self.interference.reason.rstrip(".")
        endpoint, name = self.interference.endpoint, self.factor.name
        return f"{endpoint} with {name} is not only what the cells did: {reason}."

    def reason(self, design: Design) -> str:
        """Why a finding about these arms is not testable."""
        every = design.with_display_labels(listed(self.arms))
        arms = every if len(self.arms) <= _MOST_LISTED else f"{len(self.arms)} of its arms"
        endpoint, name = self.interference.endpoint, self.factor.name
        if self.interference.is_addition:
            return f"{endpoint} was added to {arms}"
        return f"{name} interferes with {endpoint} in {arms}: {self.interference.reason}"

    @property
    def advice(self) -> str:
        """Which comparison is possible."""
        endpoint = self.interference.endpoint
        if self.interference.is_addition:
            return f"Compare {endpoint} only in arms to which none was added."
        return f"Compare {endpoint} only in arms without {self.factor.name}."


def interfered(design: Design, labels: Iterable[str], endpoint: str) -> list[InterferedArms]:
    """The interferences in some arms, each with all of them; additions first."""
    found: dict[tuple[Factor, Interference], list[str]] = {}
    for label in dict.fromkeys(labels):
        for pair in design.interfering(design.by_label[label], endpoint):
            found.setdefault(pair, []).append(label)
    arms = [InterferedArms(*pair, tuple(labels)) for pair, labels in found.items()]
    return sorted(arms, key=lambda one: not one.interference.is_addition)


def labels_of(design: Design, labels: Iterable[str], endpoint: str) -> str:
    """Each interference in some arms with its reason, in one cell of a table; empty if none."""
    return "; ".join(one.label for one in interfered(design, labels, endpoint))


def caption_of(design: Design, labels: Iterable[str], endpoint: str) -> str:
    """A sentence for each interference in the arms of a figure, with a space before each."""
    return "".join(
        f" {one.sentence}"
        for one in interfered(design, labels, endpoint)
        if not one.interference.is_addition
    )
