"""Annexin V and the viability dye may be swapped in the config.

Dying cells bind Annexin V before they take the dye, and a cell that takes the dye binds Annexin V
inside, too. So few cells have the dye alone: in 79 simulated sound studies no arm had them 2
percentage points more often than cells with Annexin V alone. With the two channels swapped it is
the other way round in every arm, and percent apoptotic is off by the difference of the two. A drug
that kills without exposing phosphatidylserine leaves many cells with the dye alone, but seldom in
the untreated wells, which tell the two apart: 5 of 39 such studies had this caution. Of 87 swapped
studies off by more than 5 points, 83 had it or `annexin_missing`; the others were off by up to 8
(`benchmarks/flow_mishaps.py --mistake stains_swapped`). Labels of the files that contradict the
config are found by `make check`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating import gates
from coculture.flow.gating.checks import annexin_missing, subjects, wells_compared
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "stains_swapped"

POINTS = 5.0
"""Cells of an arm with the dye alone less those with Annexin V alone: the change of percent
apoptotic if the two are swapped, and what the study calls a wrong number."""
LEAST_RATIO = 0.75
"""Cells with the dye alone for one with Annexin V alone: with fewer in any arm, nothing is swapped.
Swapped studies had 0.9 or more in every arm; three quarters of the studies of drugs that kill by
necrosis had 0.62 or less in the untreated wells."""
FEWEST = 20
"""Cells with one stain alone, of an arm that is judged."""


@dataclass(frozen=True)
class _Arm:
    """The wells of an arm, counted together."""

    name: str
    cells: int
    annexin_alone: int
    both: int
    dye_alone: int

    @property
    def alone(self) -> int:
        return self.annexin_alone + self.dye_alone

    @property
    def points(self) -> float:
        """By how much percent apoptotic changes if the stains are swapped."""
        return 100 * (self.dye_alone - self.annexin_alone) / self.cells

    @property
    def has_few_dye_alone(self) -> bool:
        return self.alone >= FEWEST and self.dye_alone < LEAST_RATIO * self.annexin_alone

    def percent(self, cells: int) -> str:
        return number(100 * cells / self.cells)


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the experiment, of the population that the page reports."""
    population = one.population.name
    if one.tube.role != "sample" or population != experiment.settings.report_population:
        return
    arms = experiment.once((CODE, population), lambda: _arms(experiment, population))
    if not arms or any(arm.has_few_dye_alone for arm in arms) or _lacks_annexin(arms):
        return
    worst = max(arms, key=lambda arm: arm.points)
    if worst.alone < FEWEST or worst.points <= POINTS:
        return
    annexin, dye = (
        str(experiment.blocks[population][stain]["channels"][0])
        for stain in (gates.ANNEXIN, gates.VIABILITY_DYE)
    )
    yield Flag(
        subjects.experiment(experiment, annexin, population),
        CODE,
        "caution",
        f"{experiment.name}: Annexin V ({annexin}) and the viability dye ({dye}) may be swapped in "
        f"flow.channels. In {worst.name}, {worst.percent(worst.dye_alone)} % of the cells of "
        f"{population} are positive for the dye alone and only "
        f"{worst.percent(worst.annexin_alone)} % for Annexin V alone, and no arm has clearly more "
        "of the latter. Dying cells bind Annexin V before they take the dye, so it should be the "
        f"other way round. If they are swapped, {worst.percent(worst.both + worst.dye_alone)} % of "
        f"{worst.name} are apoptotic, not {worst.percent(worst.both + worst.annexin_alone)} %. "
        "Compare flow.channels with the panel that was stained. If it is right, the cells die "
        "without exposing phosphatidylserine, or Annexin V is weak.",
        worst.points,
        POINTS,
        "percent points",
    )


def _arms(experiment: Experiment, population: str) -> list[_Arm]:
    """The arms of each cell line; without arms each well."""
    found: dict[tuple[str, str], list[Measurement]] = {}
    for well in wells_compared.samples(experiment, population):
        if well.counts.has_quadrants and well.counts.cells:
            found.setdefault((wells_compared.arm_of(well), well.tube.cells), []).append(well)
    return [_arm(name, wells) for (name, _), wells in found.items()]


def _arm(name: str, wells: Sequence[Measurement]) -> _Arm:
    counts = [well.counts.quadrants for well in wells]
    viable, annexin_alone, both, dye_alone = (
        sum(one[quadrant] for one in counts) for quadrant in ("viable", "early", "late", "necrotic")
    )
    cells = viable + annexin_alone + both + dye_alone
    return _Arm(name, cells, annexin_alone, both, dye_alone)


def _lacks_annexin(arms: Sequence[_Arm]) -> bool:
    """Whether hardly any dye-positive cell has Annexin V: `annexin_missing` then says so."""
    both = sum(arm.both for arm in arms)
    dead = both + sum(arm.dye_alone for arm in arms)
    return 100 * both < annexin_missing.LEAST_PERCENT_OF_EXPERIMENT * dead
