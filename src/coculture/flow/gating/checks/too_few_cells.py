"""A well with so few cells of its population that it gives no percent, and its arm.

The percent of a handful of cells is noise, and a mean gives it the weight of a full well. But wells
that are left out for few cells can be those in which the drug killed most, so the arm says so too.
"""

from collections.abc import Iterator
from itertools import pairwise

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import listed, many, number
from coculture.flow.gating.checks import subjects, wells_compared
from coculture.flow.gating.live_peaks import middle
from coculture.flow.gating.measurement import STAGES, Experiment, Measurement

CODE = "too_few_cells"
OF_ARM = "wells_without_percent"
"""Code of the flag of the arm."""
_MANY = 10
"""A file with so many times flow.min_cells events has enough, whatever the gates keep."""
_STAGES = {
    "scatter": "the range of the scatter detectors",
    "time": "the acquisition time",
    "cells": "the gate that removes debris",
    "singlets": "the gate that removes doublets",
    "population": "the markers",
}
"""Stage -> its gates, in words."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the well and one for its arm."""
    least = experiment.settings.min_cells
    if not lacks_percent(one, least):
        return
    found, population = one.counts.cells, one.population.name
    yield Flag(
        subjects.population(one),
        CODE,
        "caution",
        f"{many(found, 'single cell')} of the population {population}: no percent is given for "
        f"fewer than {least:,} (flow.min_cells). {_advice(one, experiment)}",
        found,
        least,
        "events",
    )
    arm = wells_compared.replicates(experiment, one)
    lacking = [other for other in arm if lacks_percent(other, least)]
    usual = middle(
        other.counts.cells
        for other in wells_compared.samples(experiment, population)
        if other.tube.untreated
    )
    yield Flag(
        wells_compared.arm(one, ""),
        OF_ARM,
        "caution",
        f"{experiment.name}, {wells_compared.arm_of(one)}: {len(lacking)} of "
        f"{many(len(arm), 'well')} "
        f"{'gives' if len(lacking) == 1 else 'give'} no percent {experiment.first.name}, because "
        f"too few cells of {population} were found "
        f"({wells_compared.files([w.tube.fcs for w in lacking])}; "
        f"untreated wells have {number(usual)}). If the drug has destroyed the cells, the percents "
        "of the other wells understate it: compare cell counts as well.",
        len(lacking),
        0,
        "wells",
    )


def _advice(one: Measurement, experiment: Experiment) -> str:
    """What to do: of few events more are needed, but not of many that the gates do not keep."""
    total = one.counts.total
    if total < _MANY * experiment.settings.min_cells:
        return "Record more events, or exclude the file with a reason."
    before = [total, *(one.counts.after[stage] for stage in STAGES)]
    left = [after / max(count, 1) for count, after in pairwise(before)]
    lost = f"Of its {total:,} events most are lost at {_STAGES[STAGES[left.index(min(left))]]}"
    others = wells_compared.samples(experiment, one.population.name)
    fullest = max(others, key=lambda other: other.counts.cells)
    settings = list(wells_compared.other_settings(one.tube, fullest.tube))
    if settings:
        return (
            f"{lost}. It differs from {fullest.tube.fcs}, where these are found, in "
            f"{listed(settings)}, so the gates of the experiment do not fit it: export or record "
            "it as the others, or exclude it with a reason."
        )
    most = max(others, key=lambda other: other.tube.untreated * (1 + other.counts.cells))
    by_markers = lost.endswith(_STAGES["population"])
    if by_markers and most.tube.untreated and lacks_percent(most, experiment.settings.min_cells):
        return (
            f"{lost}, and so are those of the untreated wells: check the markers of "
            f"{one.population.name} in flow.populations, their channels and whether each is "
            "positive, in the gating figure."
        )
    return (
        f"{lost}: look at the gating figure. The drug may have destroyed the cells, or the file "
        "has another scale than the others; then exclude it with a reason."
    )


def lacks_percent(one: Measurement, least: int) -> bool:
    """Whether a sample with quadrants has fewer than `least` cells of its population."""
    return one.tube.role == "sample" and one.counts.has_quadrants and one.counts.cells < least
