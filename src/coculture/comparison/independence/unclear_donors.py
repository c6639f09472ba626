"""Donors that are given but cannot be tested, because not every experiment has one donor."""

from collections.abc import Iterator

import pandas as pd

from coculture.comparison.statistics.donors import SEVERAL, donor_of_wells
from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import listed

CODE = "donors_not_tested"


def unclear_donors(cultures: pd.DataFrame) -> Iterator[Flag]:
    """A caution if some experiments have several donors, or none although their arms have.

    Parameters
    ----------
    cultures
        experiment, arm and donor of each culture.
    """
    if "donor" not in cultures:
        return
    rows = cultures.assign(donor=cultures["donor"].fillna("").map(str))
    of_each = rows.groupby("experiment")["donor"].agg(donor_of_wells)
    with_donors = set(rows.loc[rows["donor"] != "", "arm"])
    has_such_arms = rows["arm"].isin(with_donors).groupby(rows["experiment"]).any()
    several = sorted(map(str, of_each.index[of_each == SEVERAL]))
    without = sorted(map(str, of_each.index[(of_each == "") & has_such_arms]))
    if not several and not without:
        return
    parts, remedies = [], []
    if several:
        parts.append(f"{listed(several)} {_have(several)} cultures of several donors")
        remedies.append(
            "To have differences inside each donor, name the donor of every culture of such an "
            "experiment, and give each two arms that are compared a donor in common."
        )
    if without:
        parts.append(f"{listed(without)} {_have(without)} no donor, and other experiments have")
        remedies.append(f"Name the donor of the cultures of {listed(without)}.")
    yield Flag(
        Concerns("comparison/findings.csv", "study"),
        CODE,
        "caution",
        f"{'; '.join(parts)}. Findings that use {_them([*several, *without])} are tested over "
        f"experiments and hold for the donors of these experiments. {' '.join(remedies)} Three "
        "donors or more are then tested.",
        len(several) + len(without),
        unit="experiments",
    )


def _have(names: list[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _them(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"
