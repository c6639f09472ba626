"""EC50s of simulated experiments with a known truth: coverage, and error rates of the findings.

Each experiment has its own EC50 (log-normal), plateaus and slope; the mean of each dose has the
scatter of two wells and of the arm. "coverage": how often the 95 % interval over experiments holds
the mean ln EC50, or of falling series the mean ln IC50 (the dose at half of the experiment's own
untreated level), among the studies that get an interval ("interval"). It must be .92 to .97 where
at least .8 of the studies do. Where half of the experiments do not reach the EC50, those with an
interval are a choice by chance, and it is about .90. "bound right": of the other studies, whose
number is a bound of the mean of these experiments, how often it is one.

"ec50_lower": how often the finding is shown of two series with the same mean EC50, at .025, by the
product's test (bounds included); "dose_trend" likewise without an effect of the drug, and
"equivalent" with a difference of exactly the margin. Each must be at most .03 (where fewer than
20,000 studies are simulated, within two standard errors of that).

    .venv/bin/python benchmarks/dose_response.py [--runs 1000] [--tests 4000]
"""

import argparse
import sys
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from coculture.comparison.doses.dose_curve import DoseCurve, Potency, dose_curves
from coculture.comparison.doses.mean_potency import mean_potency
from coculture.comparison.doses.trend import trend_weights
from coculture.distributions import t_quantile

Floats = NDArray[np.float64]
LEVEL, ALLOWED = 0.025, 0.03
COVERAGE = (0.92, 0.97)
USUAL = 0.8
CHEAP_RUNS = 20_000


@dataclass(frozen=True)
class Design:
    """One dose series. Plateaus are in points, or logarithms without `bounds`."""

    name: str
    doses: tuple[float, ...]
    experiments: int
    ec50: float
    low: float = 10.0
    high: float = 70.0
    scatter: float = 2.0
    bounds: tuple[float, float] | None = (0.0, 100.0)


FOUR, FIVE = (1.0, 4.0, 16.0, 64.0), (1.0, 3.0, 9.0, 27.0, 81.0)
SIX = (1.0, 2.5, 5.0, 10.0, 25.0, 50.0)
EIGHT = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
DESIGNS = (
    Design("4 doses, rising", FOUR, 4, 5.0),
    Design("4 doses, falling", FOUR, 6, 5.0, 85.0, 15.0),
    Design("5 doses, ln IL-6", FIVE, 4, 6.0, 6.0, 4.2, 0.1, None),
    Design("6 doses, rising", SIX, 3, 6.0),
    Design("6 doses, rising", SIX, 6, 6.0),
    Design("6 doses, ln IL-6", SIX, 4, 6.0, 6.0, 4.2, 0.1, None),
    Design("8 doses, falling", EIGHT, 4, 5.0, 85.0, 15.0),
    Design("5 doses, some not reached", FIVE, 5, 20.0),
    Design("6 doses, some not reached", SIX, 6, 18.0),
    Design("6 doses, ln IL-6, near the end", SIX, 4, 13.0, 6.0, 4.2, 0.1, None),
    Design("6 doses, many not reached", SIX, 4, 24.0),
)
TESTED = (DESIGNS[0], DESIGNS[4], DESIGNS[7], DESIGNS[8])
"""Of the error rate of ec50_lower: both series have this design."""
SD_LN_EC50 = 0.25
"""Between experiments; in two series of one experiment half of the variance is common."""
SD_SLOPE, SD_PLATEAU = 0.15, 0.05
"""Of ln slope, and of the plateaus as a share of their distance."""
SLOPE = 1.5


