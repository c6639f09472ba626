"""Dead cells without Annexin V: the stain (or its calcium) may have been forgotten, or fail.

Cells whose membrane is open take the dye, and most of them have bound Annexin V before. Where
hardly any dye-positive cell is Annexin-positive, the stain is missing, or the cells died without
exposing phosphatidylserine; percent apoptotic is then near 0 whatever happened. Limits:
shared/measured/flow_controls.md, section 4 (0.4 % and below 0.5 % of sound studies).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating import gates, stained_cells
from coculture.flow.gating.checks import population_lost, subjects, wells_compared
from coculture.flow.gating.live_peaks import middle
from coculture.flow.gating.measurement import Counts, Experiment, Measurement

CODE = "annexin_missing"

LEAST_PERCENT_OF_WELL = 12.0
"""Of a well's dye-positive cells. A forgotten stain is found in 97 % of wells; a fifth of the usual
stain is not."""
FEWEST_OF_WELL = 15
"""Dye-positive cells of a well."""
LEAST_PERCENT_OF_EXPERIMENT = 30.0
"""Of the dye-positive cells of all wells: an inert drug leaves as many necrotic as late cells."""
FEWEST_OF_EXPERIMENT = 30

LEAST_BRIGHT = 15.0
"""Cells of an arm that are bright in Annexin V for 100 dye-positive ones: a drug that leaves three
necrotic cells for each late one leaves 100, a stain at a hundredth none, at a 25th 22 (which
`weak_stain` reports)."""
LEAST_DYE_POSITIVE = 5.0
"""Percent of the cells. With fewer, and Annexin-V-positive cells in the wells themselves, the stain
is there and the dead cells are those of a healthy culture: 1 % apoptotic beside 3 % necrotic."""

_STANDARD_ERRORS = 5.0
"""Of the difference to the other wells of the arm: never by chance."""

_WHY = (
    "Annexin V or its calcium may have been forgotten or be weak, flow.channels may name another "
    "channel or have Annexin V and the dye swapped, or the cells died without exposing "
    "phosphatidylserine"
)


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the experiment, or else for the arm, or else for the well."""
    if one.tube.role != "sample" or not experiment.settings.is_standard:
        return
    if any(population_lost.cautions(one, experiment)):
        # Annexin-V-positive cells are there, outside the gate of a marker.
        return
    population = one.population.name
    of_all = experiment.once((CODE, population), lambda: _of_all(experiment, population))
    dead, percent = of_all.dead, of_all.percent
    channel = str(experiment.blocks[one.population.name][gates.ANNEXIN]["channels"][0])
    if of_all.is_lacking:
        yield Flag(
            subjects.experiment(experiment, channel, one.population.name),
            CODE,
            "caution",
            f"{experiment.name}: only {number(percent)} % of the {dead:,} dye-positive cells of "
            f"{one.population.name} in all wells are positive for Annexin V ({channel}); of sound "
            f"wells most are. {_WHY}. Percent apoptotic of this experiment is then too low, and "
            "that a drug does not raise it means nothing. Do not use it; percent late + necrotic "
            "(dye-positive) is not affected, unless the two are swapped.",
            percent,
            LEAST_PERCENT_OF_EXPERIMENT,
            "percent",
        )
        return
    arm = [well for well in wells_compared.replicates(experiment, one) if well.counts.has_quadrants]
    if _lacks_bright(arm):
        yield _of_arm(one, experiment, arm, channel)
        return
    dead, percent = _dead(one.counts), _percent_positive(one.counts)
    is_lacking = percent < LEAST_PERCENT_OF_WELL and not _is_healthy([one])
    least = LEAST_PERCENT_OF_WELL if is_lacking else _least_beside_replicates(one, arm)
    if dead >= FEWEST_OF_WELL and percent < least:
        yield Flag(
            subjects.population(one, channel),
            CODE,
            "caution",
            f"Only {number(percent)} % of the {dead:,} dye-positive cells of "
            f"{one.population.name} in this well are positive for Annexin V ({channel}); in all "
            f"wells of the experiment {number(of_all.percent)} % are. {_WHY}. "
            f"{number(experiment.percent(one))} % are counted as apoptotic, while "
            f"{number(one.counts.percent('late', 'necrotic'))} % are dye-positive. Compare it with "
            "its replicates; if the stain was forgotten, exclude the file with this reason.",
            percent,
            least,
            "percent",
        )


