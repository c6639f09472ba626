"""Error rates, limits and power of a claim "A is below B" with wells outside the range.

Wells are normal on the log scale: experiment + experiment x arm + well. A limit leaves 10, 30 or
50 % of the wells below it, in B (where they argue against the claim) or in both arms. The rule is
the product's: in A such wells are at the limit, B has the censored-likelihood mean, and a study in
which all wells of B in one experiment are below the limit is not testable. The rate is over all
studies, so that one that is not testable claims nothing. The SD between wells is pooled over these
two arms and eight others; those of A and B are equal to it, or 1.5 or 2 times as large, or half.

Power at a ratio of .5 is printed beside that of the earlier rule, by which any well of B below the
limit made the claim untestable. The first studies of each setting are also evaluated by the
product itself, which must agree.

    .venv/bin/python -m benchmarks.outside_range_rates [--runs 20000]
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
import scipy
from benchmarks.level_table import Level
from numpy.typing import NDArray

from coculture.comparison.findings.claims import Claim, evaluate
from coculture.comparison.quantities.endpoint import Columns, Endpoint
from coculture.comparison.statistics.censoring import BELOW, SD_FACTOR, censored_mean, group_mean
from coculture.comparison.statistics.group_means import GroupMeans

LEVEL = 0.025
HIGHEST_RATE = 0.03
EXPERIMENTS = (3, 4, 5, 6, 7, 8)
WELLS = (1, 3)
BELOW_LIMIT = (0.1, 0.3, 0.5)
SD_FACTORS = (1.0, 1.5, 2.0, 0.5)
SD_EXPERIMENT, SD_ARM, SD_WELL = 0.3, 0.15, 0.2
"""About those of IL-6 in the example, on the log scale."""
OTHER_ARMS = 8
CHECKED = 3
"""Studies of each setting that the product evaluates too."""
ENDPOINT = Endpoint(
    "ln_il6", "IL-6", "ln pg/mL", "IL-6 (pg/mL)", "pg/mL", "log",
    Columns("il6_pg_ml", "il6_state", "il6_reason"),
)  # fmt: skip


TOO_LARGE = 2.0
"""A true SD between wells of so many times the pooled one is known to exceed the level."""


@dataclass(frozen=True)
class Rates:
    """How often the claim holds in all studies, by the rule and by the earlier one."""

    holds: float
    earlier: float
    testable: float


def rates(
    runs: int,
    n: int,
    wells: int,
    below: float,
    both: bool,
    factor: float = 1.0,
    ratio: float = 1.0,
    seed: int = 17,
) -> Rates:
    """Simulate studies of two arms with `below` of the wells of B, or of both, below a limit."""
    rng = np.random.default_rng([seed, n, wells, int(100 * below), both, int(10 * factor)])
    sd_well = factor * SD_WELL
    of_group = rng.normal(0, SD_EXPERIMENT, (runs, n, 1)) + rng.normal(0, SD_ARM, (runs, n, 2))
    of_group[:, :, 0] += np.log(ratio)
    true = of_group[..., None] + rng.normal(0, sd_well, (runs, n, 2, wells))
    total = np.sqrt(SD_EXPERIMENT**2 + SD_ARM**2 + sd_well**2)
    limit = scipy.stats.norm.ppf(below) * total + np.array([np.log(ratio) if both else -99.0, 0.0])
    side = np.where(true < limit[:, None], BELOW, 0)
    values = np.where(side == BELOW, limit[:, None], true)
    pooled = _pooled_sd(values, side, SD_WELL, rng)
    arm, other = values[:, :, 0].mean(axis=2), values[:, :, 1].mean(axis=2)
    outside = (side[:, :, 1] == BELOW).any(axis=2)
    sd = np.broadcast_to(SD_FACTOR * pooled[:, None], outside.shape)[outside]
    other[outside] = censored_mean(values[:, :, 1][outside], side[:, :, 1][outside], sd)
    difference = arm - other
    testable = ~np.isnan(difference).any(axis=1)
    mean, se = difference.mean(axis=1), difference.std(axis=1, ddof=1) / np.sqrt(n)
    quantile = scipy.special.stdtrit(n - 1, 1 - LEVEL)
    with np.errstate(invalid="ignore"):
        holds = mean + quantile * se <= 0
    for study in range(CHECKED):
        _check(values[study], side[study], float(pooled[study]), bool(holds[study]))
    earlier = holds & ~outside.any(axis=1)
    return Rates(
        *(float(each.mean()) for each in (holds, earlier, testable)),
    )


def _pooled_sd(
    values: NDArray[np.float64],
    side: NDArray[np.int_],
    sd_of_others: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """SD of the wells inside the range about the mean of their group, with the other arms."""
    runs, n, _, wells = values.shape
    inside = side == 0
    number = inside.sum(axis=3)
    means = np.where(inside, values, 0).sum(axis=3) / np.maximum(number, 1)
    squares = np.where(inside, values - means[..., None], 0) ** 2
    df_of_others = OTHER_ARMS * n * (wells - 1)
    if not df_of_others:
        return np.full(runs, np.nan)
    others = sd_of_others**2 * rng.chisquare(df_of_others, runs)
    df = np.maximum(number - 1, 0).sum(axis=(1, 2)) + df_of_others
    return np.asarray(np.sqrt((squares.sum(axis=(1, 2, 3)) + others) / df))


def _check(values: NDArray[np.float64], side: NDArray[np.int_], pooled: float, holds: bool) -> None:
    """The product must come to the same result."""
    index = [f"E{i + 1}" for i in range(len(values))]
    cells = {
        arm: [group_mean(values[i, a], side[i, a], pooled) for i in range(len(values))]
        for a, arm in enumerate(("A", "B"))
    }

    def table(name: str) -> pd.DataFrame:
        return pd.DataFrame(
            {arm: [getattr(cell, name) for cell in each] for arm, each in cells.items()}, index
        )

    mean = table("mean")
    means = GroupMeans(
        mean, table("relation"), table("low"), table("high"), table("at_limit"), mean.notna()
    )
    claim = Claim("comparison", "", "A", "B", {"A": 1.0, "B": -1.0}, "less", 0.0, LEVEL)
    found = evaluate(claim, means, ENDPOINT)
    if (found.outcome == "holds") != holds:
        raise AssertionError(f"the product says {found.outcome}: {values}, {side}")


def main() -> int:
    """Print every rate; the exit status is 1 if one is too high."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20_000, help="studies for each setting")
    parser.add_argument("--experiments", type=int, nargs="+", default=EXPERIMENTS)
    chosen = parser.parse_args()
    runs, worst = chosen.runs, 0.0
    print("Type I error over all studies at .025\nwells  below  in    SD    n: rate (testable)")
    for wells, below, both, factor in settings():
        found = {n: rates(runs, n, wells, below, both, factor) for n in chosen.experiments}
        each = "  ".join(f"{n}: {one.holds:.4f} ({one.testable:.2f})" for n, one in found.items())
        print(
            f"{wells}      {below:.1f}    {'both' if both else 'B   '}  {factor:.1f}   {each}",
            flush=True,
        )
        highest = max(one.holds for one in found.values())
        worst = max(worst, highest if factor < TOO_LARGE else 0.0)
    print(f"at worst {worst:.4f} where wells vary up to 1.5 times as much as the pooled SD")
    print("\nPower at a ratio of .5, the earlier rule -> this one, 3 wells, in both arms")
    for below in (0.04, 0.1, 0.3):
        found = {n: rates(runs, n, 3, below, both=True, ratio=0.5) for n in chosen.experiments}
        print(
            f"{below:.2f}   "
            + "  ".join(f"{n}: {one.earlier:.2f} -> {one.holds:.2f}" for n, one in found.items())
        )
    return 1 if worst > HIGHEST_RATE else 0


