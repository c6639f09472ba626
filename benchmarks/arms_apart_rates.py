"""Arms that share no experiment, or too few: how often they differ by chance alone.

The comparison of arms that share no experiment (Welch): 3 to 8 experiments in each group, equal SDs
and 1:3 in both directions. "arms": one arm in each group. "differences": treated minus untreated in
each group, with a day effect that both arms of an experiment share. Groups of 3 are printed too, to
show why at least 4 are needed; they fail nothing. With at least 4 the one-sided rate (the mean of
both sides) may exceed 2.5 % by 0.006: Welch's test is known to do so slightly, most with 4 beside 8
experiments.

Then arms that share 1 or 2 experiments, which are not tested: what two tests that could be made
would do. "as if apart": Welch's test of all experiments, as if none was shared. "without shared":
Welch's test of the experiments that have only one of the arms.

    .venv/bin/python -m benchmarks.arms_apart_rates [--runs 20000]
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import scipy.stats
from benchmarks.level_table import Level
from numpy.typing import NDArray

from coculture.comparison.findings.claims import Claim, Side
from coculture.comparison.planning import holds
from coculture.comparison.statistics.contrasts import MIN_EXPERIMENTS_BETWEEN

BETWEEN_SIZES = ((3, 3), (3, 4), (3, 6), (3, 8), (4, 4), (4, 5), (4, 6), (4, 8), (5, 5), (5, 8),
                 (6, 6), (6, 8), (8, 8))  # fmt: skip
SD_RATIOS = (1.0, 2.0, 3.0, 1 / 3)
"""SD of the first group by that of the second."""
ONE_SIDED = 0.025
BETWEEN_EXCESS = 0.006
MORE_RUNS = 5
"""Simulated studies of arms that share no experiment, in multiples of the others: excesses are
small."""
DAY_SD = 2.0
"""Between days, which both arms of an experiment share; beside SDs of 1 between cultures."""


def main() -> int:
    """Print every rate; the exit status is 1 if one is too high."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--runs", type=int, default=20_000, help="simulated studies for each setting"
    )
    runs = parser.parse_args().runs
    unpaired = list(between_rates(MORE_RUNS * runs))
    print("Arms that share no experiment (Welch), levels 0.025 one-sided and 0.05 two-sided")
    print("experiments  SDs    compared     less    greater  two-sided")
    for each in unpaired:
        mark = "" if each.is_tested else " (not tested)" if each.in_bounds else " (not tested) !"
        print(
            f"{each.sizes[0]} and {each.sizes[1]}      {each.ratio:<5.2g}  {each.compared:11}  "
            f"{each.less:.4f}  {each.greater:.4f}   {each.two_sided:.4f}"
            f"{mark or ('' if each.in_bounds else ' !')}"
        )
    apart = [each for each in unpaired if each.is_tested]
    for least, of in (("3", unpaired), (str(MIN_EXPERIMENTS_BETWEEN), apart)):
        print(
            f"at least {least} experiments: at worst {max(each.one_sided for each in of):.4f} "
            f"one-sided, {max(each.two_sided for each in of):.4f} two-sided"
        )
    too_liberal = [each for each in apart if not each.in_bounds]
    too_liberal = [each for each in apart if not each.in_bounds]
    print("\nArms that share some experiments, but too few: two-sided rate at 0.05")
    print("experiments  shared  SD of days  as if apart  without shared")
    for n, shared, day_sd in product((4, 6), (1, 2), (0.0, DAY_SD)):
        every, without = partly_shared_rates(n, shared, day_sd, runs)
        alone = f"{without:.4f}" if n - shared > 1 else "-"
        print(f"{n} and {n}      {shared}       {day_sd:.1f}         {every:.4f}       {alone}")
    return 1 if too_liberal else 0


def levels(runs: int) -> Iterator[Level]:
    """The worst comparison that is tested, the worst that is not, and arms that share too few."""
    found = list(between_rates(MORE_RUNS * runs))
    for is_tested in (True, False):
        worst = max(
            (one for one in found if one.is_tested == is_tested), key=lambda one: one.one_sided
        )
        yield Level(
            "arms that share no experiment (Welch), unequal SDs",
            f"{worst.sizes[0]} and {worst.sizes[1]} experiments, SDs {worst.ratio:.2g}:1",
            ONE_SIDED,
            worst.one_sided,
            ONE_SIDED + BETWEEN_EXCESS,
            reported="the label between experiments (Welch), and a note"
            if is_tested
            else f"not testable: {MIN_EXPERIMENTS_BETWEEN} experiments of each arm are needed",
            must_hold=is_tested,
        )
    settings = product((4, 6), (1, 2), (0.0, DAY_SD))
    partly = {each: max(partly_shared_rates(*each, runs)) for each in settings}
    (n, shared, _), rate = max(partly.items(), key=lambda one: one[1])
    yield Level(
        "arms that share too few experiments, tested as if they shared none",
        f"{n} and {n} experiments, {shared} shared",
        2 * ONE_SIDED,
        rate,
        2 * ONE_SIDED + BETWEEN_EXCESS,
        reported="not testable",
        must_hold=False,
    )