def main() -> int:
    """Print every rate; the exit status is 1 if one is outside its limits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1_000, help="studies a design, for coverage")
    parser.add_argument("--tests", type=int, default=4_000, help="studies, for ec50_lower")
    given = parser.parse_args()
    is_bad = False
    print(
        f"{'design':31} experiments  of    coverage  interval  bound right",
        flush=True,
    )
    for number, design in enumerate(DESIGNS):
        drawn = draw_studies(design, given.runs, np.random.default_rng([19, number]))
        for name, (truth, dose_of) in potencies(design, drawn).items():
            rates = coverage(truth, dose_of, design.experiments)
            is_bad |= rates[1] >= USUAL and not COVERAGE[0] <= rates[0] <= COVERAGE[1]
            text = "  ".join(f"{rate:8.3f}" for rate in rates)
            print(f"{design.name:31} {design.experiments:11}  {name}  {text}", flush=True)
    print("\nec50_lower without a shift       experiments  shown  testable", flush=True)
    for number, design in enumerate(TESTED):
        shown, testable = false_shifts(design, given.tests, np.random.default_rng([20, number]))
        limit = ALLOWED + 2 * np.sqrt(ALLOWED * (1 - ALLOWED) / given.tests)
        is_bad |= shown > (ALLOWED if given.tests >= CHEAP_RUNS else limit)
        print(f"{design.name:31} {design.experiments:12}  {shown:.4f}  {testable:.3f}", flush=True)
    print(f"\nexperiments  dose_trend  equivalent   ({CHEAP_RUNS} studies)", flush=True)
    for number, experiments in enumerate((3, 4, 6)):
        rng = np.random.default_rng([21, number])
        trend, same = false_trends(experiments, rng), false_equivalence(experiments, rng)
        is_bad |= max(trend, same) > ALLOWED
        print(f"{experiments:11}  {trend:10.4f}  {same:10.4f}", flush=True)
    return int(is_bad)


@dataclass(frozen=True)
class Drawn:
    """Simulated experiments, n of them: what is true of each, and its means.

    Attributes
    ----------
    ln_ec50, low, high, slope
        The true curve of each experiment (n).
    responses, untreated
        Means of each dose (n x p), and without it (n).
    """

    ln_ec50: Floats
    low: Floats
    high: Floats
    slope: Floats
    responses: Floats
    untreated: Floats


def draw(design: Design, ln_ec50: Floats, rng: np.random.Generator) -> Drawn:
    """Experiments with these ln EC50s (n)."""
    n = len(ln_ec50)
    span = design.high - design.low
    low = design.low + rng.normal(0, SD_PLATEAU * abs(span), n)
    high = design.high + rng.normal(0, SD_PLATEAU * abs(span), n)
    slope = SLOPE * np.exp(rng.normal(0, SD_SLOPE, n))
    u = slope[:, None] * (np.log(design.doses) - ln_ec50[:, None])
    mean = low[:, None] + (high - low)[:, None] * scipy.special.expit(u)
    noise = rng.normal(0, design.scatter, (n, len(design.doses) + 1))
    return Drawn(ln_ec50, low, high, slope, mean + noise[:, 1:], low + noise[:, 0])


def draw_studies(design: Design, runs: int, rng: np.random.Generator) -> Drawn:
    """The experiments of this many studies, one after the other."""
    spread = rng.normal(0, SD_LN_EC50, runs * design.experiments)
    return draw(design, np.log(design.ec50) + spread, rng)


def curves(design: Design, drawn: Drawn) -> list[DoseCurve]:
    """The product's curves of simulated experiments."""
    direction = 1 if design.high > design.low else -1
    doses = np.array(design.doses)
    return dose_curves(doses, drawn.responses, drawn.untreated, direction, design.bounds)


def half_of(design: Design, level: Floats) -> Floats:
    """Half of a level, on the analysis scale."""
    return level / 2 if design.bounds else level - np.log(2)


def potencies(design: Design, drawn: Drawn) -> dict[str, tuple[Floats, list[Potency]]]:
    """EC50, and of a falling series IC50: its true ln in each experiment, and what is found."""
    every = curves(design, drawn)
    found = {"EC50": (drawn.ln_ec50, [curve.ec50 for curve in every])}
    if design.high < design.low:
        risen = (half_of(design, drawn.low) - drawn.low) / (drawn.high - drawn.low)
        truth = drawn.ln_ec50 + scipy.special.logit(risen) / drawn.slope
        levels = half_of(design, drawn.untreated)
        found["IC50"] = (
            truth,
            [curve.dose_of_level(level) for curve, level in zip(every, levels, strict=True)],
        )
    return found


