"""10,000 standard curves in one batch, compared with scipy's curve_fit and lmfit in a loop.

lmfit is compared if it is installed; the project does not need it. The peers fit some of the
curves, and their time is scaled up. All times are processor times on one thread, as in the jobs of
the workflow.

    .venv/bin/python benchmarks/elisa_speed.py
"""

import os
import sys
import time
from collections.abc import Callable

# Before numpy is imported: waiting threads would be counted as processor time.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import curve_fit

from coculture.elisa import VarianceFunction, fit_standard_curve, fit_standard_curves

Floats = NDArray[np.float64]

LEVELS: Floats = np.repeat([0, 9.375, 18.75, 37.5, 75, 150, 300, 600], 2).astype(float)
CURVES = 10_000
LOOPED = 500
REPEATS = 3
TIMES_CURVE_FIT, TIMES_LMFIT = 4, 40
MOST_TIMES_CURVE_FIT = 110
"""A single plate, searched from the whole grid and with its errors, to one curve_fit from a good
start: 1.5 times the 75 of the version before its sums had one order on every processor."""


def main() -> int:
    """Print the times; the exit status is 1 if a claim does not hold."""
    batch = curves(np.random.default_rng(0))
    ours = seconds(lambda: fit_standard_curves(LEVELS[None, :], batch))
    print(f"one batch of {CURVES} curves: {ours:.2f} s")
    holds = True
    for name, loop, wanted in (
        ("curve_fit", loop_curve_fit, TIMES_CURVE_FIT),
        ("lmfit", loop_lmfit, TIMES_LMFIT),
    ):
        try:
            theirs = seconds(lambda loop=loop: loop(batch[:LOOPED])) * CURVES / LOOPED  # type: ignore[misc]
        except ImportError:
            print(f"{name} is not installed")
            continue
        holds &= theirs / ours >= wanted
        print(f"{name} in a loop: {theirs:.1f} s, {theirs / ours:.1f} times as long")
    one_curve_fit = seconds(lambda: loop_curve_fit(batch[:LOOPED])) / LOOPED
    function = VarianceFunction(0.008, 0.05, 4, 32, "stated")
    for weighting in ("none", "variance_function"):
        single = [
            seconds(
                lambda y=y, w=weighting: fit_standard_curve(  # type: ignore[misc]
                    LEVELS, y, "4PL", w, variance_function=function
                )
            )
            for y in batch[:50]
        ]
        times = float(np.median(single)) / one_curve_fit
        holds &= times < MOST_TIMES_CURVE_FIT
        print(
            f"a single plate, weighting {weighting}: {1000 * np.median(single):.1f} ms, "
            f"{times:.0f} times as long as one curve_fit"
        )
    return 0 if holds else 1


def curves(rng: np.random.Generator) -> Floats:
    """Responses of the standards of many plates."""
    zero, infinity = 0.05, rng.uniform(2.6, 3.5, (CURVES, 1))
    slope, midpoint = rng.uniform(0.9, 1.5, (CURVES, 1)), rng.uniform(100, 400, (CURVES, 1))
    mean = four_parameters(LEVELS, zero, infinity, slope, midpoint)
    response: Floats = mean + rng.normal(size=mean.shape) * np.hypot(0.008, 0.05 * mean)
    return response


def four_parameters(
    x: Floats, a: float | Floats, d: float | Floats, b: float | Floats, c: float | Floats
) -> Floats:
    """The model that the peers fit."""
    y: Floats = d + (a - d) / (1 + (x / c) ** b)
    return y


def loop_curve_fit(batch: Floats) -> None:
    """scipy.optimize.curve_fit, one curve after the other, from a sensible start."""
    for y in batch:
        try:
            curve_fit(four_parameters, LEVELS, y, p0=(y.min(), y.max(), 1, 100), maxfev=5000)
        except RuntimeError:
            continue


def loop_lmfit(batch: Floats) -> None:
    """lmfit.Model.fit likewise, with slope and mid-point kept positive."""
    import lmfit

    model = lmfit.Model(four_parameters)
    for y in batch:
        start = model.make_params(
            a=y.min(), d=y.max(), b={"value": 1, "min": 0.01}, c={"value": 100, "min": 1e-3}
        )
        model.fit(y, start, x=LEVELS)


def seconds(work: Callable[[], object]) -> float:
    """The shortest of a few runs."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    sys.exit(main())
