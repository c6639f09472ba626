"""Single dilutions that disagree: how few silent errors the best possible rule would leave.

Cultures of `elisa_wells_that_disagree.py`, each with one of its faults, judged by a rule that gives
the value that is least often more than 30 % off, and a caution where the probability of that is
largest compared with a sound culture (Neyman and Pearson), as often as 2 % of sound cultures have
one. What it leaves silent, no rule that knows as much can see. It may know

everything
    the true curve, the true scatter, and how often each fault occurs and how large it is;
faults
    the faults, but of curve and scatter what the plate's wells say, as a laboratory does;
plate
    that too, and of the faults only that one dilution may read 2 to 10 times too much or little.

Only cultures of which three or more dilutions have a well in range are counted.

    .venv/bin/python -m benchmarks.elisa_best_rule [--cultures 1500] [--cv 0.1] [--knows plate]
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from benchmarks.elisa_wells_that_disagree import (
    FAULTS,
    LAYOUTS,
    LEVELS,
    WRONG,
    Curve,
    default_settings,
    plate,
)
from numpy.typing import NDArray
from scipy.stats import binomtest

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa import Scatter, fit_standard_curve, pooled_scatter

Floats = NDArray[np.float64]

KINDS = ("hook", "matrix effect", "wrong dilution", "one bad well")
MOST_CAUTIONS = 0.02
TOP, LOW = float(LEVELS.max()), float(LEVELS[-2])
_LN_MATRIX = float(np.log(0.4))
_MISTYPED = np.linspace(np.log(2), np.log(10), 16)
_BAD = np.linspace(np.log(3), np.log(10), 14)
SHIFTS = np.concatenate([[0.0, _LN_MATRIX], _MISTYPED, -_MISTYPED, _BAD, -_BAD])
MISTYPED, BAD = slice(2, 34), slice(34, 62)
LAYOUTS_TRIED = ("1-5-25 in duplicate", "1-4-16-64 single")


@dataclass(frozen=True)
class Known:
    """What is known of a plate: the response at concentrations, and the variance of a reading."""

    response: Callable[[Floats], Floats]
    variance: Callable[[Floats], Floats]


@dataclass(frozen=True)
class Culture:
    """A simulated culture: ln of its concentration, the dilution and reading of each well."""

    ln: float
    dilutions: Floats
    read: Floats
    known: Known


def main() -> int:
    """Print a line for each layout."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cultures", type=int, default=1500, help="of each fault")
    parser.add_argument("--cv", type=float, default=0.1)
    parser.add_argument("--knows", choices=("everything", "faults", "plate"), default="everything")
    parser.add_argument("--layout", nargs="+", choices=LAYOUTS_TRIED, default=LAYOUTS_TRIED)
    asked = parser.parse_args()
    drawn = _with_true_curves if asked.knows == "everything" else _on_plates
    for layout in asked.layout:
        judged = {
            kind: _judged(drawn(kind, layout, asked.cv, asked.cultures), asked.knows != "plate")
            for kind in ("clean", *KINDS)
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


def _with_true_curves(kind: str, layout: str, cv: float, cultures: int) -> Iterator[Culture]:
    dilutions, replicates = LAYOUTS[layout]
    each = np.repeat(dilutions, replicates)
    low, high = _range(each)
    rng = np.random.default_rng([list(FAULTS).index(kind), list(LAYOUTS).index(layout)])
    for _ in range(cultures):
        curve = Curve(
            0.05, rng.uniform(2.4, 3.3), rng.uniform(0.95, 1.4), rng.uniform(0.2, 0.7) * TOP
        )
        known = _true(curve, cv)
        truth = float(rng.uniform(low, high))
        within = FAULTS[kind](np.exp(truth) / each, each, rng)
        scatter = np.sqrt(known.variance(within)) * rng.standard_normal(len(within))
        yield Culture(truth, each, known.response(within) + scatter, known)


def _true(curve: Curve, cv: float) -> Known:
    return Known(curve.response, lambda x: 0.008**2 + (cv * curve.response(x)) ** 2)


def _on_plates(kind: str, layout: str, cv: float, cultures: int) -> Iterator[Culture]:
    """Cultures of whole plates, with the curve and the scatter that the plate's wells give."""
    rng = np.random.default_rng([list(FAULTS).index(kind), list(LAYOUTS).index(layout)])
    settings = default_settings()
    while cultures > 0:
        readings, truths = plate("P", kind, *LAYOUTS[layout], cv, 1.0, 0.0, rng)
        scatter = pooled_scatter(readings, settings)
        standards = readings[readings["role"] == "standard"]
        fit = fit_standard_curve(
            standards["concentration_pg_ml"].to_numpy(float),
            standards["response"].to_numpy(float),
            "4PL",
            "variance_function",
            variance_function=scatter.standards,
        )

        def variance(x: Floats, fit: FittedCurve = fit, scatter: Scatter = scatter) -> Floats:
            of_curve = fit.response_standard_error(x.ravel()).reshape(x.shape) ** 2
            total: Floats = scatter.wells.variance(fit.response(x)) + of_curve
            return total

        known = Known(fit.response, variance)
        samples = readings[readings["role"] == "sample"]
        for name, wells in samples.groupby("culture"):
            ln = float(np.log(truths[str(name)].concentration))
            yield Culture(ln, _numbers(wells, "dilution"), _numbers(wells, "response"), known)
        cultures -= len(truths)


def _numbers(wells: pd.DataFrame, column: str) -> Floats:
    return np.asarray(wells[column], dtype=float)


def _range(dilutions: Floats) -> tuple[float, float]:
    """Lowest and highest ln concentration of the cultures of a layout."""
    return (
        float(np.log(2 * LOW * min(dilutions))),
        float(np.log(0.7 * TOP * max(dilutions))),
    )


def _judged(cultures: Iterator[Culture], knows_faults: bool) -> Floats:
    """|ln(value / truth)| and the rule's ratio of each culture that counts, shape (cultures, 2)."""
    found = []
    for one in cultures:
        limits = one.known.response(np.array([LOW, TOP]))
        inside = (one.read >= limits[0]) & (one.read <= limits[1])
        if len(set(one.dilutions[inside])) >= 3:
            grid = np.linspace(*_range(one.dilutions), 160)
            value, ratio = best_rule(one, grid, knows_faults)
            found.append((abs(value - one.ln), ratio))
    return np.array(found)


def best_rule(culture: Culture, grid: Floats, knows_faults: bool) -> tuple[float, float]:
    """The value (ln) that is least often wrong, and how probable it is that it is.

    The second is the probability of these readings with a fault and a wrong value, over that of
    them in a sound culture. `grid` holds ln concentrations that are equally likely.
    """
    known, dilutions, read = culture.known, culture.dilutions, culture.read
    within = grid[None, :, None] - np.log(dilutions)[:, None, None] + SHIFTS[None, None, :]
    shifted = _log_likelihood(known, read[:, None, None], np.exp(within))
    own = shifted[:, :, 0]
    clean = own.sum(axis=0)
    of_dilution = np.concatenate(
        [
            shifted[dilutions == one][:, :, MISTYPED].sum(axis=0)
            + own[dilutions != one].sum(axis=0)[:, None]
            for one in np.unique(dilutions)
        ],
        axis=1,
    )
    faults = [_mean(of_dilution)]
    if knows_faults:
        lowest = dilutions == dilutions.min()
        of_matrix = shifted[lowest, :, 1].sum(axis=0) + own[~lowest].sum(axis=0)
        of_well = np.concatenate(
            [(clean - own[i])[:, None] + shifted[i, :, BAD] for i in range(len(read))], axis=1
        )
        concentration = np.exp(grid)[None, :] / dilutions[:, None]
        hooked = np.where(concentration > 2 * TOP, TOP**2 / concentration, concentration)
        of_hook = _log_likelihood(known, read[:, None], hooked).sum(axis=0)
        faults = [of_matrix, *faults, _mean(of_well), of_hook]
    largest = max(float(one.max()) for one in (clean, *faults))
    faulty = np.mean([np.exp(one - largest) for one in faults], axis=0)
    sound = np.exp(clean - largest)
    is_far = np.abs(grid[:, None] - grid[None, :]) > WRONG
    # A sound culture's value has to be right as well, where the faults do not say otherwise.
    best = int(np.argmin((is_far * (faulty + 1e-3 * sound)).sum(axis=1)))
    wrong = float((is_far[best] * faulty).sum())
    return float(grid[best]), wrong / max(float(sound.sum()), 1e-300)


def _mean(log_likelihoods: Floats) -> Floats:
    """ln of the mean likelihood over the last axis."""
    mean: Floats = np.logaddexp.reduce(log_likelihoods, axis=1) - np.log(log_likelihoods.shape[1])
    return mean


def _log_likelihood(known: Known, read: Floats, concentration: Floats) -> Floats:
    variance = known.variance(concentration)
    off = read - known.response(concentration)
    found: Floats = -0.5 * (off**2 / variance + np.log(variance))
    return found


if __name__ == "__main__":
    sys.exit(main())