def coverage(truth: Floats, found: list[Potency], experiments: int) -> tuple[float, float, float]:
    """Coverage, the share of studies with an interval, and of bounds that are true.

    `truth` is the true ln dose of each experiment; what an interval should hold is its mean over
    all experiments of all studies.
    """
    mean_truth = np.exp(truth.mean())
    covered, bounds = [], []
    for first in range(0, len(found), experiments):
        own = slice(first, first + experiments)
        mean = mean_potency(
            {f"E{i}": one for i, one in enumerate(found[own])}, MappingProxyType({})
        )
        if mean.relation:
            own_mean = np.exp(truth[own].mean())
            bounds.append(
                own_mean <= mean.value if mean.relation == "<=" else own_mean >= mean.value
            )
        elif np.isfinite(mean.value) and not np.isnan([mean.lower, mean.upper]).all():
            upper = mean.upper if np.isfinite(mean.upper) else np.inf
            lower = mean.lower if np.isfinite(mean.lower) else 0.0
            covered.append(lower <= mean_truth <= upper)
    studies = len(found) // experiments
    right = float(np.mean(bounds)) if bounds else float("nan")
    return float(np.mean(covered)) if covered else float("nan"), len(covered) / studies, right


def false_shifts(design: Design, runs: int, rng: np.random.Generator) -> tuple[float, float]:
    """How often ec50_lower is shown of two series with the same mean EC50, and testable."""
    n = design.experiments
    share = np.sqrt(0.5)
    common = rng.normal(0, share * SD_LN_EC50, runs * n)
    sides = [
        curves(
            design,
            draw(
                design,
                np.log(design.ec50) + common + rng.normal(0, share * SD_LN_EC50, runs * n),
                rng,
            ),
        )
        for _ in range(2)
    ]
    ln, relation = (
        np.array([[read(curve) for curve in side] for side in sides]).reshape(2, runs, n)
        for read in (
            lambda curve: np.log(curve.ec50.value),
            lambda curve: {"": 0, ">=": 1, "<=": -1}[curve.ec50.relation],
        )
    )
    # As findings.claims.evaluate: a bound that argues against the claim leaves no test.
    against = (relation[0] > 0) | (relation[1] < 0)
    testable = ~against.any(axis=1) & np.isfinite(ln).all(axis=(0, 2))
    values = ln[0] - ln[1]
    se = values.std(axis=1, ddof=1) / np.sqrt(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        shown = testable & (se > 0) & (values.mean(axis=1) / se <= -t_quantile(1 - LEVEL, n - 1))
    return float(shown.mean()), float(testable.mean())


def _t(values: Floats) -> Floats:
    """Student's t of each run (runs x experiments)."""
    return np.asarray(values.mean(axis=1) / values.std(axis=1, ddof=1) * np.sqrt(values.shape[1]))


def false_trends(experiments: int, rng: np.random.Generator) -> float:
    """How often a rise is shown of a drug without effect, in percents near 5 (skewed)."""
    levels = ("0", *map(str, SIX))
    logits = (
        scipy.special.logit(0.05)
        + rng.normal(0, 0.3, (CHEAP_RUNS, experiments, 1))
        + rng.normal(0, 0.2, (CHEAP_RUNS, experiments, len(levels)))
    )
    means = 100 * scipy.special.expit(logits)
    values = means @ pd.Series(trend_weights(levels)).to_numpy(dtype=float)
    return float((_t(values) >= t_quantile(1 - LEVEL, experiments - 1)).mean())


def false_equivalence(experiments: int, rng: np.random.Generator) -> float:
    """How often two arms that differ by exactly the margin (ln 1.5) are shown to be equivalent."""
    margin = np.log(1.5)
    values = margin + rng.normal(0, 0.15, (CHEAP_RUNS, experiments))
    critical = t_quantile(1 - LEVEL, experiments - 1)
    holds = (_t(values - margin) <= -critical) & (_t(values + margin) >= critical)
    return float(holds.mean())


if __name__ == "__main__":
    sys.exit(main())
