"""Which drugs a study has crossed: given alone and together, at two pairs of doses or more."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.doses.series import common_name
from coculture.comparison.settings import Factor

FEWEST_PAIRS = 2
"""One pair of doses is a combination like any other (comparison/combination.csv)."""


@dataclass(frozen=True)
class DosePair:
    """One dose of each drug: the arm with both, and those with one of them."""

    first_dose: float
    second_dose: float
    both: Arm
    first: Arm
    second: Arm


@dataclass(frozen=True)
class CrossedDrugs:
    """Two drugs that were crossed, in one setting (cells, stroma, hours, further drugs).

    Attributes
    ----------
    control
        The arm without either drug.
    pairs
        By rising doses of the first drug, then of the second.
    """

    first: Factor
    second: Factor
    control: Arm
    pairs: tuple[DosePair, ...]

    def setting(self, design: Design, *, displayed: bool = False) -> str:
        """What all its arms have in common, as in tables or as in figures and sentences."""
        return common_name(design, self.control, displayed=displayed)

    def labels(self, design: Design) -> list[str]:
        """The names of all its arms in result tables, each once."""
        arms = [self.control]
        for pair in self.pairs:
            arms += [pair.first, pair.second, pair.both]
        return list(dict.fromkeys(design.label(arm) for arm in arms))


def crossed_drugs(design: Design) -> list[CrossedDrugs]:
    """Every pair of drugs that was crossed at several doses, in the order of the arms.

    A factor with named levels and an added analyte are no drugs with doses.
    """
    drugs = [one for one in design.factors if not (one.is_category or one.adds_analyte)]
    return [
        crossed
        for first, second in combinations(drugs, 2)
        for crossed in _of_drugs(design, first, second)
    ]


def crossed_in(design: Design, first: Factor, second: Factor, arm: Arm) -> CrossedDrugs | None:
    """These two drugs in the setting of an arm; None if they were not crossed there."""
    control = without(design, arm, first, second)
    found = (one for one in _of_drugs(design, first, second) if one.control == control)
    return next(found, None)


def pairs_measured(
    design: Design, measured: Iterable[Collection[str]]
) -> frozenset[tuple[Arm, Factor, Factor]]:
    """The arms with both of two crossed drugs, with the drugs, if an experiment has all of them.

    `measured` has the names of the arms of each experiment.
    """
    experiments = list(measured)
    return frozenset(
        (pair.both, crossed.first, crossed.second)
        for crossed in crossed_drugs(design)
        if any(set(crossed.labels(design)) <= set(arms) for arms in experiments)
        for pair in crossed.pairs
    )


def _of_drugs(design: Design, first: Factor, second: Factor) -> Iterator[CrossedDrugs]:
    there = set(design.arms)
    pairs: dict[Arm, list[DosePair]] = {}
    for arm in design.arms:
        if not {first, second} <= set(design.given(arm)):
            continue
        pair = DosePair(
            float(design.level(arm, first)),
            float(design.level(arm, second)),
            arm,
            without(design, arm, second),
            without(design, arm, first),
        )
        control = without(design, arm, first, second)
        if {pair.first, pair.second, control} <= there:
            pairs.setdefault(control, []).append(pair)
    for control, found in pairs.items():
        if len(found) >= FEWEST_PAIRS:
            in_order = sorted(found, key=lambda one: (one.first_dose, one.second_dose))
            yield CrossedDrugs(first, second, control, tuple(in_order))


def without(design: Design, arm: Arm, *drugs: Factor) -> Arm:
    """The arm with none of these drugs."""
    for drug in drugs:
        arm = design.with_level(arm, drug, drug.untreated)
    return arm
