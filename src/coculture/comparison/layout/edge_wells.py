"""An arm only on edge wells in every experiment, compared with one that is mostly on others.

Edge wells dry out and warm up faster. Whether they read differently is seen in material that has
wells at the edge and inside it on the same plate: standards, controls, replicates.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.findings.kind import Pair
from coculture.comparison.layout.layout import Layout
from coculture.comparison.settings import Finding
from coculture.distributions import t_below
from coculture.exchange.flags import Concerns
from coculture.exchange.vocabulary import listed

CODE = "arms_only_on_edge_wells"
MOST_INSIDE = 0.5
"""Largest share of edge wells of the arm that is compared with."""
FEWEST_WELLS = 2
"""Of the arm in each experiment: a single well is always at one place."""
FEWEST = 5
"""Materials with wells at the edge and inside it; fewer say nothing about an edge effect."""
LARGEST_P = 0.001
LIMITS = {True: float(np.log(1.1)), False: 0.2}
"""Smallest effect that matters, by whether the endpoint is an analyte: 10 % of a concentration, or
0.2 of a logit (20 % apoptotic instead of 17 %)."""


def layouts(
    pairs: Iterable[tuple[Finding, Pair]],
    readings: pd.DataFrame,
    design: Design,
    analytes: Collection[str],
) -> Iterator[Layout]:
    """One for each pair of arms of a finding, of which one is only on edge wells.

    `analytes` are the endpoints that ELISA plates measure.
    """
    placed = readings[readings["well"].fillna("") != ""]
    placed = placed.assign(is_edge=_is_edge(placed))
    places = {str(name): _Places.of(rows) for name, rows in placed.groupby("endpoint")}
    for finding, pair in pairs:
        if finding.endpoint not in places:
            continue
        arms = design.label(pair.arm), design.label(pair.compared_with)
        for one, other in (arms, arms[::-1]):
            found = places[finding.endpoint].experiments(one, other)
            if found:
                of_endpoint = placed[placed["endpoint"] == finding.endpoint]
                plates = set(of_endpoint.loc[of_endpoint["experiment"].isin(found), "plate"])
                same_plates = of_endpoint[of_endpoint["plate"].isin(plates)]
                effect = edge_effect(same_plates)
                is_analyte = finding.endpoint in analytes
                yield _layout(finding, one, other, found, effect, is_analyte, design)


def edge_effect(readings: pd.DataFrame) -> tuple[float, float, int]:
    """Edge minus inside of the same material on the same plate: mean, two-sided p, materials."""
    known = readings.dropna(subset="value")
    means = known.pivot_table("value", ["plate", "material"], "is_edge")
    if not {True, False} <= set(means.columns):
        return np.nan, np.nan, 0
    differences = (means[True] - means[False]).dropna()
    if len(differences) < FEWEST or differences.std() == 0:
        return np.nan, np.nan, len(differences)
    mean = float(differences.mean())
    t = mean / float(differences.std() / np.sqrt(len(differences)))
    return mean, 2 * t_below(-abs(t), len(differences) - 1), len(differences)


@dataclass(frozen=True)
class _Places:
    """Where the wells of each arm lie, of one endpoint; each table with experiments x arms.

    Attributes
    ----------
    edge
        Share of edge wells; NaN without wells.
    wells
        Number of wells, likewise.
    """

    edge: pd.DataFrame
    wells: pd.DataFrame

    @classmethod
    def of(cls, readings: pd.DataFrame) -> "_Places":
        placed = readings.astype({"is_edge": float})
        edge, wells = (
            placed.pivot_table("is_edge", "experiment", "arm", aggfunc=of)
            for of in ("mean", "count")
        )
        return cls(edge, wells)

    def experiments(self, one: str, other: str) -> list[str]:
        """The experiments that have both arms, if `one` is only on edge wells in all of them.

        And if `other` is mostly on others. In some experiments alone it may be chance.
        """
        if not {one, other} <= set(self.edge.columns):
            return []
        both = self.edge[[one, other]].dropna()
        is_apart = (both[one] == 1) & (both[other] <= MOST_INSIDE)
        is_apart &= self.wells.loc[both.index, one] >= FEWEST_WELLS
        return list(map(str, both.index)) if is_apart.all() else []


def _layout(
    finding: Finding,
    one: str,
    other: str,
    experiments: list[str],
    effect: tuple[float, float, int],
    is_analyte: bool,
    design: Design,
) -> Layout:
    mean, p, _ = effect
    limit = LIMITS[is_analyte]
    is_seen = p < LARGEST_P and abs(mean) > limit
    where = design.with_display_labels(
        f"Finding {finding.id}, {listed(experiments)}: {one} is only on edge wells, {other} is not"
    )
    if is_seen:
        changed = f"{'more' if mean > 0 else 'less'}"
        size = (
            f"{100 * abs(np.expm1(mean)):.0f} % {changed}"
            if is_analyte
            else f"{changed} {finding.endpoint}"
        )
        why = f", and edge wells read {size} than other wells of the same material"
    elif np.isnan(p):
        why = "; too little material has wells in both places to know whether they read the same"
    else:
        why = "; other material reads the same in both places"
    return Layout(
        Concerns("comparison/findings.csv", "finding", finding=finding.id, arm=one),
        CODE,
        where,
        why,
        is_seen,
        mean,
        limit,
        "ln" if is_analyte else "logit",
    )


def _is_edge(readings: pd.DataFrame) -> list[bool]:
    """Whether each well is in the outermost rows or columns; a plate has 96 wells, or 384."""
    places = [_place(str(well)) for well in readings["well"]]
    plates = list(readings["plate"])
    large = {
        plate for plate, (row, column) in zip(plates, places, strict=True) if row > 8 or column > 12
    }
    return [
        row in (1, 16 if plate in large else 8) or column in (1, 24 if plate in large else 12)
        for plate, (row, column) in zip(plates, places, strict=True)
    ]


def _place(well: str) -> tuple[int, int]:
    """Row and column, from 1.

    >>> _place("A1"), _place("H12"), _place("nowhere")
    ((1, 1), (8, 12), (0, 0))
    """
    found = re.fullmatch(r"([A-P])0?(\d{1,2})", well.upper())
    return (ord(found[1]) - ord("A") + 1, int(found[2])) if found else (0, 0)
