"""Experiments of different donors on one day. Only to know: the donors are still independent.

An effect of that day on a treatment is the same in all of them, which a t test over donors cannot
see: with 30 % of the variance between days it errs in 5 % for 2.5 with three donors of one day
(`benchmarks/donors_sharing_days.py`).
"""

from collections.abc import Iterator
from itertools import combinations

import pandas as pd

from coculture.comparison.design.donors_inside_experiments import as_named
from coculture.comparison.independence.shared_days import connected, days_of
from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import listed

CODE = "donors_of_one_day"


def donors_of_one_day(cultures: pd.DataFrame, files: pd.DataFrame | None) -> Iterator[Flag]:
    """A note for each group of experiments of different donors that share a day.

    Not for the parts of one experiment, whose test allows for its day.

    Parameters
    ----------
    cultures, files
        As in `shared_days`.
    """
    if "donor" not in cultures:
        return
    named = cultures[cultures["donor"].fillna("") != ""]
    donors = {str(name): set(of) for name, of in named.groupby("experiment")["donor"]}
    whole = dict(zip(named["experiment"], as_named(named), strict=True))
    each = days_of(cultures, files)
    linked = {
        (one, other): days
        for one, other in combinations(sorted(donors), 2)
        if not donors[one] & donors[other] and whole[one] != whole[other]
        for days in [
            {day for of in each.values() for day in of.get(one, set()) & of.get(other, set())}
        ]
        if days
    }
    for group in connected(linked):
        days = sorted({day for pair, found in linked.items() if pair[0] in group for day in found})
        yield Flag(
            Concerns("comparison/findings.csv", "study"),
            CODE,
            "note",
            f"{listed(group)}, of different donors, share a day ({listed(days)}): an effect of "
            "that day on a treatment is the same in all of them. Spread the donors over days.",
            len(group),
            unit="experiments",
        )
