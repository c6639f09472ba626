"""Several findings: how often at least one false finding is shown, by its own test and after Holm.

The findings are the example's seven. "exact": all seven are false, each with a test that holds its
level exactly. "own scale" and "logit" (the two kinds of noise of `claims_at_boundary.py`):
every one of the 127 sets of false findings, each exactly at the boundary of the test that errs most
often, the others as in the example; the worst set is printed. Each finding is drawn by itself: arms
that findings share would let them err together, which lowers the rate of at least one.

Holm cannot mend a test that errs by itself. So the worst rate of a single finding stands beside,
and with noise on the logit scale, where single tests err (see there), the rate is printed and fails
nothing.

    .venv/bin/python -m benchmarks.family_error_rates [--runs 20000]
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import scipy.special
from benchmarks.claims_at_boundary import (
    EXPERIMENTS,
    LOGIT_SCALE,
    OWN_SCALE,
    WELLS,
    at_boundary,
    draw,
    example_assumptions,
    example_cultures,
    example_settings,
)
from benchmarks.level_table import Level
from numpy.typing import NDArray

from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import Design
from coculture.comparison.findings.claims import Claim
from coculture.comparison.findings.evaluation import claims_of
from coculture.comparison.planning import Assumptions
from coculture.comparison.settings import APOPTOSIS

EXACT = "exact"
LIMITS = {EXACT: 0.04, OWN_SCALE: 0.055}
"""Of the rate after Holm. Of seven exact tests at .025 and .05 the bound is the mean level, .0393;
of any set it is the largest level, .05, here with room for the chance of the simulation."""
_TESTS = {
    EXACT: "exact",
    OWN_SCALE: "with noise normal on their scale",
    LOGIT_SCALE: "with noise normal on the logit",
}
MORE_RUNS = 10
"""Studies of exact tests, in multiples of the others: they cost nothing."""
Ratios = NDArray[np.float64]
"""p / level, studies x findings: at most 1 if the finding holds."""


@dataclass(frozen=True)
class FamilyError:
    """How often at least one false finding is shown, of the worst set of false findings.

    Attributes
    ----------
    own, corrected
        By its own test, and after Holm; the worst sets of both may differ.
    false
        The set that is worst after Holm.
    single
        The worst rate of a single finding by its own test.
    all_own, all_corrected
        How often all are shown if all are true.
    """

    noise: str
    experiments: int
    own: float
    corrected: float
    false: tuple[str, ...]
    single: float
    all_own: float
    all_corrected: float

    @property
    def in_bounds(self) -> bool:
        """Whether Holm keeps the rate, where each test keeps its level."""
        return self.corrected <= LIMITS.get(self.noise, 1.0)

    @property
    def row(self) -> str:
        """One line of the table."""
        numbers = (self.own, self.corrected, self.single, self.all_own, self.all_corrected)
        return (
            f"{self.noise:9}  {self.experiments or '-'}  "
            + "  ".join(f"{number:8.4f}" for number in numbers)
            + f"  {' '.join(self.false)}{'' if self.in_bounds else '  !'}"
        )


def main() -> int:
    """Print every rate; the exit status is 1 if one is too high."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20_000, help="simulated studies")
    runs = parser.parse_args().runs
    print("           at least one false shown    single   all seven shown if true  worst set")
    print("noise      n  own test      Holm  own test  own test      Holm  after Holm")
    failed = False
    for rate in (exact(runs), *with_noise_of_the_example(runs)):
        print(rate.row, flush=True)
        failed |= not rate.in_bounds
    return 1 if failed else 0


def levels(runs: int) -> Iterator[Level]:
    """At least one false "shown" of seven: by own tests, and after Holm."""
    each = [exact(runs), *with_noise_of_the_example(runs, (4,))]
    for one in each:
        situation = f"at least one of several false findings, tests {_TESTS[one.noise]}"
        setting = f"{'n = 4, ' if one.experiments else ''}worst set of false findings"
        yield Level(
            f"{situation}, each by its own test", setting, 0.05, one.own, 0.05,
            reported="the words shown by its own test; not after correction for the 7 findings",
        )  # fmt: skip
        yield Level(
            f"{situation}, after Holm", setting, 0.05, one.corrected, LIMITS.get(one.noise, 0.05),
            reported="" if one.noise in LIMITS
            else "Methods: against skewed differences only a scale stated beforehand protects",
            must_hold=one.noise in LIMITS,
        )  # fmt: skip


