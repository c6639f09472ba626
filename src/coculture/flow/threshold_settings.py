"""The threshold sources that the config asks for, and which stain can have which."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from coculture.exchange.outcomes import STANDARD, Outcomes
from coculture.flow.unknown_names import not_known

if TYPE_CHECKING:
    from coculture.flow.settings import FlowSettings

AUTO = "auto"
"""Threshold source of the config that takes the best one that the experiment has."""

_FROM_LIVING_NEGATIVES = ("live_peak", "untreated")
"""Threshold sources that need living cells to be negative."""


def threshold_problems(asked: Mapping[str, str], outcomes: Outcomes) -> Iterator[str]:
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


_OF_WELLS = (AUTO, *_FROM_LIVING_NEGATIVES)
"""Threshold sources of which a well can have its own."""


def scope_problems(settings: "FlowSettings") -> Iterator[str]:
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