@dataclass(frozen=True)
class _OfAll:
    """The dye-positive cells of all wells: number, percent Annexin-positive, if that is too low."""

    dead: int
    percent: float
    is_lacking: bool


def _of_all(experiment: Experiment, population: str) -> _OfAll:
    every = wells_compared.samples(experiment, population)
    wells = [well for well in every if well.counts.has_quadrants]
    counts = [well.counts for well in wells]
    dead, percent = _dead(*counts), _percent_positive(*counts)
    is_low = dead >= FEWEST_OF_EXPERIMENT and percent < LEAST_PERCENT_OF_EXPERIMENT
    return _OfAll(dead, percent, is_low and not _is_healthy(wells))


def _of_arm(
    one: Measurement, experiment: Experiment, arm: Sequence[Measurement], channel: str
) -> Flag:
    counts = [well.counts for well in arm]
    dead = number(100 * _dead(*counts) / sum(one.cells for one in counts))
    return Flag(
        wells_compared.arm(one, channel),
        CODE,
        "caution",
        f"{experiment.name}, {wells_compared.arm_of(one)} "
        f"({wells_compared.files([well.tube.fcs for well in arm])}): {dead} % of the cells of "
        f"{one.population.name} are dye-positive, and for 100 of these only "
        f"{number(_bright(arm))} cells are bright in Annexin V ({channel}). {_WHY}. Percent "
        f"apoptotic ({number(middle(map(experiment.percent, arm)))}) is then too low, "
        "and that a drug does not raise it means nothing. Do not use it; percent late + necrotic "
        "(dye-positive) is not affected.",
        _bright(arm),
        LEAST_BRIGHT,
        "percent",
    )


def _lacks_bright(arm: Sequence[Measurement]) -> bool:
    dead = _dead(*(well.counts for well in arm))
    cells = sum(well.counts.cells for well in arm)
    are_many = dead >= max(FEWEST_OF_EXPERIMENT, LEAST_DYE_POSITIVE / 100 * cells)
    return are_many and _bright(arm) < LEAST_BRIGHT


def _bright(arm: Sequence[Measurement]) -> float:
    """Cells that are bright in Annexin V for 100 dye-positive ones; 100 if it is not known."""
    known = [well for well in arm if gates.ANNEXIN in well.stained]
    dead = _dead(*(well.counts for well in known))
    # Of very many cells some are looked at.
    bright = sum(
        well.stained[gates.ANNEXIN].bright * well.counts.cells / well.stained[gates.ANNEXIN].cells
        for well in known
    )
    return 100 * bright / dead if dead else 100.0


def _is_healthy(wells: Sequence[Measurement]) -> bool:
    """Whether few cells are dye-positive, and Annexin-V-positive ones are seen beside them."""
    stained = [well.stained[gates.ANNEXIN] for well in wells if gates.ANNEXIN in well.stained]
    cells = sum(well.counts.cells for well in wells)
    dead = _dead(*(well.counts for well in wells))
    return 100 * dead < LEAST_DYE_POSITIVE * cells and stained_cells.is_seen(stained)


def _least_beside_replicates(one: Measurement, arm: Sequence[Measurement]) -> float:
    """The limit of a well: half of what is positive in the other wells of its arm.

    Between arms the share differs; between the wells of an arm only by chance, which is allowed
    for.
    """
    others = [well.counts for well in arm if well.tube.row != one.tube.row]
    dead, of_others = _dead(one.counts), _dead(*others)
    if not dead or not of_others:
        return 0.0
    usual = _percent_positive(*others)
    error = math.sqrt(usual * (100 - usual) * (1 / dead + 1 / of_others))
    return min(usual / 2, usual - _STANDARD_ERRORS * error)


def _dead(*counts: Counts) -> int:
    """Number of dye-positive cells."""
    return sum(one.quadrants["late"] + one.quadrants["necrotic"] for one in counts)


def _percent_positive(*counts: Counts) -> float:
    """Percent of the dye-positive cells that are Annexin-positive; 100 without any."""
    dead = _dead(*counts)
    return 100 * sum(one.quadrants["late"] for one in counts) / dead if dead else 100.0