@dataclass(frozen=True)
class BetweenRate:
    """How often arms that share no experiment are found to differ although they do not.

    `ratio` is the SD of the first group by that of the second; `less` and `greater` are the rates
    of the one-sided tests at 2.5 %.
    """

    sizes: tuple[int, int]
    ratio: float
    compared: str
    less: float
    greater: float

    @property
    def one_sided(self) -> float:
        """The rate at 2.5 %, the same on both sides but for chance."""
        return self.two_sided / 2

    @property
    def two_sided(self) -> float:
        """The rate at 5 %."""
        return self.less + self.greater

    @property
    def is_tested(self) -> bool:
        """Whether the product makes the test."""
        return min(self.sizes) >= MIN_EXPERIMENTS_BETWEEN

    @property
    def in_bounds(self) -> bool:
        """Whether the rate is at most slightly above its level."""
        return self.one_sided <= ONE_SIDED + BETWEEN_EXCESS


def between_rates(
    runs: int, sizes: tuple[tuple[int, int], ...] = BETWEEN_SIZES
) -> Iterator[BetweenRate]:
    """The rates of single arms, and of differences inside experiments, in every setting."""
    for number, (both, ratio) in enumerate(product(sizes, SD_RATIOS)):
        rng = np.random.default_rng([16, number])
        for compared in ("arms", "differences"):
            groups = [
                _values(rng, runs, n, sd, compared)
                for n, sd in zip(both, (ratio, 1.0), strict=True)
            ]
            less, greater = (_rate(groups, side) for side in ("less", "greater"))
            yield BetweenRate(both, ratio, compared, less, greater)


def _values(
    rng: np.random.Generator, runs: int, n: int, sd: float, compared: str
) -> NDArray[np.float64]:
    """Means of a group's arms without any effect: runs x experiments x arms."""
    day = rng.normal(0, DAY_SD * sd, (runs, n, 1))
    return np.asarray(day + rng.normal(0, sd, (runs, n, 1 if compared == "arms" else 2)))


def _rate(groups: list[NDArray[np.float64]], side: Side) -> float:
    """How often the claim holds that the first group is less (greater) than the second."""
    weights: dict[str, float] = {}
    arms, rows = sum(each.shape[2] for each in groups), sum(each.shape[1] for each in groups)
    means = np.full((len(groups[0]), rows, arms), np.nan)
    row = column = 0
    for sign, values in zip((1.0, -1.0), groups, strict=True):
        _, n, k = values.shape
        means[:, row : row + n, column : column + k] = values
        weights |= {f"arm {column + i}": sign * (1.0, -1.0)[i] for i in range(k)}
        row, column = row + n, column + k
    if min(each.shape[1] for each in groups) >= MIN_EXPERIMENTS_BETWEEN:
        claim = Claim("comparison", "", "arm 0", "arm 1", weights, side, 0.0, ONE_SIDED)
        return float(holds(claim, means, list(weights)).mean())
    # The product refuses the test; this is the one that it would make.
    one, other = (each @ np.array([1.0, -1.0])[: each.shape[2]] for each in groups)
    return float((_welch_p(one, other, side) <= ONE_SIDED).mean())


def _welch_p(
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    alternative: Side | Literal["two-sided"],
) -> NDArray[np.float64]:
    found = scipy.stats.ttest_ind(one, other, axis=1, equal_var=False, alternative=alternative)
    return np.asarray(found.pvalue)


def partly_shared_rates(n: int, shared: int, day_sd: float, runs: int) -> tuple[float, float]:
    """Two-sided rates of two tests of arms with `n` experiments each, of which some are shared.

    The first uses all experiments as if none was shared, the second only those that are not.
    """
    rng = np.random.default_rng([n, shared, int(day_sd)])
    days = rng.normal(0, day_sd, (runs, 2, n))
    days[:, 1, :shared] = days[:, 0, :shared]
    one, other = (days[:, arm] + rng.normal(0, 1, (runs, n)) for arm in (0, 1))
    every = float((_welch_p(one, other, "two-sided") <= 2 * ONE_SIDED).mean())
    if n - shared < 2:
        return every, float("nan")
    apart = _welch_p(one[:, shared:], other[:, shared:], "two-sided")
    return every, float((apart <= 2 * ONE_SIDED).mean())


if __name__ == "__main__":
    sys.exit(main())
