"""Single dilutions that disagree: how few silent errors the best possible rule would leave.

Cultures of `elisa_wells_that_disagree.py`, each with one of its faults, judged by a rule that knows
what no laboratory knows: the true curve, the true scatter, and how often each fault occurs and how
large it is. It gives the value that is least often more than 30 % off, and a caution where the
probability of that is largest compared with a sound culture (Neyman and Pearson), as often as 2 %
of sound cultures have one. What it leaves silent, no rule can see. Only cultures of which three or
more dilutions have a well in range are counted.

    .venv/bin/python -m benchmarks.elisa_best_rule [--cultures 1500] [--cv 0.1]
"""

import argparse
import sys

import numpy as np
from benchmarks.elisa_wells_that_disagree import FAULTS, LAYOUTS, LEVELS, WRONG, Curve
from numpy.typing import NDArray
from scipy.stats import binomtest

Floats = NDArray[np.float64]

KINDS = ("hook", "matrix effect", "wrong dilution", "one bad well")
MOST_CAUTIONS = 0.02
TOP, LOW = float(LEVELS.max()), float(LEVELS[-2])
_LN_MATRIX = float(np.log(0.4))
_MISTYPED = np.linspace(np.log(2), np.log(10), 16)
_BAD = np.linspace(np.log(3), np.log(10), 14)
SHIFTS = np.concatenate([[0.0, _LN_MATRIX], _MISTYPED, -_MISTYPED, _BAD, -_BAD])
MISTYPED, BAD = slice(2, 34), slice(34, 62)


def main() -> int:
    """Print a line for each layout."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cultures", type=int, default=1500, help="of each fault")
    parser.add_argument("--cv", type=float, default=0.1)
    asked = parser.parse_args()
    for layout in ("1-5-25 in duplicate", "1-4-16-64 single"):
        judged = {
            kind: _judged(kind, layout, asked.cv, asked.cultures) for kind in ("clean", *KINDS)
        }
        limit = float(np.quantile(judged["clean"][:, 1], 1 - MOST_CAUTIONS))
        silent = {
            kind: int(((found[:, 0] > WRONG) & (found[:, 1] < limit)).sum())
            for kind, found in judged.items()
        }
        faulty, count = (
            sum(silent[kind] for kind in KINDS),
            sum(len(judged[kind]) for kind in KINDS),
        )
        low, high = binomtest(faulty, count).proportion_ci()
        each = ", ".join(f"{kind} {silent[kind]} of {len(judged[kind])}" for kind in judged)
        print(
            f"{layout}, CV {100 * asked.cv:g} %: silent {faulty} of {count} with a fault, "
            f"{1000 * faulty / count:.1f} in 1,000 ({1000 * low:.1f}-{1000 * high:.1f})   {each}",
            flush=True,
        )
    return 0


def _judged(kind: str, layout: str, cv: float, cultures: int) -> Floats:
    """|ln(value / truth)| and the rule's ratio of each culture that counts, shape (cultures, 2)."""
    dilutions, replicates = LAYOUTS[layout]
    each = np.repeat(dilutions, replicates)
    low, high = np.log(2 * LOW * min(dilutions)), np.log(0.7 * TOP * max(dilutions))
    rng = np.random.default_rng([list(FAULTS).index(kind), list(LAYOUTS).index(layout)])
    found = []
    for _ in range(cultures):
        curve = Curve(
            0.05, rng.uniform(2.4, 3.3), rng.uniform(0.95, 1.4), rng.uniform(0.2, 0.7) * TOP
        )
        truth = float(rng.uniform(low, high))
        mean = curve.response(FAULTS[kind](np.exp(truth) / each, each, rng))
        read = mean + np.hypot(0.008, cv * mean) * rng.standard_normal(len(mean))
        limits = curve.response(np.array([LOW, TOP]))
        inside = (read >= limits[0]) & (read <= limits[1])
        if len(set(each[inside])) >= 3:
            value, ratio = best_rule(curve, each, read, cv, np.linspace(low, high, 160))
            found.append((abs(value - truth), ratio))
    return np.array(found)


def best_rule(
    curve: Curve, dilutions: Floats, read: Floats, cv: float, grid: Floats
) -> tuple[float, float]:
    """The value (ln) that is least often wrong, and how probable it is that it is.

    The second is the probability of these readings with a fault and a wrong value, over that of
    them in a sound culture. `grid` holds ln concentrations that are equally likely.
    """
    within = grid[None, :, None] - np.log(dilutions)[:, None, None] + SHIFTS[None, None, :]
    shifted = _log_likelihood(curve, read[:, None, None], np.exp(within), cv)
    own = shifted[:, :, 0]
    clean = own.sum(axis=0)
    lowest = dilutions == dilutions.min()
    of_matrix = shifted[lowest, :, 1].sum(axis=0) + own[~lowest].sum(axis=0)
    of_dilution = np.concatenate(
        [
            shifted[dilutions == one][:, :, MISTYPED].sum(axis=0)
            + own[dilutions != one].sum(axis=0)[:, None]
            for one in np.unique(dilutions)
        ],
        axis=1,
    )
    of_well = np.concatenate(
        [(clean - own[i])[:, None] + shifted[i, :, BAD] for i in range(len(read))], axis=1
    )
    concentration = np.exp(grid)[None, :] / dilutions[:, None]
    hooked = np.where(concentration > 2 * TOP, TOP**2 / concentration, concentration)
    of_hook = _log_likelihood(curve, read[:, None], hooked, cv).sum(axis=0)
    faults = [of_matrix, _mean(of_dilution), _mean(of_well), of_hook]
    largest = max(float(one.max()) for one in (clean, *faults))
    faulty = np.mean([np.exp(one - largest) for one in faults], axis=0)
    sound = np.exp(clean - largest)
    is_far = np.abs(grid[:, None] - grid[None, :]) > WRONG
    # A sound culture's value has to be right as well, where the faults do not say otherwise.
    best = int(np.argmin(is_far @ (faulty + 1e-3 * sound)))
    return float(grid[best]), float(is_far[best] @ faulty / max(float(sound.sum()), 1e-300))


def _mean(log_likelihoods: Floats) -> Floats:
    """ln of the mean likelihood over the last axis."""
    mean: Floats = np.logaddexp.reduce(log_likelihoods, axis=1) - np.log(log_likelihoods.shape[1])
    return mean


def _log_likelihood(curve: Curve, read: Floats, concentration: Floats, cv: float) -> Floats:
    mean = curve.response(concentration)
    variance = 0.008**2 + (cv * mean) ** 2
    found: Floats = -0.5 * ((read - mean) ** 2 / variance + np.log(variance))
    return found


if __name__ == "__main__":
    sys.exit(main())
