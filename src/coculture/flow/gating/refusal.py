"""Experiments that are not gated, because what would be reported is known to be wrong."""

from collections.abc import Sequence

from coculture.exchange.vocabulary import number
from coculture.flow.compensation.experiment_spillover import ExperimentSpillover
from coculture.flow.compensation.spillover import SpilloverError
from coculture.flow.gating import compensation_words as words
from coculture.flow.gating.spill_effect import SpillEffect

REFUSED_POINTS = 5.0
"""Largest change of percent apoptotic, or of another first outcome, by a spill that a matrix should
correct and does not, in percentage points."""


def refuse_unknown(
    experiment: str, spillover: ExperimentSpillover, effects: Sequence[SpillEffect]
) -> None:
    """Stop if a matrix that the config asks for cannot be used and its lack moves percents.

    Raises
    ------
    SpilloverError
        If the first outcome changes by more than 5 percentage points. The message says what to do.
    """
    if spillover.is_known or spillover.unused is None:
        return
    for effect in effects:
        moved = effect.of_first
        if abs(moved) > REFUSED_POINTS:
            raise SpilloverError(
                f"{experiment}: {words.unused(spillover.unused)} {words.spills(effect)} "
                f"Without compensation percent {next(iter(effect.changes))} would be off by "
                f"{number(abs(moved))} percentage points (limit {REFUSED_POINTS:g}). "
                f"{words.TO_DO} To gate without "
                "compensation, write none as flow.compensation.source."
            )