def settings() -> Iterator[tuple[int, float, bool, float]]:
    """Wells, the part below the limit, whether in both arms, and the SD by the pooled one."""
    for wells, below, both in product(WELLS, BELOW_LIMIT, (False, True)):
        for factor in SD_FACTORS if wells > 1 else (1.0,):
            yield wells, below, both, factor


def levels(runs: int) -> Iterator[Level]:
    """The worst setting where wells vary up to 1.5 times as much as the pooled SD, and beyond."""
    found = {(each, n): rates(runs, n, *each).holds for each in settings() for n in EXPERIMENTS}
    for is_larger in (False, True):
        of = {one: rate for one, rate in found.items() if (one[0][3] >= TOO_LARGE) == is_larger}
        ((wells, below, both, factor), n), rate = max(of.items(), key=lambda one: one[1])
        yield Level(
            "wells outside the range, SD between wells "
            + ("twice that of the study" if is_larger else "up to 1.5 times that of the study"),
            f"n = {n}, {wells} wells, {100 * below:g} % below in {'both arms' if both else 'B'}, "
            f"SD x {factor:g}",
            LEVEL,
            rate,
            HIGHEST_RATE,
            reported="comparator_outside_range, and a one-sided limit beside a bound",
            must_hold=not is_larger,
        )


if __name__ == "__main__":
    sys.exit(main())
