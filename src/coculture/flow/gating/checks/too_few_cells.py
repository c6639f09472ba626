"""A well with so few cells of its population that it gives no percent, and its arm.

The percent of a handful of cells is noise, and a mean gives it the weight of a full well. But wells
that are left out for few cells can be those in which the drug killed most, so the arm says so too.
"""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import many, number
from coculture.flow.gating.checks import subjects, wells_compared
from coculture.flow.gating.live_peaks import middle
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "too_few_cells"
OF_ARM = "wells_without_percent"
"""Code of the flag of the arm."""


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
        f"fewer than {least:,} (flow.min_cells). Record more events, or exclude the file with a "
        "reason.",
        found,
        least,
        "events",
    )
    arm = [
        other
        for other in wells_compared.samples(experiment, population)
        if wells_compared.is_replicate(other, one)
    ]
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
        f"{'gives' if len(lacking) == 1 else 'give'} no percent apoptotic, because too few cells "
        f"of {population} were found ({wells_compared.files([w.tube.fcs for w in lacking])}; "
        f"untreated wells have {number(usual)}). If the drug has destroyed the cells, the percents "
        "of the other wells understate it: compare cell counts as well.",
        len(lacking),
        0,
        "wells",
    )


def lacks_percent(one: Measurement, least: int) -> bool:
    """Whether a sample with quadrants has fewer than `least` cells of its population."""
    return one.tube.role == "sample" and one.counts.has_quadrants and one.counts.cells < least