def exact(runs: int) -> FamilyError:
    """Seven false findings with the levels of the example and independent exact tests."""
    findings = example_settings().findings
    levels = np.array([
        one.alpha_difference if one.kind in ("lower", "higher") else one.alpha_margin
        for one in findings
    ])  # fmt: skip
    shape = (MORE_RUNS * runs, len(levels))
    false = np.random.default_rng(17).uniform(size=shape) / levels
    return _worst(EXACT, 0, [one.id for one in findings], np.zeros(shape), false, only_all=True)


def with_noise_of_the_example(
    runs: int, experiments: tuple[int, ...] = EXPERIMENTS
) -> Iterator[FamilyError]:
    """The worst of all sets of false findings, by noise and number of experiments."""
    settings = example_settings()
    names = [finding.id for finding in settings.findings]
    for noise, n in product((OWN_SCALE, LOGIT_SCALE), experiments):
        each = [_drawn(number, noise, n, runs, settings) for number in range(len(names))]
        true, false = (np.column_stack(one) for one in zip(*each, strict=True))
        yield _worst(noise, n, names, true, false)


def _drawn(
    number: int, noise: str, n: int, runs: int, settings: ComparisonSettings
) -> tuple[Ratios, Ratios]:
    """p / level of one finding in each study: as in the example, and at its worst boundary."""
    finding = settings.findings[number]
    design = Design.of(example_cultures(), settings)
    claims = claims_of(finding, design)
    apoptosis = finding.endpoint == APOPTOSIS
    example = example_assumptions(finding.endpoint, settings, effect_varies=True)

    def ratio(given: Assumptions, seed: int) -> Ratios:
        rng = np.random.default_rng([17, number, n, seed])
        wells = np.full((n, len(given.location)), WELLS)
        scale = noise if apoptosis else OWN_SCALE
        means = draw(given, apoptosis, scale, n, wells, runs, rng, settings)
        of_claims = [_ratio(claim, means, list(given.location)) for claim in claims]
        return np.asarray(np.max(of_claims, axis=0))

    boundaries = [at_boundary(claim, example, apoptosis) for claim in claims]
    false = [ratio(given, seed) for seed, given in enumerate(boundaries, start=1)]
    return ratio(example, 0), max(false, key=lambda one: float((one <= 1).mean()))


def _ratio(claim: Claim, means: NDArray[np.float64], arms: list[str]) -> Ratios:
    """p / level of one claim in each study; every experiment has every arm."""
    weights = np.array([claim.weights.get(arm, 0.0) for arm in arms])
    values = means @ weights - claim.margin
    n = values.shape[1]
    t = values.mean(axis=1) / (values.std(axis=1, ddof=1) / np.sqrt(n))
    p = scipy.special.stdtr(n - 1, t if claim.side == "less" else -t)
    return np.asarray(p / claim.level)


def _worst(
    noise: str, n: int, names: list[str], true: Ratios, false: Ratios, *, only_all: bool = False
) -> FamilyError:
    """The rates of the worst set of false findings."""
    own: dict[tuple[str, ...], float] = {}
    corrected: dict[tuple[str, ...], float] = {}
    for chosen in product((True, False), repeat=len(names)):
        is_false = np.array(chosen)
        if not is_false.any():
            continue
        ratios = np.where(is_false, false, true)
        named = tuple(name for name, one in zip(names, chosen, strict=True) if one)
        own[named] = float((ratios[:, is_false] <= 1).any(axis=1).mean())
        corrected[named] = float((_holm(ratios)[:, is_false] <= 1).any(axis=1).mean())
        if only_all:
            break
    worst = max(corrected, key=lambda one: corrected[one])
    return FamilyError(
        noise=noise,
        experiments=n,
        own=max(own.values()),
        corrected=corrected[worst],
        false=worst,
        single=float((false <= 1).mean(axis=0).max()),
        all_own=float((true <= 1).all(axis=1).mean()),
        all_corrected=float((_holm(true) <= 1).all(axis=1).mean()),
    )


def _holm(ratios: Ratios) -> Ratios:
    """Holm's adjusted ratios of each study (row), as `multiplicity.holm` has them of one."""
    order = np.argsort(ratios, axis=1, kind="stable")
    steps = np.take_along_axis(ratios, order, axis=1) * np.arange(ratios.shape[1], 0, -1)
    adjusted = np.empty_like(ratios)
    np.put_along_axis(adjusted, order, np.maximum.accumulate(steps, axis=1), axis=1)
    return adjusted


if __name__ == "__main__":
    sys.exit(main())
