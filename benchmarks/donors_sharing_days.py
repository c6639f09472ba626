"""Error rates and power where experiments have cells of several donors.

The difference of a donor in an experiment is: donor + experiment + chance, each normal, without a
true difference on average. "donors": a one-sample t of the donors' means, as if the experiments
that they share had no effect of their own on the difference. "experiments": a one-sample t of the
experiments' means, as if donors were the same. "product": the mean over donors, with the variance
by donors plus that by experiments. A day that raises all arms alike is in no difference, so it is
not simulated.

The product must keep at most .03 at a level of .025 from three experiments on, where up to half of
the variance is between days (.033 where it is 80 %); with fewer experiments it tests nothing.
"power" is at a difference of 1.5 SD. Last, donors that share days but are declared as an experiment
each: a note of the page names them.

    .venv/bin/python -m benchmarks.donors_sharing_days [--runs 20000]
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
import scipy.special
from benchmarks.level_table import Level
from numpy.typing import NDArray

from coculture.comparison.statistics.contrasts import per_experiment_contrast
from coculture.comparison.statistics.donors import DonorsInExperiments

LEVEL, ALLOWED = 0.025, 0.03
EFFECT = 1.5
CHECKED = 20
"""Simulated studies whose test is compared with that of the product."""
Cells = tuple[tuple[int, int], ...]
"""Donor and experiment of each part of an experiment."""


def _crossed(donors: int, experiments: int) -> Cells:
    return tuple(product(range(donors), range(experiments)))


DESIGNS: dict[str, Cells] = {
    "3 donors, all on each of 3 days": _crossed(3, 3),
    "3 donors, all on each of 4 days": _crossed(3, 4),
    "4 donors, all on each of 3 days": _crossed(4, 3),
    "5 donors, all on each of 3 days": _crossed(5, 3),
    "6 donors, all on each of 6 days": _crossed(6, 6),
    "6 donors, 2 new ones on each of 3 days": tuple((i, i // 2) for i in range(6)),
    "8 donors, 2 new ones on each of 4 days": tuple((i, i // 2) for i in range(8)),
    "4 donors, each on 2 of 4 days": tuple((i % 4, (i + i // 4) % 4) for i in range(8)),
    "4 donors, 2 on one of 3 days": ((0, 0), (1, 0), (2, 1), (3, 2)),
    "9 donors, 7 on one of 3 days": (*((i, 0) for i in range(7)), (7, 1), (8, 2)),
}
MOST_OF_DAY = 0.5
"""Up to this part of the variance between days the level must be held."""
ONE_DAY: dict[str, Cells] = {
    "3 donors on one day": _crossed(3, 1),
    "6 donors, 3 on each of 2 days": tuple((i, i // 3) for i in range(6)),
}
SHARES = ((0.0, 0.0), (0.5, 0.0), (0.3, 0.1), (0.3, 0.3), (0.0, 0.3), (0.1, 0.5), (0.0, 0.8))
"""Of the variance of a difference: between donors, and between experiments."""


@dataclass(frozen=True)
class Rates:
    """How often a difference is claimed that is not there, and one that is (`power`)."""

    product: float
    by_donors: float
    by_experiments: float
    power: float


def rates(cells: Cells, shares: tuple[float, float], runs: int) -> Rates:
    """The rates of one design. With one experiment only `by_donors` is a number."""
    rng = np.random.default_rng([19, len(cells), *(int(100 * one) for one in shares)])
    donor, experiment = np.array(cells).T
    of_donor, of_day = (np.sqrt(one) for one in shares)
    chance = np.sqrt(1 - sum(shares))
    values = (
        rng.normal(0, of_donor, (runs, donor.max() + 1))[:, donor]
        + rng.normal(0, of_day, (runs, experiment.max() + 1))[:, experiment]
        + rng.normal(0, chance, (runs, len(cells)))
    )
    donors, days = _means(values, donor), _means(values, experiment)
    of_days = np.bincount(experiment, 1 / np.bincount(donor)[donor]) / donors.shape[1]
    if days.shape[1] < 2:
        return Rates(np.nan, float(_claimed(*_t(donors)).mean()), np.nan, np.nan)
    claimed = _claimed(*_both(donors, days, of_days))
    _check(values, cells, claimed)
    return Rates(
        float(claimed.mean()),
        float(_claimed(*_t(donors)).mean()),
        float(_claimed(*_t(days)).mean()),
        float(_claimed(*_both(donors + EFFECT, days + EFFECT, of_days)).mean()),
    )


Tested = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""Mean, its variance and degrees of freedom, of each run."""


