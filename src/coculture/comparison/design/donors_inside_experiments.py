"""Experiments with cells of several donors: a part of the experiment for each donor.

Differences are then made inside experiment and donor, and the donors of one experiment are not
averaged before they are compared. The parts of one experiment share its day, so they are not
independent: `SHARED` says which belong together, and the test allows for it
(`statistics.contrasts`).
"""

from itertools import combinations

import pandas as pd

from coculture.comparison.statistics.donors import MIN_DONORS

SHARED = "shared_experiment"
"""Column: the experiment that several donors share, as the study names it; empty for others."""


def by_donor(cultures: pd.DataFrame) -> pd.DataFrame:
    """Cultures with each donor of an experiment as an experiment of its own, "E1 (D2)".

    Unchanged, if the study cannot be tested by donors: there are fewer than three, a culture of an
    experiment with several names none, or two arms of an experiment have no donor in common.

    Parameters
    ----------
    cultures
        experiment, arm and donor of each culture.
    """
    if "donor" not in cultures:
        return cultures
    donors = cultures["donor"].fillna("").map(str)
    experiments = cultures["experiment"].map(str)
    several = donors.groupby(experiments).transform("nunique") > 1
    of_several = cultures[several].assign(donor=donors[several])
    if of_several.empty or len(set(donors) - {""}) < MIN_DONORS:
        return cultures
    if not all(_has_pairs(rows) for _, rows in of_several.groupby("experiment")):
        return cultures
    parts = experiments + " (" + donors + ")"
    if set(parts[several]) & set(experiments):
        return cultures
    return cultures.assign(
        experiment=experiments.mask(several, parts), **{SHARED: experiments.where(several, "")}
    )


def as_named(table: pd.DataFrame) -> "pd.Series[str]":
    """The experiment of each row, as the study names it."""
    own = table["experiment"].map(str)
    shared = table[SHARED].fillna("").map(str) if SHARED in table else pd.Series("", table.index)
    return shared.where(shared != "", own)


def _has_pairs(rows: pd.DataFrame) -> bool:
    """Whether every culture has a donor, and any two arms have one in common."""
    if (rows["donor"] == "").any():
        return False
    of_arms = [set(donors) for _, donors in rows.groupby("arm")["donor"]]
    return all(one & other for one, other in combinations(of_arms, 2))
