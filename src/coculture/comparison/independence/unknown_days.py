"""Experiments of which no day is known, so that their independence cannot be checked."""

from collections.abc import Iterator

import pandas as pd

from coculture.comparison.design.donors_inside_experiments import as_named
from coculture.comparison.independence.shared_days import days_of
from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import listed, many

CODE = "days_unknown"
_MOST_NAMED = 6


def unknown_days(cultures: pd.DataFrame, files: pd.DataFrame | None) -> Iterator[Flag]:
    """A note if some experiments have no day, in their files or in cultures.csv.

    Parameters
    ----------
    cultures, files
        As in `shared_days`.
    """
    named = cultures.assign(experiment=as_named(cultures))
    experiments = sorted(set(named["experiment"]))
    known = set().union(*days_of(named, files).values())
    without = [one for one in experiments if one not in known]
    if not without or len(experiments) < 2:
        return
    which = without if len(without) <= _MOST_NAMED else [many(len(without), "experiment")]
    yield Flag(
        Concerns("comparison/findings.csv", "study"),
        CODE,
        "note",
        f"Of {listed(which)} no day is known: neither the FCS files nor cultures.csv give one. So "
        "it could not be checked whether wells of one day were named as several experiments. Add "
        "the day on which the cultures were begun as a column date of cultures.csv.",
        len(without),
        unit="experiments",
    )