def _means(values: NDArray[np.float64], unit: NDArray[np.int_]) -> NDArray[np.float64]:
    each = [values[:, unit == one].mean(axis=1) for one in range(unit.max() + 1)]
    return np.column_stack(each)


def _t(units: NDArray[np.float64]) -> Tested:
    n = units.shape[1]
    return units.mean(axis=1), units.var(axis=1, ddof=1) / n, np.full(len(units), n - 1.0)


def _both(
    donors: NDArray[np.float64], days: NDArray[np.float64], of_days: NDArray[np.float64]
) -> Tested:
    mean, by_donors, df = _t(donors)
    by_days, df_of_days = days.var(axis=1, ddof=1) * (of_days**2).sum(), days.shape[1] - 1
    total = by_donors + by_days
    return mean, total, total**2 / (by_donors**2 / df + by_days**2 / df_of_days)


def _claimed(
    mean: NDArray[np.float64], variance: NDArray[np.float64], df: NDArray[np.float64]
) -> NDArray[np.bool_]:
    t = mean / np.sqrt(variance)
    return np.asarray(scipy.special.stdtr(df, -t) <= LEVEL)


def _check(values: NDArray[np.float64], cells: Cells, claimed: NDArray[np.bool_]) -> None:
    """The test simulated here is that of the product."""
    parts = [f"E{day} (D{donor})" for donor, day in cells]
    donors = DonorsInExperiments(
        {part: f"D{donor}" for part, (donor, _) in zip(parts, cells, strict=True)},
        {part: f"E{day}" for part, (_, day) in zip(parts, cells, strict=True)},
    )
    for run in range(min(CHECKED, len(values))):
        means = pd.DataFrame({"a": values[run], "b": 0.0}, index=parts)
        found = per_experiment_contrast(means, {"a": 1.0, "b": -1.0}, donors)
        if (found.p_greater <= LEVEL) != claimed[run]:
            raise AssertionError(f"the product's test differs: {means}")


def main() -> int:
    """Print every rate; the exit status is 1 if one is too high."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20_000, help="simulated studies a setting")
    runs = parser.parse_args().runs
    worst = 0.0
    print("design                                 donor  day  product  donors  experiments  power")
    for name, cells in {**DESIGNS, **ONE_DAY}.items():
        for shares in SHARES:
            one = rates(cells, shares, runs)
            if name in DESIGNS and shares[1] <= MOST_OF_DAY:
                worst = max(worst, one.product)
            print(
                f"{name:38} {shares[0]:<5g}  {shares[1]:<3g}  {one.product:.4f}   "
                f"{one.by_donors:.4f}  {one.by_experiments:.4f}       {one.power:.2f}",
                flush=True,
            )
    print(f"product, from three experiments on: at worst {worst:.4f} at level {LEVEL}")
    return int(worst > ALLOWED)


def levels(runs: int) -> Iterator[Level]:
    """Donors that share experiments, and donors of one day that are declared as an experiment."""
    found = {
        (name, shares): rates(cells, shares, runs)
        for (name, cells), shares in product({**DESIGNS, **ONE_DAY}.items(), SHARES)
    }
    for is_usual in (True, False):
        tested = {
            one: each.product
            for one, each in found.items()
            if one[0] in DESIGNS and (one[1][1] <= MOST_OF_DAY) is is_usual
        }
        worst = max(tested, key=lambda one: tested[one])
        part = "up to half" if is_usual else "most"
        yield Level(
            f"donors that share three experiments or more, {part} of the variance by day",
            _setting(*worst),
            LEVEL,
            tested[worst],
            ALLOWED,
            "tested: donors, with the variance by experiments",
            must_hold=is_usual,
        )
    declared = {one: each.by_donors for one, each in found.items()}
    worst = max(declared, key=lambda one: declared[one])
    yield Level(
        "donors that share days, each declared as an experiment of its own",
        _setting(*worst),
        LEVEL,
        declared[worst],
        ALLOWED,
        "the note donors_of_one_day",
    )


def _setting(design: str, shares: tuple[float, float]) -> str:
    return f"{design}, {100 * shares[1]:.0f} % of the variance by day"


if __name__ == "__main__":
    sys.exit(main())
