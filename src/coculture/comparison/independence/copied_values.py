"""Experiments with the same finished numbers: only a caution, because these are rounded.

Rounded numbers of true repeats may be equal: up to .38 of those with three digits, up to .92 of
those with two (`benchmarks/copied_data.py`).
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from coculture.comparison.independence.copied_readings import (
    COARSEST_STEP,
    FEWEST_READINGS,
    SCATTER,
    last_digit,
    scatter_of,
)
from coculture.exchange.flags import Concerns, Flag

CODE = "values_alike"
FEWEST_EQUAL = 12
MOST_EQUAL = 0.6
"""Largest part of equal numbers. Repeats with three digits have up to .38 of them."""


def copied_values(values: pd.DataFrame) -> Iterator[Flag]:
    """A caution for each pair of experiments whose numbers are nearly the same.

    `values` has experiment, arm, replicate, what, value: one number for each culture.
    """
    known = values[values["value"] > 0]
    for what, rows in known.groupby("what", sort=True):
        if last_digit(rows["value"]) > COARSEST_STEP * float(rows["value"].median()):
            continue
        table = rows.pivot_table("value", ["arm", "replicate"], "experiment", aggfunc="first")
        for one, other in combinations(table.columns, 2):
            both = table[[one, other]].dropna().to_numpy()
            found = _alike(both)
            if found:
                yield Flag(
                    Concerns("comparison/findings.csv", "study"),
                    CODE,
                    "caution",
                    f"{one} and {other} have nearly the same {what} in cultures of the same arm "
                    f"and replicate: {found}.",
                    len(both),
                    unit="cultures",
                )


def _alike(both: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> str:
    """What is alike in the numbers of two experiments (cultures x 2); empty if nothing is."""
    n = len(both)
    if n < FEWEST_EQUAL:
        return ""
    equal = int((both[:, 0] == both[:, 1]).sum())
    if equal > MOST_EQUAL * n:
        return f"{equal} of {n} are equal"
    scatter, _ = scatter_of(np.log(both[:, 1]) - np.log(both[:, 0]))
    if n >= FEWEST_READINGS and scatter <= SCATTER:
        return f"{n} scatter by only {100 * scatter:.2g} % around one ratio"
    return ""
