"""Donors as the unit of replication: several experiments with cells of one donor.

Experiments of one donor are more alike than those of different donors. A t test over experiments
then claims something about donors in too many studies: at a level of 2.5 % in 12 % with two donors
of four experiments each, and in 9 % with three of three, if half of the variance is between donors
(`benchmarks/donor_error_rates.py`). With `MIN_DONORS` the mean of each donor's experiments is
taken first and the donors are tested, each with the same weight. With fewer there is no such test
that could show anything; the experiments are tested, and the result holds for these donors.

Where an experiment has cells of several donors, the differences are made inside experiment and
donor. An effect of the day on the difference is then in several donors, whose means are not
independent: a t test of them errs in 3 to 16 % at 2.5 %. The variance of their mean is therefore
that by donors plus that by experiments (`contrasts.per_experiment_contrast`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

MIN_DONORS = 3
"""As many as there must be experiments where no donors are given. A t test over two donors is valid
but has one degree of freedom: a power of .17 where three donors of three experiments have .42."""

SEVERAL = "several"
"""The donor of wells of different donors."""

Donors = Mapping[str, str]
"""Experiment -> its donor, or `SEVERAL`. Experiments without a donor are not in it."""


class DonorsInExperiments(dict[str, str]):
    """Donors of which several share an experiment.

    The keys are the parts of experiments; `experiment_of` has the experiment of each that is one.
    """

    def __init__(self, donors: Donors, experiment_of: Mapping[str, str]) -> None:
        super().__init__(donors)
        self.experiment_of = dict(experiment_of)


def experiments_of(names: Iterable[object], donors: Donors) -> list[str]:
    """The experiment of each experiment or part of one.

    >>> donors = DonorsInExperiments({"E1 (D1)": "D1", "E1 (D2)": "D2"}, {"E1 (D1)": "E1"})
    >>> experiments_of(["E1 (D1)", "E2"], donors)
    ['E1', 'E2']
    """
    named = donors.experiment_of if isinstance(donors, DonorsInExperiments) else {}
    return [named.get(str(one), str(one)) for one in names]


def means_of_experiments(values: "pd.Series[float]", donors: Donors) -> "pd.Series[float]":
    """The mean of the parts of each experiment, in the order in which the experiments come."""
    return values.groupby(experiments_of(values.index, donors), sort=False).mean()


@dataclass(frozen=True)
class Replication:
    """How many experiments, and how many donors, entered a contrast or a part of it.

    Attributes
    ----------
    donors
        0 if the study does not give one donor for each of these experiments.
    are_units
        Whether the donors, not the experiments, are tested.
    are_unclear
        Whether some of these experiments have donors, but not each has one.
    """

    experiments: int
    donors: int = 0
    are_units: bool = False
    are_unclear: bool = False

    @property
    def units(self) -> int:
        """The number of independent values that are tested."""
        return self.donors if self.are_units else self.experiments

    @property
    def holds_for_these(self) -> bool:
        """Whether the result is about these donors, not about donors in general."""
        return self.are_unclear or (self.donors > 0 and not self.are_units)


def replication(experiments: Sequence[str], donors: Donors, fewest: int) -> Replication:
    """What the independent units of some experiments are.

    Parameters
    ----------
    fewest
        The number of donors that a test needs.

    Examples
    --------
    >>> replication(["E1", "E2", "E3"], {"E1": "D1", "E2": "D1", "E3": "D2"}, 3)
    Replication(experiments=3, donors=2, are_units=False, are_unclear=False)
    >>> replication(["E1", "E2"], {"E1": "D1"}, 3)
    Replication(experiments=2, donors=0, are_units=False, are_unclear=True)
    """
    named = [donors.get(one, "") for one in experiments]
    number = len(set(experiments_of(experiments, donors)))
    known = set(named) - {"", SEVERAL}
    if "" in named or SEVERAL in named:
        return Replication(number, are_unclear=any(named))
    return Replication(number, len(known), len(known) >= fewest)


def means_of_donors(values: "pd.Series[float]", donors: Donors) -> "pd.Series[float]":
    """The mean of each donor's experiments, in the order in which the donors come.

    >>> values = pd.Series({"E1": 1.0, "E2": 3.0, "E3": 5.0})
    >>> means_of_donors(values, {"E1": "D1", "E2": "D1", "E3": "D2"}).to_dict()
    {'D1': 2.0, 'D2': 5.0}
    """
    return values.groupby([donors[str(one)] for one in values.index], sort=False).mean()


def donor_of_wells(donors: Iterable[str]) -> str:
    """The donor of some wells: empty if none is given, `SEVERAL` if they differ."""
    named = set(donors) - {""}
    return SEVERAL if len(named) > 1 else str(next(iter(named), ""))


def donor_of_each(groups: pd.DataFrame) -> dict[str, str]:
    """Experiment -> its donor, or `SEVERAL`, for the experiments that have one or several.

    `groups` has experiment, donor (`donor_of_wells`) and, where donors share experiments,
    shared_experiment, a row for each experiment x arm. Arms without a donor, such as cells without
    stroma, say nothing about that of the others.
    """
    donors = groups.assign(donor=groups["donor"].fillna("").map(str))
    each = donors.groupby("experiment")["donor"].agg(donor_of_wells)
    found = {str(one): donor for one, donor in each.items() if donor}
    if "shared_experiment" not in groups:
        return found
    shared = groups["shared_experiment"].fillna("").map(str)
    parts = zip(groups["experiment"].map(str), shared, strict=True)
    return DonorsInExperiments(found, {part: whole for part, whole in parts if whole})


def by_unit(means: pd.DataFrame, donors: Donors) -> pd.DataFrame:
    """The rows of experiments x arms as independent units: the means of donors if these are tested.

    An arm that some experiments of a donor lack has the mean of the others.
    """
    rows = list(map(str, means.index))
    if not replication(rows, donors, MIN_DONORS).are_units:
        return means
    return means.groupby([donors[one] for one in rows], sort=False).mean()
