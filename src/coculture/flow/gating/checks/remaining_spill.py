"""Spill that is left after compensation, or values from which too much was taken away."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag, Severity
from coculture.exchange.vocabulary import listed
from coculture.flow.gating import compensation_words as words
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.gating.spill_effect import LATE, SpillEffect

CODE = "remaining_spill"

MATTERS_POINTS = 1.0
"""A smaller change of percent apoptotic and viable is a note: it is below the error of a well of
2,000 cells (one SD is 1 percentage point)."""
MATTERS_LATE_POINTS = 10.0
"""The same for percent late, which no finding uses, but which the page shows. At 5, a matrix from
single stains of few cells raised a caution in 3 % of sound studies."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """One flag for the experiment, if the file is a sample."""
    if one.tube.role != "sample":
        return
    for effect in experiment.remaining:
        largest = max(effect.spills, key=lambda spill: abs(spill.share))
        to_do = _TO_DO if effect.is_uncompensated else _to_check(experiment, effect)
        parts = (words.spills(effect), words.changes(effect.changes), to_do)
        yield Flag(
            subjects.experiment(experiment, largest.channel),
            CODE,
            _severity(effect),
            f"{experiment.name}: {' '.join(filter(None, parts))}",
            largest.share,
            largest.limit,
            "share",
        )


_TO_DO = "Compensate: see flow.compensation.source."
_CHECK = "Check the single stains or the matrix: is it of these files, and are the tubes right?"


def _to_check(experiment: Experiment, effect: SpillEffect) -> str:
    """What to check: the single stains that gave the matrix, by their files, or the matrix."""
    used = experiment.compensation
    stains = () if used is None else {used.stain_file(spill.stain) for spill in effect.spills}
    tubes = sorted(filter(None, stains))
    if not tubes:
        return _CHECK
    return (
        f"Check {listed(tubes)} and their unstained control: are the tubes right, and of the same "
        "cells?"
        if len(tubes) > 1
        else f"Check {tubes[0]} and its unstained control: are they right, and of the same cells?"
    )


def _severity(effect: SpillEffect) -> Severity:
    late = abs(effect.changes.get(LATE, 0.0))
    matters = effect.largest > MATTERS_POINTS or late > MATTERS_LATE_POINTS
    return "caution" if matters else "note"
