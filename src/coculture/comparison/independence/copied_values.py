"""Experiments with the same finished numbers: only a caution, because these are rounded.

Rounded numbers of true repeats may be equal: up to .38 of those with three digits, up to .92 of
those with two (`benchmarks/copied_data.py`).
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
FEWEST_OF_ALL = 8
"""So many numbers, of all endpoints together, that are all equal: by chance in at most 4 of 10,000
pairs of experiments, where .38 of single numbers are."""
MOST_EQUAL = 0.6
"""Largest part of equal numbers. Repeats with three digits have up to .38 of them."""


def copied_values(values: pd.DataFrame) -> Iterator[Flag]:
    """A caution for each pair of experiments whose numbers are nearly the same.

    `values` has experiment, arm, replicate, what, value: one number for each culture.
    """
    known = values[values["value"] > 0]
    together: dict[tuple[str, str], list[NDArray[np.float64]]] = {}
    said: set[tuple[str, str]] = set()
    for what, rows in known.groupby("what", sort=True):
        if last_digit(rows["value"]) > COARSEST_STEP * float(rows["value"].median()):
            continue
        table = rows.pivot_table("value", ["arm", "replicate"], "experiment", aggfunc="first")
        for one, other in combinations(table.columns, 2):
            both = table[[one, other]].dropna().to_numpy()
            together.setdefault((one, other), []).append(both)
            found = _alike(both)
            if found:
                said.add((one, other))
                yield Flag(
                    Concerns("comparison/findings.csv", "study"),
                    CODE,
                    "caution",
                    f"{one} and {other} have nearly the same {what} in cultures of the same arm "
                    f"and replicate: {found}.",
                    len(both),
                    unit="cultures",
                )

    for (one, other), each in together.items():
        all_of_both = np.concatenate(each)
        n = len(all_of_both)
        is_copy = n >= FEWEST_OF_ALL and (all_of_both[:, 0] == all_of_both[:, 1]).all()
        if is_copy and (one, other) not in said:
            yield Flag(
                Concerns("comparison/findings.csv", "study"),
                CODE,
                "caution",
                f"{one} and {other} have the same {n} numbers in cultures of the same arm and "
                "replicate: one may have been entered twice. Then n is smaller by one.",
                n,
                unit="numbers",
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
