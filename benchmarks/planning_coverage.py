"""How often the planned range of experiments contains the number that is truly needed.

Pilots of one test (one-sided, 2.5 %) with a known effect / SD, so that the number of experiments
for a power of .8 is known. For each size of the pilot and each true need: how often the range
(`coculture.comparison.planning`) contains it, with the pilot's effect and with a stated one; the
median range; how often its upper limit is "more than 12". Beside it what a single number, from the
pilot's effect / SD as it is, would say: how often too few, and how often more than 8.

Then a finding of three tests with the same effect / SD, correlated .5 as comparisons with one
arm are: the largest lower and the largest upper limit against the need of all three together.

    .venv/bin/python benchmarks/planning_coverage.py [--runs 20000]

The exit status is 1 if a range of one test covers less than its 80 %.
"""

import argparse
import sys
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from coculture.comparison.planning import (
    CONFIDENCE,
    ENOUGH_POWER,
    MOST_EXPERIMENTS,
    Range,
    Spread,
    experiments_for,
    limits_of_pilot,
    limits_of_stated,
)

LEVEL = 0.025
PILOTS = (3, 4, 5)
NEEDS = (4, 6, 8, 12)
MANY = 8
BEYOND = MOST_EXPERIMENTS + 1
TESTS = 3
CORRELATION = 0.5


@dataclass(frozen=True)
class Pilot:
    """What a pilot of one test found: mean and SD of its experiments."""

    effect: float
    sd: float
    n: int

    @property
    def spread(self) -> Spread:
        return Spread((self.sd**2,), (self.n,))

    @property
    def single_number(self) -> int:
        t = self.effect / self.spread.se()
        return experiments_for(t, self.spread, LEVEL) or BEYOND

    def range(self, stated: float | None = None) -> Range:
        spread = self.spread
        limits = (
            limits_of_pilot(self.effect / spread.se(), spread)
            if stated is None
            else limits_of_stated(stated / spread.se(), spread)
        )
        least, most = (experiments_for(limit, spread, LEVEL) for limit in reversed(limits))
        return Range(least, most)


def main() -> int:
    """Print the tables; the exit status is 1 if a range of one test covers too little."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20_000, help="pilots for each row")
    runs = parser.parse_args().runs
    # Three standard errors of the simulation.
    allowed = CONFIDENCE - 3 * np.sqrt(CONFIDENCE * (1 - CONFIDENCE) / runs)
    held = True
    print("pilot  need  covers  median range  >12   stated covers  range     one number: few  >8")
    for n in PILOTS:
        for need in NEEDS:
            rng = np.random.default_rng([n, need])
            true = effect_for(need)
            pilots = [pilot(true, n, rng) for _ in range(runs)]
            own = [one.range() for one in pilots]
            stated = [one.range(true) for one in pilots]
            single = np.array([one.single_number for one in pilots])
            covered, covered_stated = (coverage(each, need) for each in (own, stated))
            held &= min(covered, covered_stated) >= allowed
            open_ended = np.mean([one.most is None for one in own])
            print(
                f"{n:5}  {need:4}  {covered:6.3f}  {median(own):12}  {open_ended:.2f}  "
                f"{covered_stated:13.3f}  {median(stated):12}  {(single < need).mean():7.2f}  "
                f"{(single > MANY).mean():.2f}"
            )
    print(f"three tests (correlated {CORRELATION:g}), pilot, need: covers")
    for n in PILOTS:
        for need in NEEDS:
            rng = np.random.default_rng([n, need, TESTS])
            true = effect_for_all(need, np.random.default_rng([need, TESTS]))
            ranges = [Range.widest([one.range() for one in several(true, n, rng)])
                      for _ in range(runs // 4)]  # fmt: skip
            print(f"{n:5}  {need:4}  {coverage(ranges, need):.3f}  {median(ranges)}")
    return 0 if held else 1


def effect_for(need: int) -> float:
    """The effect / SD at which `need` experiments have just enough power."""

    def excess(effect: float) -> float:
        critical = scipy.special.stdtrit(need - 1, 1 - LEVEL)
        power = 1 - scipy.special.nctdtr(need - 1, effect * np.sqrt(need), critical)
        return float(power - ENOUGH_POWER)

    return float(scipy.optimize.brentq(excess, 0.1, 20.0)) * (1 + 1e-9)


def effect_for_all(need: int, rng: np.random.Generator, runs: int = 40_000) -> float:
    """The same of three tests that must all hold, by simulation."""
    values = correlated((runs, need), rng)
    spread = values.std(axis=1, ddof=1) / np.sqrt(need)
    critical = scipy.special.stdtrit(need - 1, 1 - LEVEL)
    # A run holds from the effect on at which its weakest test reaches the critical value.
    from_effect = (critical * spread - values.mean(axis=1)).max(axis=1)
    return float(np.quantile(from_effect, ENOUGH_POWER))


def correlated(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    """Standard normal values of the tests, shape + (tests,)."""
    shared = rng.normal(0, np.sqrt(CORRELATION), (*shape, 1))
    own = rng.normal(0, np.sqrt(1 - CORRELATION), (*shape, TESTS))
    return np.asarray(shared + own)


def pilot(effect: float, n: int, rng: np.random.Generator) -> Pilot:
    """A pilot of `n` experiments whose true effect is `effect` SDs."""
    values = rng.normal(effect, 1.0, n)
    return Pilot(float(values.mean()), float(values.std(ddof=1)), n)


def several(effect: float, n: int, rng: np.random.Generator) -> list[Pilot]:
    """The three tests of one pilot."""
    values = effect + correlated((1, n), rng)[0]
    return [Pilot(float(one.mean()), float(one.std(ddof=1)), n) for one in values.T]


def coverage(ranges: list[Range], need: int) -> float:
    """The fraction of ranges that contain the number needed."""
    inside = [(one.least or BEYOND) <= need <= (one.most or BEYOND) for one in ranges]
    return float(np.mean(inside))


def median(ranges: list[Range]) -> str:
    """The median lower and the median upper limit."""
    least, most = (
        int(np.median([limit or BEYOND for limit in limits]))
        for limits in ([one.least for one in ranges], [one.most for one in ranges])
    )
    return Range(*(None if one > MOST_EXPERIMENTS else one for one in (least, most))).text


if __name__ == "__main__":
    sys.exit(main())
